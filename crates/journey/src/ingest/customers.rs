//! Customers of an imported base go through the same intake as messages: each is recognised by
//! the identifiers that prove who they are.

use std::collections::HashMap;

use vigie_model::{IdentityProof, IncomingAuthor};
use vigie_recognise::AuthorIdentifiers;
use vigie_store::{Author, Brand, ImportedRecord, Result, Source, UpsertOutcome, Write};

use super::authors::{Speaker, find_or_create_authors, new_author};

/// Stores customers; `None` for those without any identifier. Fields that a file leaves empty
/// stay unchanged.
pub async fn persist_customers(
    write: &mut Write,
    source: &Source,
    brand: &Brand,
    customers: &[IncomingAuthor],
) -> Result<Vec<Option<(UpsertOutcome, ImportedRecord)>>> {
    let author_ids: Vec<_> = customers
        .iter()
        .map(|it| AuthorIdentifiers::of(it, &source.code, &brand.settings.phone_country))
        .collect();
    let people = || {
        customers
            .iter()
            .zip(&author_ids)
            .map(|(incoming, author_ids)| person(incoming, author_ids, &source.code))
    };
    let known: Vec<Speaker<'_>> = people().flatten().collect();
    let keys: Vec<String> = known.iter().map(|it| it.key.clone()).collect();
    let before = write.authors().by_external_keys(source.key, &keys).await?;
    let authors = find_or_create_authors(write, source, &known).await?;
    let last: HashMap<&String, usize> = author_ids
        .iter()
        .enumerate()
        .filter_map(|(at, it)| Some((it.key.as_ref()?, at)))
        .collect();
    let mut outcomes = Vec::with_capacity(customers.len());
    for (at, person) in people().enumerate() {
        let found = person.and_then(|it| Some((authors.get(&it.key)?, it)));
        outcomes.push(match found {
            None => None,
            // When a customer occurs twice in a batch, the last row counts.
            Some((author, person)) if last.get(&person.key).is_some_and(|it| *it > at) => Some((
                UpsertOutcome::Unchanged,
                ImportedRecord::customer(author.key, None),
            )),
            Some((author, person)) => {
                Some(keep(write, author, &person, before.contains_key(&person.key)).await?)
            }
        });
    }
    Ok(outcomes)
}

async fn keep(
    write: &mut Write,
    author: &Author,
    person: &Speaker<'_>,
    known: bool,
) -> Result<(UpsertOutcome, ImportedRecord)> {
    let now = merge_author(author, person);
    if now == *author {
        let outcome = if known {
            UpsertOutcome::Unchanged
        } else {
            UpsertOutcome::Created
        };
        return Ok((outcome, ImportedRecord::customer(author.key, None)));
    }
    let there = write.authors().identifiers(author.key).await?;
    let also: Vec<_> = person
        .author_ids
        .identifiers
        .iter()
        .filter(|it| !there.contains(it))
        .cloned()
        .collect();
    write.authors().update(author, &now, &also).await?;
    Ok(if known {
        (
            UpsertOutcome::Updated,
            ImportedRecord::customer(author.key, Some((author, there))),
        )
    } else {
        (
            UpsertOutcome::Created,
            ImportedRecord::customer(author.key, None),
        )
    })
}

fn person<'a>(
    incoming: &'a IncomingAuthor,
    author_ids: &'a AuthorIdentifiers,
    network: &'a str,
) -> Option<Speaker<'a>> {
    let key = author_ids
        .key
        .clone()
        .filter(|_| !author_ids.identifiers.is_empty())?;
    Some(Speaker {
        key,
        incoming,
        author_ids,
        network,
        outside: true,
        ordered: true,
        proof: IdentityProof::Import,
    })
}

fn merge_author(author: &Author, person: &Speaker<'_>) -> Author {
    let (new, _) = new_author(person, author.customer_key);
    let mut now = author.clone();
    now.name = new.name.or(now.name);
    now.email = new.email.or(now.email);
    now.phone = new.phone.or(now.phone);
    now.shop_id = new.shop_id.or(now.shop_id);
    now
}
