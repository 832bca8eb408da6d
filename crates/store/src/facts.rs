//! The history: one row per act, appended in the act's own transaction.

use serde_json::{Map, Value as Json};
use vigie_model::{Act, Actor, At, CaseKey, Fact, SourceKind};

use crate::{Case, Error, Facts, NamedRow, Result, Row, args, named};

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

fn read(row: &Row) -> Result<Fact> {
    let act = row.text("act")?;
    Ok(Fact {
        number: row.int("number")?,
        at: row.at("at")?,
        actor: row.text("actor")?,
        act: Act::from_code(&act).ok_or_else(|| Error::Stored {
            column: "act".into(),
            why: "unknown act".into(),
        })?,
        ids: row.json("ids")?,
        fields: row.json("fields")?,
    })
}

const COLUMNS: &str = "number, at, actor, act, ids, fields";

impl Facts {
    /// Up to `limit` facts after number `after`, in order.
    pub async fn after(&mut self, after: i64, limit: i64) -> Result<Vec<Fact>> {
        let sql = format!("SELECT {COLUMNS} FROM fact WHERE number > $1 ORDER BY number LIMIT $2");
        self.0
            .all(sql, args![after, limit])
            .await?
            .iter()
            .map(read)
            .collect()
    }

    /// The facts of a case, oldest first.
    pub async fn of_case(&mut self, case_key: CaseKey) -> Result<Vec<Fact>> {
        let sql =
            format!("SELECT {COLUMNS} FROM fact WHERE case_key = $1 ORDER BY number LIMIT 1000");
        self.0
            .all(sql, args![case_key])
            .await?
            .iter()
            .map(read)
            .collect()
    }

    /// The number of the last fact.
    pub async fn last(&mut self) -> Result<i64> {
        self.0
            .one("SELECT value FROM counter WHERE name = 'fact'", vec![])
            .await?
            .int("value")
    }
}
