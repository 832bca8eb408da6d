//! The column mapping: `field=COLUMN`, a constant (`emitter='brand'`), a time with its format
//! (`at=created_at:%d/%m/%Y %H:%M`), a choice (`emitter=inbound?customer:brand`,
//! `emitter=from=agent?brand:customer`).

use serde_json::{Map, Value};

use super::{columns::Catalogue, times};

#[derive(Debug, Clone, PartialEq, Eq)]
enum ColumnRule {
    Column(String),
    Constant(String),
    Time {
        column: String,
        format: String,
    },
    Choice {
        column: String,
        is: Option<String>,
        then: String,
        otherwise: String,
    },
}

impl ColumnRule {
    fn column(&self) -> Option<&str> {
        match self {
            Self::Constant(_) => None,
            Self::Column(column) | Self::Time { column, .. } | Self::Choice { column, .. } => {
                Some(column)
            }
        }
    }
}

/// A column mapping.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mapping {
    about: &'static Catalogue,
    rules: Vec<(String, ColumnRule)>,
    /// The brand the whole file is for, if given.
    pub brand: Option<String>,
}

impl Mapping {
    /// Reads rules, one per string or several separated by commas. The error names the rule.
    pub fn parse(about: &'static Catalogue, rules: &[String]) -> Result<Self, String> {
        let mut mapping = Self {
            about,
            rules: Vec::new(),
            brand: None,
        };
        for rule in rules.iter().flat_map(|it| one_by_one(it)) {
            let (field, said) = rule
                .split_once('=')
                .ok_or_else(|| format!("{rule}: write field=COLUMN"))?;
            let (field, said) = (field.trim(), said.trim());
            if said.is_empty() {
                return Err(format!("{rule}: say which column"));
            }
            if field == "brand" {
                let constant = quoted(said).ok_or_else(|| format!("{rule}: write brand='name'"))?;
                mapping.brand = Some(constant.to_owned());
                continue;
            }
            let field = about.field(field).ok_or_else(|| {
                format!(
                    "{field} is no field of {}; the fields are brand, {}",
                    about.noun,
                    about.fields.join(", ")
                )
            })?;
            mapping.rules.retain(|it| it.0 != field);
            mapping
                .rules
                .push((field.to_owned(), read_rule(field, said)));
        }
        Ok(mapping)
    }

    /// Guesses what is not given from the names of the columns.
    pub fn completed(mut self, header: &[String]) -> Self {
        for field in self.about.fields.iter().copied() {
            if self.rules.iter().any(|it| it.0 == field) {
                continue;
            }
            let column = std::iter::once(&field)
                .chain(self.about.names(field))
                .find_map(|name| {
                    let used =
                        |column: &str| self.rules.iter().any(|it| it.1.column() == Some(column));
                    header.iter().find(|it| plain(it) == *name && !used(it))
                });
            if let Some(column) = column {
                self.rules
                    .push((field.to_owned(), ColumnRule::Column(column.clone())));
            }
        }
        self
    }

    /// Finds the columns. The error names the missing column, or the required field that has
    /// none.
    pub fn bind(&self, header: &[String]) -> Result<BoundMapping, String> {
        let mut places = Vec::with_capacity(self.rules.len());
        for (field, rule) in &self.rules {
            let place = match rule.column() {
                None => None,
                Some(column) => Some(
                    header
                        .iter()
                        .position(|it| it.trim() == column)
                        .ok_or_else(|| {
                            format!(
                                "there is no column {column}; the columns are {}",
                                header.join(", ")
                            )
                        })?,
                ),
            };
            places.push((field.clone(), rule.clone(), place));
        }
        for either in self.about.needed {
            if !places.iter().any(|it| either.contains(&it.0.as_str())) {
                let (field, or) = (
                    either.first().copied().unwrap_or_default(),
                    either.join(" or "),
                );
                let columns = header.join(", ");
                return Err(format!(
                    "say which column is {or}: --map {field}=COLUMN; the columns are {columns}"
                ));
            }
        }
        Ok(BoundMapping {
            about: self.about,
            places,
        })
    }

