//! What happened: facts carry ids, codes and field names, never text.

use serde::{Deserialize, Serialize};

use crate::{Act, At, CaseId, PersonId, SourceId};

/// Who performed an act.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Actor {
    /// A user.
    Person(PersonId),
    /// A source, on behalf of the author.
    Source(SourceId),
    /// The customer, on their private page.
    Customer,
    /// Vigie itself: a timer, a rule.
    #[serde(rename = "house")]
    System,
}

impl std::fmt::Display for Actor {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Person(id) => write!(f, "person:{id}"),
            Self::Source(id) => write!(f, "source:{id}"),
            Self::Customer => f.write_str("customer"),
            Self::System => f.write_str("house"),
        }
    }
}

/// One row of the history. Numbers are gapless and become visible in order.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Fact {
    /// 1, 2, 3… without a gap.
    pub number: i64,
    pub at: At,
    /// `person:<id>`, `source:<id>`, `customer` or `house`.
    pub actor: String,
    pub act: Act,
    /// The things concerned: noun → id.
    #[cfg_attr(
        feature = "openapi",
        schema(value_type = std::collections::BTreeMap<String, String>)
    )]
    pub ids: serde_json::Map<String, serde_json::Value>,
    /// Codes and field names, never text.
    #[cfg_attr(feature = "openapi", schema(value_type = Object))]
    pub fields: serde_json::Map<String, serde_json::Value>,
}

impl Fact {
    /// The case it is about; `None` when it is about none.
    pub fn case(&self) -> Option<CaseId> {
        self.ids.get("case")?.as_str()?.parse().ok() // default: ids are written by us
    }
}

/// What a stage derived from a message, with the version of the rules or model used.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Derived {
    /// `analysis`, `recognition`, `triage`.
    pub stage: String,
    /// Version of the rules or model.
    pub version: String,
    /// The stage's own type, as JSON.
    pub data: serde_json::Value,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn who_acted_is_written_as_a_code() {
        let id = uuid::Uuid::nil();
        for (actor, expected) in [
            (Actor::Person(PersonId(id)), format!("person:{id}")),
            (Actor::Source(SourceId(id)), format!("source:{id}")),
            (Actor::Customer, "customer".into()),
            (Actor::System, "house".into()),
        ] {
            assert_eq!(actor.to_string(), expected);
        }
    }
}
