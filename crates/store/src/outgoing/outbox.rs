//! Outgoing answers, and the log of each delivery attempt.

use vigie_model::{
    At, CaseKey, MessageId, MessageKey, OutState, OutboxId, OutgoingKey, SourceId, SourceKey,
};

use crate::{Error, Outbox, OutboxMut, Result, Row, args, named};

/// An outgoing answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Outgoing {
    pub key: OutgoingKey,
    /// Also the stable `webhook-id`.
    pub id: OutboxId,
    pub case_key: CaseKey,
    pub message_key: MessageKey,
    pub message: MessageId,
    /// The source it is sent through.
    pub source_key: SourceKey,
    pub source: SourceId,
    pub state: OutState,
    /// Earliest time of the next attempt.
    pub not_before: At,
    pub attempts: i64,
    /// Who sends: `person:…`, or `house` for a receipt.
    pub made_by: String,
    pub made_at: At,
    /// When it was sent, refused or given up.
    pub settled_at: Option<At>,
    /// Whether it is a plain receipt rather than an answer.
    pub receipt: bool,
}

/// One delivery attempt.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Delivery {
    pub at: At,
    /// The HTTP status, if a response came.
    pub status: Option<i64>,
    /// What went wrong, as a sentence.
    pub error: Option<String>,
    /// Duration of the attempt.
    pub milliseconds: i64,
}

const SELECT: &str = "SELECT o.key, o.id, o.case_key, o.message_key, m.id AS message, \
    o.source_key, s.id AS source, o.state, o.not_before, o.attempts, o.made_by, o.made_at, \
    o.settled_at, o.receipt \
    FROM outbox o \
    JOIN message m ON m.key = o.message_key \
    JOIN source s ON s.key = o.source_key";

fn read(row: &Row) -> Result<Outgoing> {
    Ok(Outgoing {
        key: row.key("key")?,
        id: OutboxId(row.id("id")?),
        case_key: row.key("case_key")?,
        message_key: row.key("message_key")?,
        message: MessageId(row.id("message")?),
        source_key: row.key("source_key")?,
        source: SourceId(row.id("source")?),
        state: row.code("state")?,
        not_before: row.at("not_before")?,
        attempts: row.int("attempts")?,
        made_by: row.text("made_by")?,
        made_at: row.at("made_at")?,
        settled_at: row.opt_at("settled_at")?,
        receipt: row.boolean("receipt")?,
    })
}

impl Outbox {
    /// The outgoing answer with this public id.
    pub async fn find(&mut self, id: OutboxId) -> Result<Outgoing> {
        let row = self
            .0
            .optional(format!("{SELECT} WHERE o.id = $1"), args![id.0])
            .await?;
        row.map_or(Err(Error::Missing("answer")), |row| read(&row))
    }

    /// The outgoing answers of a case, whatever their state.
    pub async fn of_case(&mut self, case_key: CaseKey) -> Result<Vec<Outgoing>> {
        self.0
            .all(
                format!("{SELECT} WHERE o.case_key = $1 ORDER BY o.key"),
                args![case_key],
            )
            .await?
            .iter()
            .map(read)
            .collect()
    }

    /// Queued answers whose time has come, and those a crashed process left in the middle of
    /// sending.
    pub async fn due(&mut self, at: At, stuck_before: At, limit: i64) -> Result<Vec<Outgoing>> {
        let sql = format!(
            "{SELECT} \
                WHERE (o.state = 'queued' AND o.not_before <= $1) OR (o.state = 'sending' AND \
                o.not_before <= $2) \
                ORDER BY o.not_before \
                LIMIT $3"
        );
        self.0
            .all(sql, args![at, stuck_before, limit])
            .await?
            .iter()
            .map(read)
            .collect()
    }

