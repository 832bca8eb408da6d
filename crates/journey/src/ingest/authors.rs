//! Analysed → Recognised: authors, and the customers their identifiers prove them to be.

use std::collections::{HashMap, HashSet};

use vigie_model::{
    Act, AuthorKey, CustomerKey, Emitter, Identifier, IdentifierKind, IdentityProof,
    IncomingAuthor, IncomingMessage,
};
use vigie_recognise::{AuthorIdentifiers, Evidence, Verdict, recognise as conclude, telling};
use vigie_store::{
    Author, Error, FactDraft, NewAuthor, NewCustomer, Result, Source, Write, paired,
};

use super::{Recognised, Thread, Threaded};

/// An author or buyer, as reported by the source.
pub struct Speaker<'a> {
    /// Identifies the author within the source.
    pub key: String,
    /// What is known about them.
    pub incoming: &'a IncomingAuthor,
    /// Their identifiers.
    pub author_ids: &'a AuthorIdentifiers,
    /// The network of their handle.
    pub network: &'a str,
    /// Whether they are outside the company.
    pub outside: bool,
    /// Whether they give an order number.
    pub ordered: bool,
    /// What vouches for their identifiers.
    pub proof: IdentityProof,
}

impl Speaker<'_> {
    const fn is_claimed(&self) -> bool {
        matches!(self.proof, IdentityProof::Claimed)
    }

    /// The identifiers that tell who they are.
    fn telling(&self) -> &[Identifier] {
        telling(&self.author_ids.identifiers, self.proof)
    }
}

/// Recognises the author of each message, all at once.
pub async fn recognise(
    write: &mut Write,
    source: &Source,
    messages: Vec<Threaded>,
) -> Result<Vec<Recognised>> {
    let speakers: Vec<_> = messages.iter().map(speaker).collect();
    let authors = find_or_create_authors(write, source, &speakers).await?;
    let keys: Vec<_> = speakers.into_iter().map(|it| it.key).collect();
    let mut recognised = Vec::with_capacity(messages.len());
    for (threaded, key) in messages.into_iter().zip(keys) {
        let index = threaded.analysed.received.index;
        let author = authors.get(&key).ok_or_else(|| no_author("item", index))?;
        recognised.push(Recognised {
            threaded,
            author_key: author.key,
            customer_key: author.customer_key,
            claimed: author.claimed,
        });
    }
    Ok(recognised)
}

/// Everything heard is somebody's: what is nobody's would be attributed to nobody, or to another.
fn no_author(what: &str, index: usize) -> Error {
    Error::Inconsistent(format!("{what} {index} of the batch has no author"))
}

fn no_customer(index: usize) -> Error {
    Error::Inconsistent(format!(
        "the new customer {index} of the batch was not stored"
    ))
}

