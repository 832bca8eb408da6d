//! A visit by somebody who identified themselves and agreed to be remembered: a customer who
//! stops coming is a signal too.

use crate::{At, IncomingAuthor};

/// One visit at intake. A second one with the same id is the same visit.
#[derive(Debug, Clone, PartialEq)]
pub struct IncomingVisit {
    /// The program's own id; unique within its source.
    pub id: String,
    pub at: At,
    /// Where it took place: a site, an application, a shop.
    pub place: Option<String>,
    pub visitor: IncomingAuthor,
}