    /// The latest outgoing answers in one of `states`, newest first.
    pub async fn list(
        &mut self,
        states: &[OutState],
        before: Option<i64>,
        limit: i64,
    ) -> Result<Vec<Outgoing>> {
        let states: Vec<_> = states.iter().map(|state| format!("'{state}'")).collect();
        let sql = format!(
            "{SELECT} WHERE o.key < $1 AND o.state IN ({}) ORDER BY o.key DESC LIMIT $2",
            states.join(",")
        );
        self.0
            .all(sql, args![before.unwrap_or(i64::MAX), limit])
            .await?
            .iter()
            .map(read)
            .collect()
    }

    /// How many answers there are in each state.
    pub async fn counts(&mut self) -> Result<Vec<(String, i64)>> {
        let rows = self
            .0
            .all(
                "SELECT state, COUNT(*) AS n FROM outbox GROUP BY state",
                vec![],
            )
            .await?;
        rows.iter()
            .map(|row| Ok((row.text("state")?, row.int("n")?)))
            .collect()
    }

    /// How many receipts an address was sent since `since`, whoever claimed it.
    pub async fn receipts_since(&mut self, email: &str, since: At) -> Result<i64> {
        let sql = "SELECT COUNT(*) AS n \
            FROM identifier i \
            JOIN cases c ON c.author_key = i.author_key \
            JOIN outbox o ON o.case_key = c.key \
            WHERE i.kind = 'email' AND i.value = $1 AND o.receipt = 1 AND o.made_at > $2";
        self.0.one(sql, args![email, since]).await?.int("n")
    }

    /// The delivery attempts of an answer.
    pub async fn deliveries(&mut self, outbox_key: OutgoingKey) -> Result<Vec<Delivery>> {
        let sql = "SELECT at, status, error, milliseconds \
            FROM delivery \
            WHERE outbox_key = $1 \
            ORDER BY key";
        let rows = self.0.all(sql, args![outbox_key]).await?;
        rows.iter()
            .map(|row| {
                Ok(Delivery {
                    at: row.at("at")?,
                    status: row.opt_int("status")?,
                    error: row.opt_text("error")?,
                    milliseconds: row.int("milliseconds")?,
                })
            })
            .collect()
    }
}

impl OutboxMut {
    /// Queues an answer.
    pub async fn insert(
        &mut self,
        case_key: CaseKey,
        message_key: MessageKey,
        source_key: SourceKey,
        not_before: At,
        receipt: bool,
    ) -> Result<OutboxId> {
        let (id, at, actor) = (self.0.id(), self.0.at(), self.0.actor().to_string());
        let values = named![
            id,
            case_key,
            message_key,
            source_key,
            state: "queued",
            not_before,
            attempts: 0_i64,
            made_by: actor,
            made_at: at,
            receipt,
        ];
        self.0.insert("outbox", values).await?;
        Ok(OutboxId(id))
    }

    /// Moves an answer from one state to another; false when it is no longer in `from`.
    pub async fn move_to(
        &mut self,
        key: OutgoingKey,
        from: OutState,
        to: OutState,
        not_before: At,
    ) -> Result<bool> {
        let settled = !matches!(to, OutState::Queued | OutState::Sending);
        let settled_at = settled.then(|| self.0.at());
        let tried = i64::from(to == OutState::Sending);
        let sql = "UPDATE outbox \
            SET state = $3, not_before = $4, settled_at = $5, attempts = attempts + $6 \
            WHERE key = $1 AND state = $2";
        let values = args![key, from.code(), to.code(), not_before, settled_at, tried];
        Ok(self.0.run(sql, values).await? == 1)
    }

    /// Logs an attempt.
    pub async fn insert_delivery(
        &mut self,
        outbox_key: OutgoingKey,
        delivery: &Delivery,
    ) -> Result<()> {
        let values = named![
            outbox_key,
            at: delivery.at,
            status: delivery.status,
            error: &delivery.error,
            milliseconds: delivery.milliseconds,
        ];
        self.0.insert("delivery", values).await?;
        Ok(())
    }
}
