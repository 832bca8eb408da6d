//! Tags: people's own labels on cases. Anybody who works on a case may put one; creating a new
//! tag needs the right to sort cases.

use vigie_model::{Act, At, CaseId, TagId};
use vigie_store::{Case, FactDraft, Tag, TagRef, Write};

use crate::{Error, Result};

/// Largest length of a name, in letters: it must fit in a row of a list.
const LONGEST: usize = 40;

/// The tag with this name; created if there is none, restored if it was archived.
///
/// # Errors
/// [`Error::TagName`] when the name is empty, too long, or has no letter or digit.
pub async fn make_tag(write: &mut Write, name: &str) -> Result<Tag> {
    let (name, folded) = clean(name).ok_or(Error::TagName)?;
    let id = match write.tags().named(&folded).await? {
        Some(tag) if !tag.archived => return Ok(tag),
        Some(tag) => {
            write.tags().archive(tag.key, false).await?;
            tag.id
        }
        None => write.tags().insert(&name, &folded).await?,
    };
    write.fact(FactDraft::new(Act::TagChanged).on("tag", id.0));
    Ok(write.tags().find(id).await?)
}

/// Renames a tag, archives it or restores it.
///
/// # Errors
/// [`Error::TagName`], or [`Error::TagExists`] when another tag has that name.
pub async fn change_tag(
    write: &mut Write,
    id: TagId,
    name: Option<&str>,
    archived: Option<bool>,
) -> Result<()> {
    let tag = write.tags().find(id).await?;
    if let Some(name) = name {
        let (name, folded) = clean(name).ok_or(Error::TagName)?;
        if write
            .tags()
            .named(&folded)
            .await?
            .is_some_and(|it| it.key != tag.key)
        {
            return Err(Error::TagExists);
        }
        write.tags().rename(tag.key, &name, &folded).await?;
    }
    if let Some(archived) = archived {
        write.tags().archive(tag.key, archived).await?;
    }
    write.fact(FactDraft::new(Act::TagChanged).on("tag", id.0));
    Ok(())
}

/// Puts a tag on a case; doing it twice changes nothing.
pub async fn put_tag(write: &mut Write, case: CaseId, tag: TagId) -> Result<()> {
    let (case, tag) = (
        write.cases().find(case).await?,
        write.tags().find(tag).await?,
    );
    if write.tags().add_to_case(case.key, tag.key).await? {
        write.fact(
            FactDraft::new(Act::CaseTagged)
                .of_case(&case)
                .on("tag", tag.id.0),
        );
    }
    Ok(())
}

/// Removes a tag from a case.
pub async fn take_tag(write: &mut Write, case: CaseId, tag: TagId) -> Result<()> {
    let (case, tag) = (
        write.cases().find(case).await?,
        write.tags().find(tag).await?,
    );
    if write.tags().remove_from_case(case.key, tag.key).await? {
        write.fact(
            FactDraft::new(Act::CaseUntagged)
                .of_case(&case)
                .on("tag", tag.id.0),
        );
    }
    Ok(())
}

/// Puts the tags of a case that joins another on the other one too.
pub(crate) async fn copy_tags(write: &mut Write, from: &Case, to: &Case) -> Result<()> {
    for tag in tags_of(write, from).await? {
        put_tag(write, to.id, tag.id).await?;
    }
    Ok(())
}

/// Removes the tags that a case brought along when it joined another at that instant.
pub(crate) async fn remove_copied_tags(
    write: &mut Write,
    from: &Case,
    to: &Case,
    joined_at: At,
) -> Result<()> {
    for tag in tags_of(write, from).await? {
        if write
            .tags()
            .remove_from_case_since(to.key, tag.key, joined_at)
            .await?
        {
            write.fact(
                FactDraft::new(Act::CaseUntagged)
                    .of_case(to)
                    .on("tag", tag.id.0),
            );
        }
    }
    Ok(())
}

async fn tags_of(write: &mut Write, case: &Case) -> Result<Vec<TagRef>> {
    Ok(write
        .tags()
        .of_cases(&[case.key])
        .await?
        .remove(&case.key)
        .unwrap_or_default())
}

/// A name with single blanks between words, and its comparable form; `None` when it is
/// invalid.
pub(crate) fn clean(name: &str) -> Option<(String, String)> {
    let name = name.split_whitespace().collect::<Vec<_>>().join(" ");
    let wrong =
        name.chars().count() > LONGEST || name.chars().any(char::is_control) || name.contains('"');
    let folded = folded_name(&name).filter(|_| !wrong)?;
    Some((name, folded))
}

/// A name in comparable form: without case and accents, one blank between words; `None` when
/// it has no letter or digit.
fn folded_name(name: &str) -> Option<String> {
    let folded = vigie_analyse::folded(name);
    let words = folded
        .split(' ')
        .filter(|word| !matches!(*word, "" | "?" | "!"));
    let words: Vec<String> = words.map(without_strokes).collect();
    Some(words.join(" ")).filter(|folded| !folded.is_empty())
}

/// Letters that Unicode does not decompose, folded as in the search index.
fn without_strokes(word: &str) -> String {
    let letters = word.chars().map(|letter| match letter {
        'ß' => "ss".to_owned(),
        'ø' => "o".to_owned(),
        'ł' => "l".to_owned(),
        'đ' => "d".to_owned(),
        'þ' => "th".to_owned(),
        letter => letter.to_string(),
    });
    letters.collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_needs_a_letter_and_must_stay_short() {
        assert_eq!(
            clean("  Retour   Été ").unwrap(),
            ("Retour Été".into(), "retour ete".into())
        );
        for wrong in ["", "  ", "★", "a\0b", "say \"x\"", &"x".repeat(41)] {
            assert_eq!(clean(wrong), None, "{wrong}");
        }
        assert!(clean(&"é".repeat(40)).is_some());
    }
}
