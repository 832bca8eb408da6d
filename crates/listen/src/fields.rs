//! Reading a JSON object field by field; each error names the field's path.

use serde_json::{Map, Value};
use vigie_model::{At, IdentityProof, IncomingAuthor};

use crate::Refusal;

/// The fields of an object; errors name the field's path.
pub struct JsonFields<'a> {
    pub fields: &'a Map<String, Value>,
    pub place: &'static str,
}

impl<'a> JsonFields<'a> {
    fn wrong(&self, name: &str, expected: &str) -> Refusal {
        let name: String = name.chars().take(60).collect();
        let dot = if self.place.is_empty() { "" } else { "." };
        Refusal::new(
            "field_wrong",
            format!("{}{dot}{name} must be {expected}", self.place),
        )
    }

    fn present(&self, name: &str) -> Option<&'a Value> {
        self.fields.get(name).filter(|it| !it.is_null())
    }

    pub fn text(&self, name: &str, longest: usize) -> Result<Option<String>, Refusal> {
        let Some(value) = self.present(name) else {
            return Ok(None);
        };
        let text = value.as_str().ok_or_else(|| self.wrong(name, "a text"))?;
        if text.contains('\0') {
            return Err(self.wrong(name, "free of NUL characters (U+0000)"));
        }
        if text.len() > longest && text.chars().count() > longest {
            return Err(self.wrong(name, &format!("at most {longest} characters long")));
        }
        Ok(Some(text.to_owned()))
    }

    pub fn number(&self, name: &str) -> Result<Option<f64>, Refusal> {
        self.present(name)
            .map(|it| it.as_f64().ok_or_else(|| self.wrong(name, "a number")))
            .transpose()
    }

    pub fn whole(&self, name: &str) -> Result<Option<i64>, Refusal> {
        self.present(name)
            .map(|value| {
                value
                    .as_i64()
                    .ok_or_else(|| self.wrong(name, "a whole number"))
            })
            .transpose()
    }

    pub fn object(&self, name: &str) -> Result<Option<&'a Map<String, Value>>, Refusal> {
        self.present(name)
            .map(|it| it.as_object().ok_or_else(|| self.wrong(name, "an object")))
            .transpose()
    }

    pub fn code<T: std::str::FromStr<Err = vigie_model::UnknownCode>>(
        &self,
        name: &str,
    ) -> Result<Option<T>, Refusal> {
        let Some(text) = self.text(name, 60)? else {
            return Ok(None);
        };
        text.parse()
            .map(Some)
            .map_err(|err: vigie_model::UnknownCode| {
                self.wrong(name, &format!("one of {}", err.expected))
            })
    }

    /// An instant that is not in the future, and its UTC offset in minutes.
    pub fn past(&self, name: &str, now: At) -> Result<Option<(At, i32)>, Refusal> {
        let Some(text) = self.text(name, 64)? else {
            return Ok(None);
        };
        let (at, offset) = At::parse_with_offset(&text)
            .map_err(|err| Refusal::new("at_unreadable", format!("{name}: {err}")))?;
        if at > now.plus_days(1) {
            return Err(Refusal::new(
                "at_in_the_future",
                format!("{name} is more than a day in the future"),
            ));
        }
        if at < At::from_millis(0) {
            return Err(Refusal::new("at_too_old", format!("{name} is before 1970")));
        }
        Ok(Some((at, offset)))
    }

    /// What is known about a person.
    pub fn author(&self, name: &'static str) -> Result<IncomingAuthor, Refusal> {
        let Some(fields) = self.object(name)? else {
            return Ok(IncomingAuthor::default());
        };
        let said = JsonFields {
            fields,
            place: name,
        };
        Ok(IncomingAuthor {
            handle: said.text("handle", 200)?,
            name: said.text("name", 200)?,
            email: said.text("email", 320)?,
            phone: said.text("phone", 60)?,
            customer_id: said.text("customer_id", 200)?,
            followers: said.whole("followers")?,
            proof: IdentityProof::Claimed,
        })
    }
}
