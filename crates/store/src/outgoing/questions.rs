//! Questions to colleagues who need no account, and the mails from Vigie that carry them.

use vigie_model::{
    At, CaseId, CaseKey, Lang, PersonKey, QuestionId, QuestionKey, SourceKey, SystemMailKey,
};

use crate::{
    Error, Questions, QuestionsMut, Result, Row, SystemMails, SystemMailsMut, args, named,
    row::json_text,
};

/// A question as stored.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Question {
    pub key: QuestionKey,
    pub id: QuestionId,
    /// The case it is about.
    pub case_key: CaseKey,
    pub case: CaseId,
    /// Key of the user who asks.
    pub asked_by: PersonKey,
    pub asker: String,
    /// The colleague's address, when the link is sent by mail.
    pub to_email: Option<String>,
    pub to_name: String,
    pub lang: Lang,
    pub text: String,
    /// Whether the asker allowed the customer's contact data to be shown.
    pub show_contact: bool,
    /// The public address of the application, used in the link.
    pub address: String,
    pub made_at: At,
    /// When the reminder is due.
    pub remind_at: Option<At>,
    /// When the link expires.
    pub expires_at: At,
    pub answer: Option<String>,
    /// Attachment ids of the answer's photos.
    pub files: Vec<String>,
    pub answered_at: Option<At>,
    /// When the answer was last amended.
    pub amended_at: Option<At>,
    /// `revoked`, `expired` or `passed`.
    pub ended: Option<String>,
    /// When the customer's thanks were passed on.
    pub thanked_at: Option<At>,
    pub thanks: Option<String>,
}

impl Question {
    /// Whether an answer is still awaited.
    pub const fn is_open(&self) -> bool {
        self.answered_at.is_none() && self.ended.is_none()
    }
}

/// A question about to be stored.
#[derive(Debug, Clone)]
pub struct NewQuestion {
    pub case_key: CaseKey,
    /// Key of the user who asks.
    pub asked_by: PersonKey,
    pub to_email: Option<String>,
    pub to_name: String,
    pub lang: Lang,
    pub text: String,
    /// Whether the customer's contact data may be shown.
    pub show_contact: bool,
    /// The public address of the application, used in the link.
    pub address: String,
    /// When the reminder is due.
    pub remind_at: At,
    /// When the link expires.
    pub expires_at: At,
}

/// A mail of Vigie's own: to a colleague, to whoever owns an address, to a person of the team.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SystemMail {
    pub key: SystemMailKey,
    /// The mailbox it is sent from.
    pub source_key: SourceKey,
    pub to_email: String,
    pub to_name: String,
    pub lang: Lang,
    pub subject: String,
    pub text: String,
    /// The list it belongs to, so that one rule can filter such mails.
    pub list: Option<String>,
    pub attempts: i64,
}

/// A mail of Vigie's own, about to be queued.
#[derive(Debug, Clone)]
pub struct NewSystemMail {
    /// The mailbox it is sent from.
    pub source_key: SourceKey,
    pub to_email: String,
    pub to_name: String,
    pub lang: Lang,
    pub subject: String,
    pub text: String,
    /// The list it belongs to, so that one rule can filter such mails.
    pub list: Option<&'static str>,
}

const SELECT: &str = "SELECT q.key, q.id, q.case_key, c.id AS case_id, q.asked_by, p.name AS \
    asker, q.to_email, q.to_name, q.lang, q.text, q.show_contact, q.address, q.made_at, \
    q.remind_at, q.expires_at, q.answer, q.files, q.answered_at, q.amended_at, q.ended, \
    q.thanked_at, q.thanks \
    FROM question q \
    JOIN cases c ON c.key = q.case_key \
    JOIN person p ON p.key = q.asked_by";

fn read(row: &Row) -> Result<Question> {
    Ok(Question {
        key: row.key("key")?,
        id: QuestionId(row.id("id")?),
        case_key: row.key("case_key")?,
        case: CaseId(row.id("case_id")?),
        asked_by: row.key("asked_by")?,
        asker: row.text("asker")?,
        to_email: row.opt_text("to_email")?,
        to_name: row.text("to_name")?,
        lang: row.code("lang")?,
        text: row.text("text")?,
        show_contact: row.boolean("show_contact")?,
        address: row.text("address")?,
        made_at: row.at("made_at")?,
        remind_at: row.opt_at("remind_at")?,
        expires_at: row.at("expires_at")?,
        answer: row.opt_text("answer")?,
        files: row.json("files")?,
        answered_at: row.opt_at("answered_at")?,
        amended_at: row.opt_at("amended_at")?,
        ended: row.opt_text("ended")?,
        thanked_at: row.opt_at("thanked_at")?,
        thanks: row.opt_text("thanks")?,
    })
}

impl Questions {
    /// The questions of a case, oldest first.
    pub async fn of_case(&mut self, case_key: CaseKey) -> Result<Vec<Question>> {
        self.0
            .all(
                format!("{SELECT} WHERE q.case_key = $1 ORDER BY q.key"),
                args![case_key],
            )
            .await?
            .iter()
            .map(read)
            .collect()
    }

    /// The question with this public id.
    pub async fn find(&mut self, id: QuestionId) -> Result<Question> {
        let row = self
            .0
            .optional(format!("{SELECT} WHERE q.id = $1"), args![id.0])
            .await?;
        row.map_or(Err(Error::Missing("question")), |row| read(&row))
    }

