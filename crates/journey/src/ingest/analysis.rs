//! Received → Analysed: analysis needs no stored data, so it runs before the transaction, on
//! every core.

use vigie_analyse::{Analyser, Analysis, AnalysisInput};
use vigie_listen::{IncomingItem, Refusal, content_hash, seen_elsewhere};
use vigie_model::{Derived, MessageId, SourceKind, Visibility};
use vigie_recognise::AuthorIdentifiers;
use vigie_store::{Brand, Error, Source};

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
                message: message.without_nul(),
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
pub fn analyse(
    analyser: &dyn Analyser,
    received: Vec<Received>,
    source: &Source,
    brand: &Brand,
) -> Vec<Analysed> {
    let analyse_all = |part: Vec<Received>| -> Vec<Analysed> {
        let part = part.into_iter();
        part.map(|it| analyse_one(analyser, it, source, brand))
            .collect()
    };
    if received.len() < WORTH_SPLITTING {
        return analyse_all(received);
    }
    let mut first = received;
    let second = first.split_off(first.len() / 2);
    std::thread::scope(|scope| {
        let other = scope.spawn(|| analyse_all(second));
        let mut all = analyse_all(first);
        match other.join() {
            Ok(rest) => all.extend(rest),
            Err(panic) => std::panic::resume_unwind(panic),
        }
        all
    })
}

fn analyse_one(
    analyser: &dyn Analyser,
    received: Received,
    source: &Source,
    brand: &Brand,
) -> Analysed {
    let message = &received.message;
    let analysis = analyser.analyse(AnalysisInput {
        text: &message.text,
        title: message.title.as_deref(),
        lang: None,
        public: message.visibility == Visibility::Public,
    });
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
        version: analyser.version().to_owned(),
        author_ids,
        network,
        received,
    }
}

/// A reading as it is stored, with the version of what read it.
///
/// # Errors
/// [`Error::Inconsistent`] when it cannot be written as JSON.
pub fn derived(analysis: &Analysis, version: &str) -> vigie_store::Result<Derived> {
    let data = serde_json::to_value(analysis)
        .map_err(|err| Error::Inconsistent(format!("a reading cannot be stored: {err}")))?;
    Ok(Derived {
        stage: "analysis".into(),
        version: version.to_owned(),
        data,
    })
}
