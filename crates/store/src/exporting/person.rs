//! A person's own copy: everything stored about them, from the same sheets, and nothing about
//! others.

use serde_json::Value as Json;

use super::{Sheet, sheets};
use crate::{Result, Session, erasing::Known};

/// Whose key the column of a row holds.
#[derive(Clone, Copy)]
enum Whose {
    Customer,
    Account,
    /// Of a case they opened.
    Case,
    /// Of a message they wrote, or of our answer to it.
    Message,
}

/// The sheets that hold data about a person, in reading order, with the column that links a
/// row to the person.
const OF_A_PERSON: &[(&str, Whose, &str)] = &[
    ("customers", Whose::Customer, "c.key"),
    ("accounts", Whose::Account, "a.key"),
    ("links", Whose::Account, "e.author_key"),
    ("joins", Whose::Customer, "i.kept"),
    ("preferences", Whose::Customer, "q.customer_key"),
    ("rules", Whose::Customer, "r.customer_key"),
    ("cases", Whose::Case, "c.key"),
    ("messages", Whose::Message, "m.key"),
    ("revisions", Whose::Message, "r.message_key"),
    ("readings", Whose::Message, "d.message_key"),
    ("corrections", Whose::Message, "d.message_key"),
    ("attachments", Whose::Message, "t.message_key"),
    ("orders", Whose::Account, "o.author_key"),
    ("visits", Whose::Account, "v.author_key"),
    ("promises", Whose::Case, "h.case_key"),
    ("named_causes", Whose::Case, "y.case_key"),
    ("tagged", Whose::Case, "i.case_key"),
    ("closures", Whose::Case, "l.case_key"),
    ("notes", Whose::Case, "n.case_key"),
];

/// Keys looked up per query.
const KEYS: usize = 500;

/// A sheet, and its rows about a person.
pub type Copied = (&'static Sheet, Vec<Json>);

impl Session {
    /// Everything about a person, sheet by sheet; sheets without rows are left out.
    pub async fn copy_of(&mut self, known: &Known) -> Result<Vec<Copied>> {
        let messages = self.messages_of(&known.authors).await?;
        let cases = self
            .keys("key", "FROM cases WHERE author_key", &known.authors)
            .await?;
        let mut copied = Vec::new();
        for (name, whose, column) in OF_A_PERSON {
            let Some(sheet) = sheets().find(|it| it.name == *name) else {
                continue;
            };
            let keys = match whose {
                Whose::Customer => &known.customers,
                Whose::Account => &known.authors,
                Whose::Case => &cases,
                Whose::Message => &messages,
            };
            let mut rows = Vec::new();
            for part in keys.chunks(KEYS) {
                let part: Vec<String> = part.iter().map(i64::to_string).collect();
                let theirs = format!("{column} IN ({})", part.join(", "));
                rows.extend(
                    self.sheet_where(sheet, &theirs, i64::MIN, i64::MAX)
                        .await?
                        .into_iter()
                        .map(|it| it.1),
                );
            }
            if !rows.is_empty() {
                copied.push((sheet, rows));
            }
        }
        Ok(copied)
    }
}

/// The hashes of the files a copy names.
pub fn files_of(copied: &[Copied]) -> Vec<String> {
    let attachments = copied
        .iter()
        .filter(|it| it.0.name == "attachments")
        .flat_map(|it| &it.1);
    attachments
        .filter_map(|it| it.get("sha256")?.as_str().map(str::to_owned))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_sheet_named_is_there() {
        for (name, ..) in OF_A_PERSON {
            assert!(sheets().any(|it| it.name == *name), "{name}");
        }
    }
}
