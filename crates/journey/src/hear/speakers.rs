//! Analysed → Recognised: authors, and the customers their identifiers prove them to be.

use std::collections::{HashMap, HashSet};

use vigie_model::{Act, AuthorSaid, Emitter, Identifier, IdentifierKind};
use vigie_recognise::{Evidence, Told, Verdict, recognise as conclude};
use vigie_store::{Author, FactDraft, NewAuthor, NewCustomer, Result, Source, Write};

use super::{Recognised, Thread, Threaded};

/// An author or buyer, as reported by the source.
pub struct Speaker<'a> {
    /// Identifies the author within the source.
    pub key: String,
    /// What is known about them.
    pub said: &'a AuthorSaid,
    /// Their identifiers.
    pub told: &'a Told,
    /// The network of their handle.
    pub network: &'a str,
    /// Whether they are outside the company.
    pub outside: bool,
    /// Whether they give an order number.
    pub ordered: bool,
}

/// Recognises the author of each message, all at once.
pub async fn recognise(
    write: &mut Write,
    source: &Source,
    messages: Vec<Threaded>,
) -> Result<Vec<Recognised>> {
    let speakers: Vec<_> = messages.iter().map(speaker).collect();
    let authors = known_or_met(write, source, &speakers).await?;
    let keys: Vec<_> = speakers.into_iter().map(|it| it.key).collect();
    let mut recognised = Vec::with_capacity(messages.len());
    for (threaded, key) in messages.into_iter().zip(keys) {
        let author = authors.get(&key);
        let author_key = author.map_or(0, |it| it.key);
        let customer_key = author.and_then(|it| it.customer_key);
        recognised.push(Recognised {
            threaded,
            author_key,
            customer_key,
        });
    }
    Ok(recognised)
}

/// The authors of these messages or orders, by key; new ones are stored with the customers
/// they are proved to be.
pub async fn known_or_met(
    write: &mut Write,
    source: &Source,
    speakers: &[Speaker<'_>],
) -> Result<HashMap<String, Author>> {
    let mut wanted: Vec<_> = speakers.iter().map(|it| it.key.clone()).collect();
    wanted.sort_unstable();
    wanted.dedup();
    let mut authors = write.authors_said(source.key, &wanted).await?;
    let mut seen = HashSet::new();
    let fresh = |it: &&Speaker<'_>| !authors.contains_key(&it.key) && seen.insert(it.key.clone());
    let fresh: Vec<_> = speakers.iter().filter(fresh).collect();
    meet(write, source, fresh, &mut authors).await?;
    Ok(authors)
}

fn speaker(threaded: &Threaded) -> Speaker<'_> {
    let analysed = &threaded.analysed;
    let message = &analysed.received.message;
    Speaker {
        key: said_key(threaded),
        said: &message.author,
        told: &analysed.told,
        network: &analysed.network,
        outside: matches!(message.emitter, Emitter::Customer | Emitter::Unknown),
        ordered: message.order.is_some(),
    }
}

/// Identifies one author within a source; without any identifier, one author per thread.
fn said_key(threaded: &Threaded) -> String {
    let thread = || match &threaded.thread {
        Thread::Known(conversation) => conversation.external_key.clone(),
        Thread::New(name) => name.clone(),
    };
    threaded
        .analysed
        .told
        .key
        .clone()
        .unwrap_or_else(|| format!("anonymous:{}", thread()))
}

