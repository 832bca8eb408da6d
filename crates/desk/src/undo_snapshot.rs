//! What is kept of a case before and after an act on many, so that the act can be undone.

use serde::{Deserialize, Serialize};
use vigie_model::{At, CaseId, CaseState, PersonId, PersonKey, TeamId, TeamKey};
use vigie_store::{Case, Write};

use crate::Result;

/// A case before and right after the act: enough to undo it unless somebody acted on it since.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(crate) struct UndoSnapshot {
    pub case: CaseId,
    #[serde(flatten)]
    pub before: CaseBefore,
    #[serde(flatten)]
    pub after: CaseAfter,
}

/// What an undo restores.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(crate) struct CaseBefore {
    pub owner: Option<PersonId>,
    #[serde(default)]
    pub team: Option<TeamId>,
    pub state: CaseState,
    pub until: Option<At>,
    pub step: i64,
    /// Since when the customer had been waiting.
    pub waiting_since: Option<At>,
    /// The take-by time it had.
    #[serde(default)]
    pub take_by: Option<At>,
}

/// What tells whether somebody acted since.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(crate) struct CaseAfter {
    /// The owner, state and step.
    #[serde(rename = "then")]
    pub owner_state_step: (Option<PersonKey>, CaseState, i64),
    #[serde(default, rename = "then_team")]
    pub team: Option<TeamKey>,
    /// When the act touched it: another instant means another act.
    pub touched_at: At,
}

impl UndoSnapshot {
    pub async fn of(write: &mut Write, before: &Case, after: &Case) -> Result<Self> {
        let owner = match before.owner_key {
            Some(key) => Some(write.people().by_key(key).await?.id),
            None => None,
        };
        let team = match before.team_key {
            Some(key) => Some(write.teams().by_key(key).await?.id),
            None => None,
        };
        Ok(Self {
            case: before.id,
            before: CaseBefore {
                owner,
                team,
                state: before.state,
                until: before.snoozed_until,
                step: before.moved,
                waiting_since: before.waiting_since,
                take_by: before.take_by,
            },
            after: CaseAfter {
                owner_state_step: (after.owner_key, after.state, after.moved),
                team: after.team_key,
                touched_at: after.touched_at,
            },
        })
    }
}