    /// The rules in the form they are written in, for people to see and change.
    pub fn written(&self) -> Vec<String> {
        let rule = |(field, rule): &(String, ColumnRule)| match rule {
            ColumnRule::Column(column) => format!("{field}={column}"),
            ColumnRule::Constant(constant) => format!("{field}='{constant}'"),
            ColumnRule::Time { column, format } => format!("{field}={column}:{format}"),
            ColumnRule::Choice {
                column,
                is: None,
                then,
                otherwise,
            } => format!("{field}={column}?{then}:{otherwise}"),
            ColumnRule::Choice {
                column,
                is: Some(is),
                then,
                otherwise,
            } => {
                format!("{field}={column}={is}?{then}:{otherwise}")
            }
        };
        self.brand
            .iter()
            .map(|it| format!("brand='{it}'"))
            .chain(self.rules.iter().map(rule))
            .collect()
    }
}

/// Rules whose columns were found.
#[derive(Debug, Clone)]
pub struct BoundMapping {
    about: &'static Catalogue,
    places: Vec<(String, ColumnRule, Option<usize>)>,
}

impl BoundMapping {
    /// An object in the shape of the API: `author.email` is `email` within `author`. `cells` are
    /// those of the header's columns. The error names the column.
    pub fn object(&self, cells: &[&str]) -> Result<Value, String> {
        let mut object = Map::new();
        for (field, rule, place) in &self.places {
            let cell = place
                .and_then(|it| cells.get(it))
                .copied()
                .unwrap_or_default();
            let said = said(field, rule, cell)?;
            if said.trim().is_empty() {
                continue;
            }
            let said = if self.about.identifiers.contains(&field.as_str()) {
                identifier(&said)
            } else {
                said
            };
            let value = match said.trim().parse::<f64>() {
                Ok(number) if field == "rating" => serde_json::json!(number),
                _ => Value::String(said),
            };
            match field.split_once('.') {
                None => drop(object.insert(field.clone(), value)),
                Some((outer, inner)) => {
                    if let Value::Object(within) = object
                        .entry(outer)
                        .or_insert_with(|| Value::Object(Map::new()))
                    {
                        within.insert(inner.to_owned(), value);
                    }
                }
            }
        }
        Ok(Value::Object(object))
    }
}

fn said(field: &str, rule: &ColumnRule, cell: &str) -> Result<String, String> {
    Ok(match rule {
        ColumnRule::Constant(constant) => constant.clone(),
        ColumnRule::Column(_) if field == "at" && !cell.trim().is_empty() => times::guessed(cell)?,
        ColumnRule::Time { format, .. } if !cell.trim().is_empty() => times::read(cell, format)?,
        ColumnRule::Column(_) | ColumnRule::Time { .. } => cell.to_owned(),
        ColumnRule::Choice {
            is,
            then,
            otherwise,
            ..
        } => {
            let holds = is
                .as_ref()
                .map_or_else(|| truthy(cell), |is| is.eq_ignore_ascii_case(cell.trim()));
            (if holds { then } else { otherwise }).clone()
        }
    })
}

/// Splits rules at commas that are followed by a field and its sign; formats may contain
/// commas of their own.
fn one_by_one(rules: &str) -> Vec<String> {
    let begins = |rest: &str| {
        let name: String = rest
            .trim_start()
            .chars()
            .take_while(|letter| letter.is_alphanumeric() || matches!(letter, '_' | '.'))
            .collect();
        !name.is_empty()
            && rest
                .trim_start()
                .get(name.len()..)
                .is_some_and(|rest| rest.starts_with('='))
    };
    let mut all: Vec<String> = Vec::new();
    for piece in rules.split(',') {
        match all.last_mut() {
            Some(last) if !begins(piece) => {
                last.push(',');
                last.push_str(piece);
            }
            _ => all.push(piece.trim().to_owned()),
        }
    }
    all.retain(|it| !it.is_empty());
    all
}

fn read_rule(field: &str, said: &str) -> ColumnRule {
    if let Some(constant) = quoted(said) {
        return ColumnRule::Constant(constant.to_owned());
    }
    if let Some((column, (then, otherwise))) = said
        .split_once('?')
        .and_then(|(a, b)| Some((a, b.split_once(':')?)))
    {
        let (column, is) = match column.split_once('=') {
            Some((column, is)) => (column, Some(is.trim().to_owned())),
            None => (column, None),
        };
        let (then, otherwise) = (then.trim().to_owned(), otherwise.trim().to_owned());
        return ColumnRule::Choice {
            column: column.trim().to_owned(),
            is,
            then,
            otherwise,
        };
    }
    match said.split_once(':') {
        Some((column, format)) if field == "at" && format.contains('%') => ColumnRule::Time {
            column: column.trim().to_owned(),
            format: format.to_owned(),
        },
        _ => ColumnRule::Column(said.to_owned()),
    }
}

