//! What one person may ask for: everything the house holds about them, from the same sheets, and nothing of others.

use serde_json::Value as Json;

use super::{Shape, Sheet, sheets};
use crate::{Result, Session, erasing::Known};

/// What makes a row somebody's.
#[derive(Clone, Copy)]
enum Theirs {
    /// The key of one of their accounts stands there.
    Account(&'static str),
    /// The key of their customer stands there.
    Customer(&'static str),
    /// They said it, or we answered it in a case they opened.
    Said,
}

/// The sheets that hold something of a person, in the order they are read.
const OF_A_PERSON: &[(&str, Theirs)] = &[
    ("customers", Theirs::Customer("c.key")),
    ("accounts", Theirs::Account("a.key")),
    ("links", Theirs::Account("e.author_key")),
    ("joins", Theirs::Customer("i.kept")),
    ("cases", Theirs::Account("c.author_key")),
    ("messages", Theirs::Said),
    ("revisions", Theirs::Account("m.author_key")),
    ("readings", Theirs::Account("m.author_key")),
    ("corrections", Theirs::Account("m.author_key")),
    ("attachments", Theirs::Account("m.author_key")),
    ("orders", Theirs::Account("o.author_key")),
    ("promises", Theirs::Account("c.author_key")),
    ("named_causes", Theirs::Account("c.author_key")),
    ("closures", Theirs::Account("c.author_key")),
    ("notes", Theirs::Account("c.author_key")),
];

/// Rows read together.
const ROWS: i64 = 1_000;

/// A sheet, and the rows of it that are about a person.
pub type Copied = (&'static Sheet, Vec<Json>);

impl Theirs {
    fn sql(self, known: &Known) -> String {
        let accounts = keys(&known.authors);
        match self {
            Self::Account(column) => format!("{column} IN ({accounts})"),
            Self::Customer(column) => format!("{column} IN ({})", keys(&known.customers)),
            Self::Said => format!(
                "(m.author_key IN ({accounts}) OR (c.author_key IN ({accounts}) AND m.emitter IN ('brand', 'employee', 'paid')))"
            ),
        }
    }
}

/// Keys are numbers of ours; none is nobody's.
fn keys(keys: &[i64]) -> String {
    if keys.is_empty() {
        return "-1".into();
    }
    keys.iter().map(i64::to_string).collect::<Vec<_>>().join(", ")
}

impl Session {
    /// Everything about a person, sheet by sheet; those without a row are left out.
    pub async fn copy_of(&mut self, known: &Known) -> Result<Vec<Copied>> {
        let mut copied = Vec::new();
        for (name, theirs) in OF_A_PERSON {
            let Some(sheet) = sheets().find(|it| it.name == *name) else { continue };
            let (mut rows, mut after) = (Vec::new(), i64::MIN);
            loop {
                let page = self.sheet_where(sheet, &theirs.sql(known), after, ROWS).await?;
                let Some((last, _)) = page.last() else { break };
                after = *last;
                rows.extend(page.into_iter().map(|it| it.1));
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
    let attachments = copied.iter().filter(|it| it.0.name == "attachments").flat_map(|it| &it.1);
    attachments.filter_map(|it| it.get("sha256")?.as_str().map(str::to_owned)).collect()
}

/// Whether a field means something to the person: ids tie sheets together and are for programs.
pub fn is_readable(sheet: &Sheet, field: &str) -> bool {
    sheet.fields.iter().any(|it| it.0 == field && it.1 != Shape::Id)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_sheet_named_is_there() {
        for (name, _) in OF_A_PERSON {
            assert!(sheets().any(|it| it.name == *name), "{name}");
        }
    }
}
