//! Received → Analysed: analysis needs no stored data, so it runs before the transaction, on
//! every core.

use vigie_analyse::AnalysisInput;
use vigie_listen::{IncomingItem, Refusal, content_hash, seen_elsewhere};
use vigie_model::{MessageId, SourceKind, Visibility};
use vigie_recognise::AuthorIdentifiers;
use vigie_store::{Brand, Source};

use super::{Analysed, Received};

/// An item that intake refused, with its place in the batch.
#[derive(Debug)]
pub struct RefusedItem {
    pub index: usize,
    pub external_id: Option<String>,
    /// As received.
    pub raw: String,
    /// Why it was refused.
    pub refusal: Refusal,
}

/// Separates readable items from refused ones; each message gets the id it will have.
pub fn received(
    items: Vec<IncomingItem>,
    new_id: impl Fn() -> uuid::Uuid,
) -> (Vec<Received>, Vec<RefusedItem>) {
    let (mut read, mut refused) = (Vec::with_capacity(items.len()), Vec::new());
    for (index, item) in items.into_iter().enumerate() {
        match item.parsed {
            Ok(message) => read.push(Received {
                index,
                id: MessageId(new_id()),
                message,
            }),
            Err(refusal) => refused.push(RefusedItem {
                index,
                external_id: item.external_id,
                raw: item.raw,
                refusal,
            }),
        }
    }
    (read, refused)
}

/// Below this many messages a second thread costs more than it saves.
const WORTH_SPLITTING: usize = 32;

/// Analyses every message.
pub fn analyse(received: Vec<Received>, source: &Source, brand: &Brand) -> Vec<Analysed> {
    if received.len() < WORTH_SPLITTING {
        return received
            .into_iter()
            .map(|it| analyse_one(it, source, brand))
            .collect();
    }
    let mut first = received;
    let second = first.split_off(first.len() / 2);
    std::thread::scope(|scope| {
        let other = scope.spawn(|| {
            second
                .into_iter()
                .map(|it| analyse_one(it, source, brand))
                .collect::<Vec<_>>()
        });
        let mut all: Vec<_> = first
            .into_iter()
            .map(|it| analyse_one(it, source, brand))
            .collect();
        match other.join() {
            Ok(rest) => all.extend(rest),
            Err(panic) => std::panic::resume_unwind(panic),
        }
        all
    })
}

fn analyse_one(received: Received, source: &Source, brand: &Brand) -> Analysed {
    let message = &received.message;
    let public = message.visibility == Visibility::Public;
    let title = message.title.as_deref().unwrap_or_default();
    // A subject can be as informative as the text; it is analysed only when it differs from it.
    let analysis = if message.text.is_empty() && !title.is_empty() {
        vigie_analyse::read(AnalysisInput {
            text: title,
            lang: None,
            public,
        })
    } else {
        vigie_analyse::read(AnalysisInput {
            text: &message.text,
            lang: None,
            public,
        })
    };
    let network = match (source.kind, &message.url) {
        (SourceKind::SEEN_ELSEWHERE, Some(url)) => seen_elsewhere::network(url),
        _ => source
            .settings
            .get("network")
            .and_then(|it| it.as_str())
            .unwrap_or(&source.code)
            .to_owned(),
    };
    let author_ids =
        AuthorIdentifiers::of(&message.author, &network, &brand.settings.phone_country);
    Analysed {
        hash: content_hash(message),
        analysis,
        author_ids,
        network,
        received,
    }
}