    /// The unanswered questions put to this address.
    pub async fn waiting_for(&mut self, email: &str) -> Result<Vec<Question>> {
        let sql = format!(
            "{SELECT} \
                WHERE q.to_email = $1 AND q.answered_at IS NULL AND q.ended IS NULL \
                ORDER BY q.key"
        );
        self.0
            .all(sql, args![email])
            .await?
            .iter()
            .map(read)
            .collect()
    }

    /// Questions whose reminder is due, or that have expired.
    pub async fn due(&mut self, now: At, limit: i64) -> Result<Vec<Question>> {
        let sql = format!(
            "{SELECT} \
                WHERE q.answered_at IS NULL AND q.ended IS NULL AND (q.expires_at <= $1 OR \
                q.remind_at <= $1) \
                ORDER BY q.key \
                LIMIT $2"
        );
        self.0
            .all(sql, args![now, limit])
            .await?
            .iter()
            .map(read)
            .collect()
    }
}

impl SystemMails {
    /// Mails that are due, and those a crashed process left in the middle of sending.
    pub async fn due(&mut self, now: At, stuck_before: At) -> Result<Vec<SystemMail>> {
        let sql = "SELECT key, source_key, to_email, to_name, lang, subject, text, list, attempts \
            FROM letter \
            WHERE (state = 'queued' AND not_before <= $1) OR (state = 'sending' AND not_before <= \
            $2) \
            ORDER BY not_before \
            LIMIT 50";
        let rows = self.0.all(sql, args![now, stuck_before]).await?;
        rows.iter()
            .map(|row| {
                Ok(SystemMail {
                    key: row.key("key")?,
                    source_key: row.key("source_key")?,
                    to_email: row.text("to_email")?,
                    to_name: row.text("to_name")?,
                    lang: row.code("lang")?,
                    subject: row.text("subject")?,
                    text: row.text("text")?,
                    list: row.opt_text("list")?,
                    attempts: row.int("attempts")?,
                })
            })
            .collect()
    }
}

impl QuestionsMut {
    /// Stores a question.
    pub async fn insert(&mut self, new: NewQuestion) -> Result<QuestionId> {
        let (id, at) = (self.0.id(), self.0.at());
        let values = named![
            id,
            case_key: new.case_key,
            asked_by: new.asked_by,
            to_email: new.to_email,
            to_name: new.to_name,
            lang: new.lang.code(),
            text: new.text,
            show_contact: new.show_contact,
            address: new.address,
            made_at: at,
            remind_at: new.remind_at,
            expires_at: new.expires_at,
            files: "[]",
        ];
        self.0.insert("question", values).await?;
        Ok(QuestionId(id))
    }

    /// Stores an answer; a second one replaces the first.
    pub async fn answer(&mut self, key: QuestionKey, answer: &str, files: &[String]) -> Result<()> {
        let (at, files) = (self.0.at(), json_text(&files)?);
        let sql = "UPDATE question \
            SET answer = $2, files = $3, amended_at = CASE WHEN answered_at IS NULL THEN NULL ELSE \
            $4 END, answered_at = COALESCE(answered_at, $4), remind_at = NULL \
            WHERE key = $1";
        self.0.run(sql, args![key, answer, files, at]).await?;
        Ok(())
    }

    /// Ends a question without an answer: `revoked`, `expired` or `passed`.
    pub async fn end(&mut self, key: QuestionKey, ended: &str) -> Result<()> {
        let at = self.0.at();
        let sql = "UPDATE question SET ended = $2, ended_at = $3, remind_at = NULL WHERE key = $1";
        self.0.run(sql, args![key, ended, at]).await?;
        Ok(())
    }

    /// Sets when the next reminder is due; `None` once it was sent.
    pub async fn set_reminder(&mut self, key: QuestionKey, at: Option<At>) -> Result<()> {
        self.0
            .run(
                "UPDATE question SET remind_at = $2 WHERE key = $1",
                args![key, at],
            )
            .await?;
        Ok(())
    }

    /// Stores the customer's thanks for the colleague who answered.
    pub async fn thank(&mut self, key: QuestionKey, words: &str) -> Result<()> {
        let at = self.0.at();
        let sql = "UPDATE question SET thanks = $2, thanked_at = $3 WHERE key = $1";
        self.0.run(sql, args![key, words, at]).await?;
        Ok(())
    }
}

impl SystemMailsMut {
    /// Queues a mail from Vigie.
    pub async fn insert(&mut self, new: NewSystemMail) -> Result<()> {
        let at = self.0.at();
        let values = named![
            source_key: new.source_key,
            to_email: new.to_email,
            to_name: new.to_name,
            lang: new.lang.code(),
            subject: new.subject,
            text: new.text,
            list: new.list,
            state: "queued",
            attempts: 0_i64,
            not_before: at,
            made_at: at,
        ];
        self.0.insert("letter", values).await?;
        Ok(())
    }

    /// Changes the state of a mail; its text is wiped once it was sent, or will never be.
    pub async fn move_to(&mut self, key: SystemMailKey, state: &str, not_before: At) -> Result<()> {
        let wiped = matches!(state, "sent" | "refused" | "uncertain" | "rehearsed");
        let tried = i64::from(state == "sending");
        let sql = "UPDATE letter \
            SET state = $2, not_before = $3, attempts = attempts + $4, text = CASE WHEN $5 = 1 \
            THEN '' ELSE text END \
            WHERE key = $1";
        self.0
            .run(sql, args![key, state, not_before, tried, i64::from(wiped)])
            .await?;
        Ok(())
    }
}
