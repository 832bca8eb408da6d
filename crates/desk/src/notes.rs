//! Internal notes, which are never sent outside (row A25), and whom they mention.

use vigie_model::{Act, CaseId, NoteId};
use vigie_store::{FactDraft, Person, Write};

use crate::{Error, Result};

/// The people a note mentions: `@` and the first or full name, ignoring case.
pub fn mentions_in<'a>(text: &str, people: &'a [Person]) -> Vec<&'a Person> {
    let text = text.to_lowercase();
    let mentioned = |person: &&Person| {
        let name = person.name.to_lowercase();
        let first = name.split_whitespace().next().unwrap_or(&name).to_owned();
        [name, first].iter().any(|name| {
            text.split('@')
                .skip(1)
                .any(|rest| begins_with_word(rest, name))
        })
    };
    people
        .iter()
        .filter(|person| person.disabled_at.is_none())
        .filter(mentioned)
        .collect()
}

fn begins_with_word(text: &str, word: &str) -> bool {
    text.strip_prefix(word)
        .is_some_and(|rest| !rest.starts_with(char::is_alphanumeric))
}

/// Writes a note.
///
/// # Errors
/// [`Error::Empty`] without text.
pub async fn write_note(
    write: &mut Write,
    case: CaseId,
    author: &Person,
    text: &str,
) -> Result<NoteId> {
    if text.trim().is_empty() {
        return Err(Error::Empty);
    }
    let case = write.cases().find(case).await?;
    let people = write.people().list().await?;
    let mentioned: Vec<_> = mentions_in(text, &people)
        .into_iter()
        .map(|person| person.key)
        .collect();
    let id = write
        .notes()
        .insert(case.key, author.key, text, &mentioned)
        .await?;
    let count = i64::try_from(mentioned.len()).unwrap_or(i64::MAX);
    write.fact(
        FactDraft::new(Act::NoteWritten)
            .of_case(&case)
            .on("note", id.0)
            .number("mentions", count),
    );
    Ok(id)
}
