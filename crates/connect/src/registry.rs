//! The connectors there are.

use std::{collections::BTreeMap, sync::Arc};

use vigie_model::SourceKind;
use vigie_respond::Senders;

use crate::{
    Connector, api::Api, form::Form, mailbox::Mailbox, reported::Reports, reported::SeenElsewhere,
};

/// Connectors by the kind of source they serve.
#[derive(Clone)]
pub struct Connectors(Arc<BTreeMap<SourceKind, Arc<dyn Connector>>>);

/// A connector per line, and nothing else: to add a kind of source, add its line.
pub fn built_in() -> Vec<Arc<dyn Connector>> {
    vec![
        Arc::new(Mailbox),
        Arc::new(Form),
        Arc::new(Api),
        Arc::new(Reports),
        Arc::new(SeenElsewhere),
    ]
}

impl Default for Connectors {
    fn default() -> Self {
        Self::new(built_in())
    }
}

impl Connectors {
    /// A registry of these connectors; of two of one kind, the last.
    pub fn new(connectors: Vec<Arc<dyn Connector>>) -> Self {
        let by_kind = connectors.into_iter().map(|one| (one.kind(), one));
        Self(Arc::new(by_kind.collect()))
    }

    /// The connector of a kind; none for a kind that nobody serves any more, or for imported files.
    pub fn get(&self, kind: SourceKind) -> Option<&dyn Connector> {
        self.0.get(&kind).map(|connector| &**connector)
    }

    /// Every connector, by kind.
    pub fn iter(&self) -> impl Iterator<Item = &dyn Connector> {
        self.0.values().map(|connector| &**connector)
    }

    /// The senders of those that send answers themselves.
    pub fn senders(&self) -> Senders {
        let senders = self
            .iter()
            .filter_map(|one| Some((one.kind(), one.sender()?)));
        senders.collect()
    }
}
