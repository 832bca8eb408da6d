//! Values and rows in the four types both databases share: integers, reals, text, bytes.

use sqlx::Row as _;

use vigie_model::Key;

use crate::{Error, Result};

/// A value bound to a statement. Nulls keep their type, as PostgreSQL requires.
#[derive(Debug, Clone, PartialEq)]
pub enum Value {
    /// An integer, a boolean, an instant in milliseconds, a key.
    Int(Option<i64>),
    Real(Option<f64>),
    /// Text, codes, JSON.
    Text(Option<String>),
    /// Public identifiers, hashes.
    Bytes(Option<Vec<u8>>),
}

macro_rules! value_from {
    ($($type:ty => |$it:ident| $value:expr),+ $(,)?) => {$(
        impl From<$type> for Value { fn from($it: $type) -> Self { $value } }
    )+};
}

value_from! {
    i64 => |it| Self::Int(Some(it)),
    Option<i64> => |it| Self::Int(it),
    i32 => |it| Self::Int(Some(it.into())),
    bool => |it| Self::Int(Some(it.into())),
    f64 => |it| Self::Real(Some(it)),
    Option<f64> => |it| Self::Real(it),
    &str => |it| Self::Text(Some(it.to_owned())),
    String => |it| Self::Text(Some(it)),
    &String => |it| Self::Text(Some(it.clone())),
    Option<String> => |it| Self::Text(it),
    &Option<String> => |it| Self::Text(it.clone()),
    Option<&str> => |it| Self::Text(it.map(str::to_owned)),
    uuid::Uuid => |it| Self::Bytes(Some(it.as_bytes().to_vec())),
    Option<uuid::Uuid> => |it| Self::Bytes(it.map(|id| id.as_bytes().to_vec())),
    Vec<u8> => |it| Self::Bytes(Some(it)),
    &[u8] => |it| Self::Bytes(Some(it.to_vec())),
    vigie_model::At => |it| Self::Int(Some(it.millis())),
    Option<vigie_model::At> => |it| Self::Int(it.map(vigie_model::At::millis)),
    serde_json::Value => |it| Self::Text(Some(it.to_string())),
    &serde_json::Value => |it| Self::Text(Some(it.to_string())),
}

macro_rules! value_from_key {
    ($($name:ident),+ $(,)?) => {$(
        impl From<vigie_model::$name> for Value {
            fn from(key: vigie_model::$name) -> Self {
                Self::Int(Some(key.number()))
            }
        }

        impl From<Option<vigie_model::$name>> for Value {
            fn from(key: Option<vigie_model::$name>) -> Self {
                Self::Int(key.map(Key::number))
            }
        }
    )+};
}

vigie_model::for_each_key!(value_from_key);

/// Converts arguments of any kind into values.
#[macro_export]
macro_rules! args {
    ($($value:expr),* $(,)?) => { vec![$($crate::Value::from($value)),*] };
}

