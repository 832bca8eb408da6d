//! Another customer who may be the same person.

use serde::Serialize;
use utoipa::ToSchema;
use vigie_model::{CustomerId, IdentifierKind};
use vigie_store::LookAlike;

/// Another customer who shares an identifier.
#[derive(Debug, Serialize, ToSchema)]
pub struct LookAlikeResponse {
    pub id: CustomerId,
    pub name: String,
    /// The kind of identifier they share.
    pub by: IdentifierKind,
    /// Whether nothing proves the other yet.
    pub claimed: bool,
}

impl From<LookAlike> for LookAlikeResponse {
    fn from(it: LookAlike) -> Self {
        Self {
            id: it.id,
            name: it.name,
            by: it.kind,
            claimed: it.claimed,
        }
    }
}
