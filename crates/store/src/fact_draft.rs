//! A fact before it is appended.

use serde_json::{Map, Value as Json};
use vigie_model::{Act, Actor, At, CaseKey, SourceKind};

use crate::{Case, NamedRow, named};

/// A fact about to be appended. Its fields take only ids, numbers and codes known at compile
/// time, so that no text can enter.
#[derive(Debug, Clone)]
pub struct FactDraft {
    act: Act,
    actor: Option<Actor>,
    case_key: Option<CaseKey>,
    ids: Map<String, Json>,
    fields: Map<String, Json>,
}

impl FactDraft {
    /// A fact without ids.
    pub fn new(act: Act) -> Self {
        Self {
            act,
            actor: None,
            case_key: None,
            ids: Map::new(),
            fields: Map::new(),
        }
    }

    /// Sets the case concerned.
    pub fn of_case(mut self, case: &Case) -> Self {
        self.case_key = Some(case.key);
        self.on("case", case.id.0)
    }

    /// Sets an actor other than the author of the write.
    pub const fn by(mut self, actor: Actor) -> Self {
        self.actor = Some(actor);
        self
    }

    /// Adds the id of a thing concerned.
    pub fn on(mut self, noun: &'static str, id: uuid::Uuid) -> Self {
        self.ids
            .insert(noun.to_owned(), Json::String(id.to_string()));
        self
    }

    /// Adds a code.
    pub fn code(mut self, field: &'static str, code: &'static str) -> Self {
        self.fields.insert(field.to_owned(), Json::from(code));
        self
    }

    /// Adds the kind of a source: a code too, of letters alone.
    pub fn source_kind(mut self, kind: SourceKind) -> Self {
        self.fields
            .insert("kind".to_owned(), Json::from(kind.code()));
        self
    }

    /// Adds a number.
    pub fn number(mut self, field: &'static str, number: i64) -> Self {
        self.fields.insert(field.to_owned(), Json::from(number));
        self
    }

    /// Adds an instant.
    pub fn instant(mut self, field: &'static str, at: At) -> Self {
        self.fields
            .insert(field.to_owned(), Json::String(at.to_string()));
        self
    }

    pub(crate) fn row(self, number: i64, at: At, actor: Actor) -> NamedRow {
        named![
            number: number,
            at: at,
            actor: self.actor.unwrap_or(actor).to_string(), // default: who writes
            act: self.act.code(),
            case_key: self.case_key,
            ids: Json::Object(self.ids),
            fields: Json::Object(self.fields),
        ]
    }
}