/// A row about to be stored: each column beside its value, so that two of one type cannot change
/// places unseen.
pub type NamedRow = Vec<(&'static str, Value)>;

/// A row about to be stored, `column: value`, or `column` alone for a value of that name.
#[macro_export]
macro_rules! named {
    (@value $column:ident) => { $column };
    (@value $column:ident $value:expr) => { $value };
    ($($column:ident $(: $value:expr)?),* $(,)?) => {
        vec![$((
            stringify!($column),
            $crate::Value::from($crate::named!(@value $column $($value)?)),
        )),*]
    };
}

/// `($1,$2),($3,$4)…`: `rows` groups of `columns` placeholders, numbered after `first - 1`.
pub fn placeholders(first: usize, rows: usize, columns: usize) -> String {
    let mut text = String::with_capacity(rows * (columns * 5 + 3));
    for row in 0..rows {
        text.push_str(if row == 0 { "(" } else { ",(" });
        for column in 0..columns {
            if column > 0 {
                text.push(',');
            }
            text.push('$');
            text.push_str(&(first + row * columns + column).to_string());
        }
        text.push(')');
    }
    text
}

/// The placeholders and values of `IN (…)`.
pub(crate) fn marks_of<K: Key>(keys: &[K]) -> (String, Vec<Value>) {
    (
        placeholders(1, 1, keys.len()),
        keys.iter().map(|key| Value::from(key.number())).collect(),
    )
}

/// A value as JSON text, as it is stored.
///
/// # Errors
/// [`Error::Inconsistent`] when it cannot be written.
pub(crate) fn json_text(value: &impl serde::Serialize) -> Result<String> {
    serde_json::to_string(value)
        .map_err(|err| Error::Inconsistent(format!("cannot be stored: {}", err.classify_name())))
}

/// What was derived from a message, in its own shape.
///
/// # Errors
/// [`Error::Stored`], naming the stage, when it has another shape.
pub fn read_derived<T: serde::de::DeserializeOwned>(derived: &vigie_model::Derived) -> Result<T> {
    T::deserialize(&derived.data).map_err(|err| stored(&derived.stage, &err.classify_name()))
}

/// The same; what cannot be read is told in the log with its place and left out, so that one bad
/// reading stops neither its case nor a list.
pub fn readable<T: serde::de::DeserializeOwned>(
    message: vigie_model::MessageKey,
    derived: &vigie_model::Derived,
) -> Option<T> {
    match read_derived(derived) {
        Ok(read) => Some(read),
        Err(error) => {
            let message = message.number();
            tracing::error!(message, %error, "what was derived from a message cannot be read");
            None
        }
    }
}

/// A row of either database.
pub enum Row {
    Sqlite(sqlx::sqlite::SqliteRow),
    Postgres(sqlx::postgres::PgRow),
}

macro_rules! get {
    ($row:expr, $column:expr, $type:ty) => {
        match $row {
            Row::Sqlite(row) => row.try_get::<$type, _>($column),
            Row::Postgres(row) => row.try_get::<$type, _>($column),
        }
    };
}

impl Row {
    /// An integer.
    pub fn int(&self, column: &str) -> Result<i64> {
        Ok(get!(self, column, i64)?)
    }

    /// A key of a noun.
    pub fn key<K: Key>(&self, column: &str) -> Result<K> {
        Ok(K::from_number(self.int(column)?))
    }

    /// A key of a noun, or null.
    pub fn opt_key<K: Key>(&self, column: &str) -> Result<Option<K>> {
        Ok(self.opt_int(column)?.map(K::from_number))
    }

    /// A whole number or null.
    pub fn opt_int(&self, column: &str) -> Result<Option<i64>> {
        Ok(get!(self, column, Option<i64>)?)
    }

    /// A real number or null.
    pub fn opt_real(&self, column: &str) -> Result<Option<f64>> {
        Ok(get!(self, column, Option<f64>)?)
    }

    /// A truth value.
    pub fn boolean(&self, column: &str) -> Result<bool> {
        Ok(self.int(column)? != 0)
    }

    /// Text.
    pub fn text(&self, column: &str) -> Result<String> {
        Ok(get!(self, column, String)?)
    }

    /// Text or null.
    pub fn opt_text(&self, column: &str) -> Result<Option<String>> {
        Ok(get!(self, column, Option<String>)?)
    }

    /// Bytes.
    pub fn bytes(&self, column: &str) -> Result<Vec<u8>> {
        Ok(get!(self, column, Vec<u8>)?)
    }

    /// A public identifier.
    pub fn id(&self, column: &str) -> Result<uuid::Uuid> {
        uuid::Uuid::from_slice(&self.bytes(column)?).map_err(|err| stored(column, &err))
    }

    /// A public identifier or null.
    pub fn opt_id(&self, column: &str) -> Result<Option<uuid::Uuid>> {
        let bytes = get!(self, column, Option<Vec<u8>>)?;
        bytes
            .map(|bytes| uuid::Uuid::from_slice(&bytes).map_err(|err| stored(column, &err)))
            .transpose()
    }

    /// An instant.
    pub fn at(&self, column: &str) -> Result<vigie_model::At> {
        Ok(vigie_model::At::from_millis(self.int(column)?))
    }

    /// An instant or null.
    pub fn opt_at(&self, column: &str) -> Result<Option<vigie_model::At>> {
        Ok(self.opt_int(column)?.map(vigie_model::At::from_millis))
    }

    /// A code of a closed vocabulary.
    pub fn code<T: std::str::FromStr<Err = vigie_model::UnknownCode>>(
        &self,
        column: &str,
    ) -> Result<T> {
        self.text(column)?
            .parse()
            .map_err(|err: vigie_model::UnknownCode| stored(column, &err.vocabulary))
    }

    /// A code or null.
    pub fn opt_code<T: std::str::FromStr<Err = vigie_model::UnknownCode>>(
        &self,
        column: &str,
    ) -> Result<Option<T>> {
        let text = self.opt_text(column)?;
        text.map(|text| {
            text.parse()
                .map_err(|err: vigie_model::UnknownCode| stored(column, &err.vocabulary))
        })
        .transpose()
    }

    /// JSON with a known structure.
    pub fn json<T: serde::de::DeserializeOwned>(&self, column: &str) -> Result<T> {
        serde_json::from_str(&self.text(column)?)
            .map_err(|err| stored(column, &err.classify_name()))
    }
}

/// serde_json's messages quote the input, which may hold somebody's text: only the category is
/// kept.
trait ClassifyName {
    fn classify_name(&self) -> String;
}

impl ClassifyName for serde_json::Error {
    fn classify_name(&self) -> String {
        format!(
            "{:?} error at line {} column {}",
            self.classify(),
            self.line(),
            self.column()
        )
    }
}

fn stored(column: &str, error: &dyn std::fmt::Display) -> Error {
    Error::Stored {
        column: column.to_owned(),
        detail: error.to_string(),
    }
}

#[cfg(test)]
mod tests {
    #[test]
    fn placeholders_are_numbered_row_by_row() {
        assert_eq!(super::placeholders(1, 2, 3), "($1,$2,$3),($4,$5,$6)");
        assert_eq!(super::placeholders(4, 1, 2), "($4,$5)");
    }
}
