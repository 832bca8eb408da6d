//! Visits go through the same intake as messages: each visitor is recognised, each visit
//! stored once.

use vigie_model::{Act, Actor, IdentityProof, IncomingVisit, SourceId};
use vigie_recognise::AuthorIdentifiers;
use vigie_store::{Brand, FactDraft, NewVisit, Result, Source, Write};

use super::authors::{Speaker, author_keys, find_or_create_authors};
use crate::{Error, Instance, open_source};

/// Stores a batch of visits with their visitors; returns whether each was new. One fact per
/// batch that added something.
pub async fn insert_new_visits(
    write: &mut Write,
    source: &Source,
    brand: &Brand,
    visits: Vec<IncomingVisit>,
) -> Result<Vec<bool>> {
    let author_ids: Vec<_> = visits
        .iter()
        .map(|it| AuthorIdentifiers::of(&it.visitor, &source.code, &brand.settings.phone_country))
        .collect();
    let visitors: Vec<_> = visits
        .iter()
        .zip(&author_ids)
        .map(|(visit, author_ids)| visitor(visit, author_ids, &source.code))
        .collect();
    let authors = find_or_create_authors(write, source, &visitors).await?;
    let keys = author_keys("visit", &authors, &visitors)?;
    let new = visits
        .into_iter()
        .zip(keys)
        .map(|(incoming, author_key)| NewVisit {
            incoming,
            author_key,
        })
        .collect();
    let created = write.visits().insert_new(source, new).await?;
    let came = created.iter().filter(|it| **it).count() as i64;
    if came > 0 {
        write.fact(
            FactDraft::new(Act::VisitsReceived)
                .on("source", source.id.0)
                .number("visits", came),
        );
    }
    Ok(created)
}

fn visitor<'a>(
    visit: &'a IncomingVisit,
    author_ids: &'a AuthorIdentifiers,
    network: &'a str,
) -> Speaker<'a> {
    // A visitor without a readable identifier is only the visitor of that visit.
    let key = author_ids
        .key
        .clone()
        .unwrap_or_else(|| format!("visit:{}", visit.id));
    Speaker {
        key,
        incoming: &visit.visitor,
        author_ids,
        network,
        outside: true,
        ordered: false,
        proof: IdentityProof::Shop,
    }
}

/// Stores visits: visitors are recognised like authors. Fails when the source is paused or
/// missing; nothing was stored then.
pub async fn receive_visits(
    instance: &Instance,
    source: SourceId,
    visits: Vec<IncomingVisit>,
) -> Result<Vec<bool>, Error> {
    let (source, brand) = open_source(instance, source).await?;
    let mut write = instance.store.write(Actor::Source(source.id)).await?;
    let created = insert_new_visits(&mut write, &source, &brand, visits).await?;
    write.commit().await?;
    Ok(created)
}
