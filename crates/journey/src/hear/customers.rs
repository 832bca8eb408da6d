//! Customers of an imported base go through the same intake as messages: each is recognised by
//! the identifiers that prove who they are.

use std::collections::HashMap;

use vigie_model::AuthorSaid;
use vigie_recognise::Told;
use vigie_store::{Author, Brand, ImportedThing, Kept, Result, Source, Write};

use super::speakers::{Speaker, known_or_met, new_author};

/// Stores customers; `None` for those without any identifier. Fields that a file leaves empty
/// stay unchanged.
pub async fn keep_customers(
    write: &mut Write,
    source: &Source,
    brand: &Brand,
    customers: &[AuthorSaid],
) -> Result<Vec<Option<(Kept, ImportedThing)>>> {
    let told: Vec<_> = customers
        .iter()
        .map(|it| Told::of(it, &source.code, &brand.settings.phone_country))
        .collect();
    let people = || {
        customers
            .iter()
            .zip(&told)
            .map(|(said, told)| person(said, told, &source.code))
    };
    let known: Vec<Speaker<'_>> = people().flatten().collect();
    let keys: Vec<String> = known.iter().map(|it| it.key.clone()).collect();
    let before = write.authors_said(source.key, &keys).await?;
    let authors = known_or_met(write, source, &known).await?;
    let last: HashMap<&String, usize> = told
        .iter()
        .enumerate()
        .filter_map(|(at, it)| Some((it.key.as_ref()?, at)))
        .collect();
    let mut kept = Vec::with_capacity(customers.len());
    for (at, person) in people().enumerate() {
        let found = person.and_then(|it| Some((authors.get(&it.key)?, it)));
        kept.push(match found {
            None => None,
            // When a customer occurs twice in a batch, the last row counts.
            Some((author, person)) if last.get(&person.key).is_some_and(|it| *it > at) => {
                Some((Kept::Unchanged, ImportedThing::customer(author.key, None)))
            }
            Some((author, person)) => {
                Some(keep(write, author, &person, before.contains_key(&person.key)).await?)
            }
        });
    }
    Ok(kept)
}

async fn keep(
    write: &mut Write,
    author: &Author,
    person: &Speaker<'_>,
    known: bool,
) -> Result<(Kept, ImportedThing)> {
    let now = told_again(author, person);
    if now == *author {
        let kept = if known {
            Kept::Unchanged
        } else {
            Kept::Created
        };
        return Ok((kept, ImportedThing::customer(author.key, None)));
    }
    let there = write.identifiers_of(author.key).await?;
    let also: Vec<_> = person
        .told
        .identifiers
        .iter()
        .filter(|it| !there.contains(it))
        .cloned()
        .collect();
    write.tell_author(author, &now, &also).await?;
    Ok(if known {
        (
            Kept::Updated,
            ImportedThing::customer(author.key, Some((author, there))),
        )
    } else {
        (Kept::Created, ImportedThing::customer(author.key, None))
    })
}

fn person<'a>(said: &'a AuthorSaid, told: &'a Told, network: &'a str) -> Option<Speaker<'a>> {
    let key = told.key.clone().filter(|_| !told.identifiers.is_empty())?;
    Some(Speaker {
        key,
        said,
        told,
        network,
        outside: true,
        ordered: true,
    })
}

fn told_again(author: &Author, person: &Speaker<'_>) -> Author {
    let (new, _) = new_author(person, author.customer_key);
    let mut now = author.clone();
    now.name = new.name.or(now.name);
    now.email = new.email.or(now.email);
    now.phone = new.phone.or(now.phone);
    now.shop_id = new.shop_id.or(now.shop_id);
    now
}