/// The keys of the authors of what a batch holds, in its order.
///
/// # Errors
/// [`Error::Inconsistent`] when one has no author.
pub fn author_keys(
    what: &str,
    authors: &HashMap<String, Author>,
    speakers: &[Speaker<'_>],
) -> Result<Vec<AuthorKey>> {
    let keys = speakers.iter().enumerate().map(|(index, speaker)| {
        let author = authors.get(&speaker.key);
        author
            .map(|author| author.key)
            .ok_or_else(|| no_author(what, index))
    });
    keys.collect()
}

/// The authors of these messages or orders, by key; new ones are stored with the customers
/// they are proved to be.
pub async fn find_or_create_authors(
    write: &mut Write,
    source: &Source,
    speakers: &[Speaker<'_>],
) -> Result<HashMap<String, Author>> {
    let mut wanted: Vec<_> = speakers.iter().map(|it| it.key.clone()).collect();
    wanted.sort_unstable();
    wanted.dedup();
    let mut authors = write
        .authors()
        .by_external_keys(source.key, &wanted)
        .await?;
    let mut seen = HashSet::new();
    let fresh = |it: &&Speaker<'_>| !authors.contains_key(&it.key) && seen.insert(it.key.clone());
    let fresh: Vec<_> = speakers.iter().filter(fresh).collect();
    create_authors(write, source, fresh, &mut authors).await?;
    Ok(authors)
}

fn speaker(threaded: &Threaded) -> Speaker<'_> {
    let analysed = &threaded.analysed;
    let message = &analysed.received.message;
    Speaker {
        key: external_key(threaded),
        incoming: &message.author,
        author_ids: &analysed.author_ids,
        network: &analysed.network,
        outside: matches!(message.emitter, Emitter::Customer | Emitter::Unknown),
        ordered: message.order.is_some(),
        proof: proof_of(message),
    }
}

/// What vouches for the author of a message: of the past, whoever imports it.
fn proof_of(message: &IncomingMessage) -> IdentityProof {
    match message.author.proof {
        IdentityProof::Claimed if message.past => IdentityProof::Import,
        proof => proof,
    }
}

/// Identifies one author within a source; without any identifier, one author per thread.
///
/// Who only claims an address is one author per thread as well: when it is found to be theirs in
/// one thread, that says nothing of whoever claims it in another.
fn external_key(threaded: &Threaded) -> String {
    let thread = match &threaded.thread {
        Thread::Known(conversation) => &conversation.external_key,
        Thread::New(name) => name,
    };
    let author_ids = &threaded.analysed.author_ids;
    let message = &threaded.analysed.received.message;
    let strongest = author_ids.identifiers.first();
    let claims = proof_of(message) == IdentityProof::Claimed
        && !message.emitter.is_ours()
        && strongest.is_some_and(|it| it.kind != IdentifierKind::Handle);
    match &author_ids.key {
        Some(key) if claims => format!("claimed:{thread}:{key}"),
        Some(key) => key.clone(),
        None => format!("anonymous:{thread}"),
    }
}

/// Stores new authors, their customers and the edges between them.
async fn create_authors(
    write: &mut Write,
    source: &Source,
    fresh: Vec<&Speaker<'_>>,
    authors: &mut HashMap<String, Author>,
) -> Result<()> {
    if fresh.is_empty() {
        return Ok(());
    }
    let known = KnownCustomers::of(write, &fresh).await?;
    let (verdicts, new) = verdicts(&fresh, &known);
    let customers = write.customers().insert_many(new).await?;
    let mut rows = Vec::with_capacity(fresh.len());
    let mut proofs = Vec::with_capacity(fresh.len());
    let fresh = fresh.iter().collect();
    for (speaker, verdict) in paired("speakers and verdicts", fresh, verdicts)? {
        let (customer_key, evidence) = match verdict {
            Recognition::Known(customer, evidence) => (Some(customer), Some(evidence)),
            Recognition::New(index, evidence) => {
                let customer = customers.get(index).map(|(key, _)| *key);
                let customer = customer.ok_or_else(|| no_customer(index))?;
                (Some(customer), Some(evidence))
            }
            Recognition::Stranger => (None, None),
        };
        rows.push(new_author(speaker, customer_key));
        proofs.push(customer_key.zip(evidence));
    }
    let stored = write.authors().insert_many(source.key, rows).await?;
    let mut edges = Vec::new();
    for (author, proof) in paired("authors and their proofs", stored.iter().collect(), proofs)? {
        if let Some((customer, evidence)) = proof {
            edges.push((author.key, customer, serde_json::json!(evidence)));
            let fact = FactDraft::new(Act::AuthorRecognised)
                .on("author", author.id.0)
                .code("by", evidence.kind.code())
                .code("proof", evidence.proof.code());
            write.fact(fact.number("conflict", evidence.conflict.into()));
        }
    }
    write.customers().insert_edges(edges).await?;
    authors.extend(
        stored
            .into_iter()
            .map(|author| (author.external_key.clone(), author)),
    );
    Ok(())
}

/// The customers a batch may be about. Claims meet claims only: whoever claims the address of
/// somebody proved is not taken for them.
struct KnownCustomers {
    proved: HashMap<Identifier, CustomerKey>,
    claimed: HashMap<Identifier, CustomerKey>,
}

impl KnownCustomers {
    async fn of(write: &mut Write, speakers: &[&Speaker<'_>]) -> Result<Self> {
        let told = |claimed: bool| {
            let of_kind = speakers.iter().filter(|it| it.is_claimed() == claimed);
            let mut told: Vec<_> = of_kind.flat_map(|it| it.telling()).cloned().collect();
            told.sort_unstable();
            told.dedup();
            told
        };
        Ok(Self {
            proved: write.customers().by_identifiers(&told(false)).await?,
            claimed: write.customers().by_claims(&told(true)).await?,
        })
    }

    fn find(&self, speaker: &Speaker<'_>, identifier: &Identifier) -> Option<CustomerKey> {
        let among = match speaker.is_claimed() {
            true => &self.claimed,
            false => &self.proved,
        };
        among.get(identifier).copied()
    }
}

enum Recognition {
    Known(CustomerKey, Evidence),
    /// The customer at this index among those about to be stored.
    New(usize, Evidence),
    Stranger,
}

/// Decides for each author; two new authors with one identifier are one new customer.
fn verdicts(
    fresh: &[&Speaker<'_>],
    known: &KnownCustomers,
) -> (Vec<Recognition>, Vec<NewCustomer>) {
    let mut new: Vec<NewCustomer> = Vec::new();
    let mut indexes: HashMap<(bool, &Identifier), usize> = HashMap::new();
    let mut conclusions = Vec::with_capacity(fresh.len());
    for speaker in fresh {
        let (author_ids, claimed) = (speaker.telling(), speaker.is_claimed());
        let verdict = conclude(
            &speaker.author_ids.identifiers,
            speaker.proof,
            |it| known.find(speaker, it),
            speaker.ordered,
        );
        conclusions.push(match verdict {
            _ if !speaker.outside => Recognition::Stranger,
            Verdict::Known(customer, evidence) => Recognition::Known(customer, evidence),
            Verdict::New(evidence) => {
                let index = author_ids
                    .iter()
                    .find_map(|it| indexes.get(&(claimed, it)).copied())
                    .unwrap_or_else(|| {
                        new.push(new_customer(speaker));
                        new.len() - 1
                    });
                indexes.extend(author_ids.iter().map(|it| ((claimed, it), index)));
                Recognition::New(index, evidence)
            }
            Verdict::Stranger => Recognition::Stranger,
        });
    }
    (conclusions, new)
}

fn new_customer(speaker: &Speaker<'_>) -> NewCustomer {
    let claim = speaker.telling().first().map(Identifier::tagged);
    NewCustomer {
        name: name(speaker.incoming),
        claimed_as: claim.filter(|_| speaker.is_claimed()),
    }
}

fn name(incoming: &IncomingAuthor) -> String {
    [
        &incoming.name,
        &incoming.handle,
        &incoming.email,
        &incoming.phone,
        &incoming.customer_id,
    ]
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
    customer_key: Option<CustomerKey>,
) -> (NewAuthor, Vec<Identifier>) {
    let (incoming, author_ids) = (speaker.incoming, &speaker.author_ids.identifiers);
    let of_kind = |kind| {
        author_ids
            .iter()
            .find(|it| it.kind == kind)
            .map(|it| it.value.clone())
    };
    let author = NewAuthor {
        external_key: speaker.key.clone(),
        name: incoming.name.clone(),
        handle: incoming.handle.clone(),
        email: of_kind(IdentifierKind::Email),
        phone: of_kind(IdentifierKind::Phone),
        shop_id: of_kind(IdentifierKind::ShopId),
        network: incoming.handle.as_ref().map(|_| speaker.network.to_owned()),
        followers: incoming.followers,
        customer_key,
        claimed: speaker.is_claimed(),
    };
    (author, author_ids.clone())
}
