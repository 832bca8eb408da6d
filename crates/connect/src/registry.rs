//! The connectors there are.

use std::sync::Arc;

use vigie_model::SourceKind;
use vigie_respond::Replies;

use crate::{
    Connector, api::Api, form::Form, mailbox::Mailbox, reported::Reports, reported::SeenElsewhere,
};

/// The connectors there are, in the order of the registry.
#[derive(Clone)]
pub struct Connectors(Arc<Vec<Arc<dyn Connector>>>);

/// A connector per line, and nothing else: to add a kind of source, add its line. The settings page
/// offers them in this order.
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
    /// A registry of these connectors; of two of one kind, the first.
    pub fn new(connectors: Vec<Arc<dyn Connector>>) -> Self {
        Self(Arc::new(connectors))
    }

    /// The connector of a kind; none for a kind that nobody serves any more, or for imported files.
    pub fn get(&self, kind: SourceKind) -> Option<&dyn Connector> {
        self.iter().find(|connector| connector.kind() == kind)
    }

    /// Every connector, in the order of the registry.
    pub fn iter(&self) -> impl Iterator<Item = &dyn Connector> {
        self.0.iter().map(|connector| &**connector)
    }

    /// How each kind is answered, and by what.
    pub fn replies(&self) -> Replies {
        let means = self.iter().map(|connector| {
            let replying = connector.capabilities().replying;
            (connector.kind(), replying, connector.sender())
        });
        means.collect()
    }
}
