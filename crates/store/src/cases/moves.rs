//! Moves: messages moved from a case to one of their own, or a whole case joined into another;
//! each can be undone.

use vigie_model::{At, CaseId, CaseKey, MessageKey, MoveId};

use crate::{Error, Moves, MovesMut, Result, Row, args, named};

/// The kind of a move.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum MoveKind {
    /// Some messages left.
    Split,
    Join,
}

impl MoveKind {
    const fn code(self) -> &'static str {
        match self {
            Self::Split => "split",
            Self::Join => "join",
        }
    }
}

/// A move.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Move {
    pub id: MoveId,
    pub kind: MoveKind,
    /// The case the messages came from.
    pub from_key: CaseKey,
    pub from: CaseId,
    /// The case they went to.
    pub to_key: CaseKey,
    pub to: CaseId,
    /// The messages.
    pub messages: Vec<MessageKey>,
    pub made_at: At,
}

const SELECT: &str = "SELECT v.id, v.kind, v.from_key, f.id AS from_id, v.to_key, t.id AS to_id, \
    v.messages, v.made_at \
    FROM move v \
    JOIN cases f ON f.key = v.from_key \
    JOIN cases t ON t.key = v.to_key";

fn read(row: &Row) -> Result<Move> {
    Ok(Move {
        id: MoveId(row.id("id")?),
        kind: if row.text("kind")? == "join" {
            MoveKind::Join
        } else {
            MoveKind::Split
        },
        from_key: row.key("from_key")?,
        from: CaseId(row.id("from_id")?),
        to_key: row.key("to_key")?,
        to: CaseId(row.id("to_id")?),
        messages: row.json("messages")?,
        made_at: row.at("made_at")?,
    })
}

impl Moves {
    /// The moves of a case that were not undone.
    pub async fn of_case(&mut self, case_key: CaseKey) -> Result<Vec<Move>> {
        let sql = format!(
            "{SELECT} \
                WHERE (v.from_key = $1 OR v.to_key = $1) AND v.undone_at IS NULL \
                ORDER BY v.key"
        );
        self.0
            .all(sql, args![case_key])
            .await?
            .iter()
            .map(read)
            .collect()
    }

    /// The move with this public id, unless undone.
    pub async fn active(&mut self, id: MoveId) -> Result<Move> {
        let row = self
            .0
            .optional(
                format!("{SELECT} WHERE v.id = $1 AND v.undone_at IS NULL"),
                args![id.0],
            )
            .await?;
        row.map_or(Err(Error::Missing("move")), |row| read(&row))
    }
}

impl MovesMut {
    /// Stores a move.
    pub async fn insert(
        &mut self,
        kind: MoveKind,
        from: CaseKey,
        to: CaseKey,
        messages: &[MessageKey],
    ) -> Result<MoveId> {
        let (id, at, actor) = (self.0.id(), self.0.at(), self.0.actor().to_string());
        let messages = serde_json::json!(messages);

        self.0
            .insert(
                "move",
                named![
                    id,
                    kind: kind.code(),
                    from_key: from,
                    to_key: to,
                    messages,
                    made_by: actor,
                    made_at: at,
                ],
            )
            .await?;
        Ok(MoveId(id))
    }

    /// Marks a move as undone.
    pub async fn undo(&mut self, id: MoveId) -> Result<()> {
        let (at, actor) = (self.0.at(), self.0.actor().to_string());
        self.0
            .run(
                "UPDATE move SET undone_at = $2, undone_by = $3 WHERE id = $1",
                args![id.0, at, actor],
            )
            .await?;
        Ok(())
    }
}
