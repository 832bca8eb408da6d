//! A visit of somebody who said who they are and agreed to be remembered: a customer who stops
//! coming speaks too.

use crate::{At, AuthorSaid};

/// One visit at the door. The same id told again is the same visit.
#[derive(Debug, Clone, PartialEq)]
pub struct VisitSaid {
    /// The program's own id; unique within its source.
    pub id: String,
    /// When it began.
    pub at: At,
    /// Where: a site, an application, a shop.
    pub place: Option<String>,
    /// Who came, as told.
    pub visitor: AuthorSaid,
}
