//! People and teams as a case names them.

use serde::Serialize;
use utoipa::ToSchema;
use vigie_model::{PersonId, TeamId};
use vigie_store::TeamRef;

/// A person's id and name.
#[derive(Debug, Serialize, ToSchema)]
pub struct PersonSummary {
    pub id: PersonId,
    pub name: String,
}

/// The team of a case.
#[derive(Debug, Serialize, ToSchema)]
pub struct TeamSummary {
    pub id: TeamId,
    pub name: String,
}

impl From<TeamRef> for TeamSummary {
    fn from(it: TeamRef) -> Self {
        Self {
            id: it.id,
            name: it.name,
        }
    }
}