/// Stores new authors, their customers and the edges between them.
async fn meet(
    write: &mut Write,
    source: &Source,
    fresh: Vec<&Speaker<'_>>,
    authors: &mut HashMap<String, Author>,
) -> Result<()> {
    if fresh.is_empty() {
        return Ok(());
    }
    let mut identifiers: Vec<Identifier> = fresh
        .iter()
        .flat_map(|it| it.told.identifiers.iter().cloned())
        .collect();
    identifiers.sort_unstable();
    identifiers.dedup();
    let known = write.customers_by_identifiers(&identifiers).await?;
    let (verdicts, names) = verdicts(&fresh, &known);
    let customers = write.insert_customers(names).await?;
    let mut rows = Vec::with_capacity(fresh.len());
    let mut proofs = Vec::with_capacity(fresh.len());
    for (speaker, verdict) in fresh.iter().zip(verdicts) {
        let (customer_key, evidence) = match verdict {
            Conclusion::Known(customer, evidence) => (Some(customer), Some(evidence)),
            Conclusion::New(place, evidence) => {
                (customers.get(place).map(|it| it.0), Some(evidence))
            }
            Conclusion::Stranger => (None, None),
        };
        rows.push(new_author(speaker, customer_key));
        proofs.push(customer_key.zip(evidence));
    }
    let stored = write.insert_authors(source.key, rows).await?;
    let mut edges = Vec::new();
    for (author, proof) in stored.iter().zip(proofs) {
        if let Some((customer, evidence)) = proof {
            edges.push((author.key, customer, serde_json::json!(evidence)));
            let fact = FactDraft::new(Act::AuthorRecognised)
                .on("author", author.id.0)
                .code("by", evidence.kind.code());
            write.fact(fact.number("conflict", evidence.conflict.into()));
        }
    }
    write.insert_edges(edges).await?;
    authors.extend(
        stored
            .into_iter()
            .map(|author| (author.said_key.clone(), author)),
    );
    Ok(())
}

enum Conclusion {
    Known(i64, Evidence),
    /// The customer at this index among those about to be stored.
    New(usize, Evidence),
    Stranger,
}

/// Decides for each author; two new authors with one identifier are one new customer.
fn verdicts(
    fresh: &[&Speaker<'_>],
    known: &HashMap<Identifier, i64>,
) -> (Vec<Conclusion>, Vec<NewCustomer>) {
    let mut new: Vec<NewCustomer> = Vec::new();
    let mut places: HashMap<&Identifier, usize> = HashMap::new();
    let mut conclusions = Vec::with_capacity(fresh.len());
    for speaker in fresh {
        let told = &speaker.told.identifiers;
        let verdict = conclude(told, |it| known.get(it).copied(), speaker.ordered);
        conclusions.push(match verdict {
            _ if !speaker.outside => Conclusion::Stranger,
            Verdict::Known(customer, evidence) => Conclusion::Known(customer, evidence),
            Verdict::New(evidence) => {
                let place = told
                    .iter()
                    .find_map(|it| places.get(it).copied())
                    .unwrap_or_else(|| {
                        new.push(NewCustomer {
                            name: name(speaker.said),
                        });
                        new.len() - 1
                    });
                places.extend(told.iter().map(|it| (it, place)));
                Conclusion::New(place, evidence)
            }
            Verdict::Stranger => Conclusion::Stranger,
        });
    }
    (conclusions, new)
}

fn name(said: &AuthorSaid) -> String {
    let parts = [
        &said.name,
        &said.handle,
        &said.email,
        &said.phone,
        &said.customer_id,
    ];
    parts
        .into_iter()
        .flatten()
        .map(|it| it.trim())
        .find(|it| !it.is_empty())
        .unwrap_or("?")
        .to_owned()
}

/// Builds an author from what is known about them.
pub fn new_author(
    speaker: &Speaker<'_>,
    customer_key: Option<i64>,
) -> (NewAuthor, Vec<Identifier>) {
    let (said, told) = (speaker.said, &speaker.told.identifiers);
    let of_kind = |kind| {
        told.iter()
            .find(|it| it.kind == kind)
            .map(|it| it.value.clone())
    };
    let author = NewAuthor {
        said_key: speaker.key.clone(),
        name: said.name.clone(),
        handle: said.handle.clone(),
        email: of_kind(IdentifierKind::Email),
        phone: of_kind(IdentifierKind::Phone),
        shop_id: of_kind(IdentifierKind::ShopId),
        network: said.handle.as_ref().map(|_| speaker.network.to_owned()),
        followers: said.followers,
        customer_key,
    };
    (author, told.clone())
}
