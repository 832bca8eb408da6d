//! Analysed → Recognised: authors, and the customers their identifiers prove them to be.

use std::collections::{HashMap, HashSet};

use vigie_model::{Act, Emitter, Identifier, IdentifierKind};
use vigie_recognise::{Evidence, Verdict, recognise as conclude};
use vigie_store::{Author, FactDraft, NewAuthor, NewCustomer, Result, Source, Write};

use super::{Recognised, Thread, Threaded};

/// Recognises who speaks in each message, all at once.
pub async fn recognise(write: &mut Write, source: &Source, messages: Vec<Threaded>) -> Result<Vec<Recognised>> {
    let keys: Vec<String> = messages.iter().map(said_key).collect();
    let mut wanted = keys.clone();
    wanted.sort_unstable();
    wanted.dedup();
    let mut authors = write.authors_said(source.key, &wanted).await?;
    let fresh = strangers(&messages, &keys, &authors);
    meet(write, source, fresh, &mut authors).await?;
    let mut recognised = Vec::with_capacity(messages.len());
    for (threaded, key) in messages.into_iter().zip(keys) {
        let author = authors.get(&key);
        let author_key = author.map_or(0, |it| it.key);
        let customer_key = author.and_then(|it| it.customer_key);
        recognised.push(Recognised { threaded, author_key, customer_key });
    }
    Ok(recognised)
}

/// What makes one author within a source; who tells nothing is one author per thread.
fn said_key(threaded: &Threaded) -> String {
    let thread = || match &threaded.thread {
        Thread::Known(conversation) => conversation.external_key.clone(),
        Thread::New(name) => name.clone(),
    };
    threaded.analysed.told.key.clone().unwrap_or_else(|| format!("anonymous:{}", thread()))
}

/// The first message of each author not met yet.
fn strangers<'a>(
    messages: &'a [Threaded],
    keys: &'a [String],
    met: &HashMap<String, Author>,
) -> Vec<(&'a str, &'a Threaded)> {
    let mut seen = HashSet::new();
    let pairs = keys.iter().map(String::as_str).zip(messages);
    pairs.filter(|(key, _)| !met.contains_key(*key) && seen.insert(*key)).collect()
}

/// Stores new authors, their customers and the edges between.
async fn meet(
    write: &mut Write,
    source: &Source,
    fresh: Vec<(&str, &Threaded)>,
    authors: &mut HashMap<String, Author>,
) -> Result<()> {
    if fresh.is_empty() {
        return Ok(());
    }
    let mut identifiers: Vec<Identifier> =
        fresh.iter().flat_map(|(_, it)| it.analysed.told.identifiers.iter().cloned()).collect();
    identifiers.sort_unstable();
    identifiers.dedup();
    let known = write.customers_by_identifiers(&identifiers).await?;
    let (verdicts, names) = verdicts(&fresh, &known);
    let customers = write.insert_customers(names).await?;
    let mut rows = Vec::with_capacity(fresh.len());
    let mut proofs = Vec::with_capacity(fresh.len());
    for ((key, threaded), verdict) in fresh.iter().zip(verdicts) {
        let (customer_key, evidence) = match verdict {
            Conclusion::Known(customer, evidence) => (Some(customer), Some(evidence)),
            Conclusion::New(place, evidence) => (customers.get(place).map(|it| it.0), Some(evidence)),
            Conclusion::Stranger => (None, None),
        };
        rows.push(new_author(key, threaded, customer_key));
        proofs.push(customer_key.zip(evidence));
    }
    let stored = write.insert_authors(source.key, rows).await?;
    let mut edges = Vec::new();
    for (author, proof) in stored.iter().zip(proofs) {
        if let Some((customer, evidence)) = proof {
            edges.push((author.key, customer, serde_json::json!(evidence)));
            let fact = FactDraft::new(Act::AuthorRecognised).on("author", author.id.0).code("by", evidence.kind.code());
            write.fact(fact.number("conflict", evidence.conflict.into()));
        }
    }
    write.insert_edges(edges).await?;
    authors.extend(stored.into_iter().map(|author| (author.said_key.clone(), author)));
    Ok(())
}

enum Conclusion {
    Known(i64, Evidence),
    /// The customer at this place among those about to be stored.
    New(usize, Evidence),
    Stranger,
}

/// Concludes for each author; two new authors with one identifier are one new customer.
fn verdicts(fresh: &[(&str, &Threaded)], known: &HashMap<Identifier, i64>) -> (Vec<Conclusion>, Vec<NewCustomer>) {
    let mut new: Vec<NewCustomer> = Vec::new();
    let mut places: HashMap<&Identifier, usize> = HashMap::new();
    let mut conclusions = Vec::with_capacity(fresh.len());
    for (_, threaded) in fresh {
        let message = &threaded.analysed.received.message;
        let told = &threaded.analysed.told.identifiers;
        let outside = matches!(message.emitter, Emitter::Customer | Emitter::Unknown);
        let verdict = conclude(told, |it| known.get(it).copied(), message.order.is_some());
        conclusions.push(match verdict {
            _ if !outside => Conclusion::Stranger,
            Verdict::Known(customer, evidence) => Conclusion::Known(customer, evidence),
            Verdict::New(evidence) => {
                let place = told.iter().find_map(|it| places.get(it).copied()).unwrap_or_else(|| {
                    new.push(NewCustomer { name: name(threaded) });
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

fn name(threaded: &Threaded) -> String {
    let said = &threaded.analysed.received.message.author;
    let parts = [&said.name, &said.handle, &said.email, &said.phone, &said.customer_id];
    parts.into_iter().flatten().map(|it| it.trim()).find(|it| !it.is_empty()).unwrap_or("?").to_owned()
}

fn new_author(key: &str, threaded: &Threaded, customer_key: Option<i64>) -> (NewAuthor, Vec<Identifier>) {
    let analysed = &threaded.analysed;
    let said = &analysed.received.message.author;
    let told = |kind| analysed.told.identifiers.iter().find(|it| it.kind == kind).map(|it| it.value.clone());
    let author = NewAuthor {
        said_key: key.to_owned(),
        name: said.name.clone(),
        handle: said.handle.clone(),
        email: told(IdentifierKind::Email),
        phone: told(IdentifierKind::Phone),
        shop_id: told(IdentifierKind::ShopId),
        network: said.handle.as_ref().map(|_| analysed.network.clone()),
        followers: said.followers,
        customer_key,
    };
    (author, analysed.told.identifiers.clone())
}
