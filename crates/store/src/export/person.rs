//! A person's own copy: everything stored about them, from the same sheets, and nothing about
//! others.

use serde_json::Value as Json;
use vigie_model::{CaseKey, Key};

use super::{ExportSheet, sheets};
use crate::{Exports, Result, erasure::PersonTraces};

/// Whose key the column of a row holds.
#[derive(Clone, Copy)]
enum SheetOwner {
    Customer,
    Account,
    /// Of a case they opened.
    Case,
    /// Of a message they wrote, or of our answer to it.
    Message,
}

/// The sheets that hold data about a person, in reading order, with the column that links a
/// row to the person.
const OF_A_PERSON: &[(&str, SheetOwner, &str)] = &[
    ("customers", SheetOwner::Customer, "c.key"),
    ("accounts", SheetOwner::Account, "a.key"),
    ("links", SheetOwner::Account, "e.author_key"),
    ("joins", SheetOwner::Customer, "i.kept"),
    ("preferences", SheetOwner::Customer, "q.customer_key"),
    ("rules", SheetOwner::Customer, "r.customer_key"),
    ("cases", SheetOwner::Case, "c.key"),
    ("messages", SheetOwner::Message, "m.key"),
    ("revisions", SheetOwner::Message, "r.message_key"),
    ("readings", SheetOwner::Message, "d.message_key"),
    ("corrections", SheetOwner::Message, "d.message_key"),
    ("attachments", SheetOwner::Message, "t.message_key"),
    ("orders", SheetOwner::Account, "o.author_key"),
    ("visits", SheetOwner::Account, "v.author_key"),
    ("promises", SheetOwner::Case, "h.case_key"),
    ("named_causes", SheetOwner::Case, "y.case_key"),
    ("tagged", SheetOwner::Case, "i.case_key"),
    ("closures", SheetOwner::Case, "l.case_key"),
    ("notes", SheetOwner::Case, "n.case_key"),
];

/// Keys looked up per query.
const KEYS: usize = 500;

/// A sheet, and its rows about a person.
pub type PersonSheet = (&'static ExportSheet, Vec<Json>);

fn numbers<K: Key>(keys: &[K]) -> Vec<String> {
    keys.iter().map(|key| key.number().to_string()).collect()
}

impl Exports {
    /// Everything about a person, sheet by sheet; sheets without rows are left out.
    pub async fn copy_of(&mut self, person: &PersonTraces) -> Result<Vec<PersonSheet>> {
        let messages = self.0.traces().messages_of(&person.authors).await?;
        let cases: Vec<CaseKey> = self
            .0
            .deletions()
            .keys("key", "FROM cases WHERE author_key", &person.authors)
            .await?;
        let mut copied = Vec::new();
        for (name, whose, column) in OF_A_PERSON {
            let Some(sheet) = sheets().find(|it| it.name == *name) else {
                continue;
            };
            let keys = match whose {
                SheetOwner::Customer => numbers(&person.customers),
                SheetOwner::Account => numbers(&person.authors),
                SheetOwner::Case => numbers(&cases),
                SheetOwner::Message => numbers(&messages),
            };
            let mut rows = Vec::new();
            for part in keys.chunks(KEYS) {
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
pub fn files_of(copied: &[PersonSheet]) -> Vec<String> {
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