fn quoted(said: &str) -> Option<&str> {
    ['\'', '"']
        .iter()
        .find_map(|mark| said.strip_prefix(*mark)?.strip_suffix(*mark))
}

fn plain(name: &str) -> String {
    name.trim()
        .trim_start_matches('\u{feff}')
        .to_lowercase()
        .replace([' ', '-'], "_")
}

fn truthy(cell: &str) -> bool {
    ["true", "1", "yes", "y", "oui", "vrai", "o", "t", "x"]
        .contains(&cell.trim().to_lowercase().as_str())
}

fn identifier(cell: &str) -> String {
    let cell = cell.trim();
    match cell.strip_suffix(".0") {
        Some(whole) if !whole.is_empty() && whole.bytes().all(|it| it.is_ascii_digit()) => {
            whole.to_owned()
        }
        _ => cell.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::{super::columns::MESSAGES, *};

    fn header(names: &str) -> Vec<String> {
        names.split(',').map(str::to_owned).collect()
    }

    #[test]
    fn rules_of_every_kind_are_read_and_written_again() {
        let said = [
            "external_id=tweet_id,author=author_id".to_owned(),
            "emitter=inbound?customer:brand".into(),
            "at=created_at:%a %b %d %H:%M:%S %z %Y, brand='Acme'".into(),
            "visibility='public'".into(),
        ];
        let mapping = Mapping::parse(&MESSAGES, &said).unwrap();
        assert_eq!(mapping.brand.as_deref(), Some("Acme"));
        assert_eq!(
            Mapping::parse(&MESSAGES, &mapping.written()).unwrap(),
            mapping
        );
        let columns = header("tweet_id,author_id,inbound,created_at,text,in_response_to_tweet_id");
        let bound = mapping.completed(&columns).bind(&columns).unwrap();
        let row = [
            "1",
            "sprintcare",
            "False",
            "Tue Oct 31 22:10:47 +0000 2017",
            "@115712 I understand.",
            "3.0",
        ];
        let object = bound.object(&row).unwrap();
        assert_eq!(
            object,
            serde_json::json!({
                "external_id": "1",
                "author": {"handle": "sprintcare"},
                "emitter": "brand",
                "at": "2017-10-31T22:10:47+00:00",
                "text": "@115712 I understand.",
                "in_reply_to": "3",
                "visibility": "public",
            })
        );
    }

    #[test]
    fn columns_are_guessed_in_french() {
        let columns = header("Numero,Date,Nom,Courriel,Objet,Message,Note");
        let bound = Mapping::parse(&MESSAGES, &[])
            .unwrap()
            .completed(&columns)
            .bind(&columns)
            .unwrap();
        let object = bound
            .object(&[
                "7",
                "2024-03-01 10:00",
                "Anne",
                "a@b.fr",
                "Colis",
                "Perdu",
                "2",
            ])
            .unwrap();
        assert_eq!(
            object["author"],
            serde_json::json!({"name": "Anne", "email": "a@b.fr"})
        );
        assert_eq!(
            (&object["at"], &object["rating"]),
            (&"2024-03-01T10:00:00+00:00".into(), &serde_json::json!(2.0))
        );
    }

    #[test]
    fn what_is_wrong_is_named() {
        let wrong = |rule: &str| Mapping::parse(&MESSAGES, &[rule.to_owned()]).unwrap_err();
        assert!(wrong("colour=x").contains("no field of a message"));
        assert!(wrong("text").contains("field=COLUMN"));
        let missing = Mapping::parse(&MESSAGES, &["text=Words".into()])
            .unwrap()
            .bind(&header("id,words"))
            .unwrap_err();
        assert_eq!(
            missing,
            "there is no column Words; the columns are id, words"
        );
        let none = Mapping::parse(&MESSAGES, &[])
            .unwrap()
            .completed(&header("a,b"))
            .bind(&header("a,b"))
            .unwrap_err();
        assert!(none.starts_with("say which column is external_id"));
    }
}
