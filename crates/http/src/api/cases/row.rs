//! Cases and messages as the API shows them.

use std::collections::BTreeMap;

use serde::Serialize;
use utoipa::ToSchema;
use vigie_analyse::Analysis;
use vigie_model::{
    At, AttachmentId, AuthorId, CaseId, CaseState, Channel, Emitter, Gate, Harm, HowEnded, Kind,
    MessageId, OutState, OutboxId, Queue, Sentiment, Visibility,
};
use vigie_store::{Attachment, Case, CaseListRow, Outgoing};
use vigie_triage::{Counterfactual, Reason};

use crate::api::{cases::summaries::TeamSummary, cases::tags::TagSummary};

/// A row of the inbox.
#[derive(Debug, Serialize, ToSchema)]
pub struct CaseRowResponse {
    pub id: CaseId,
    /// The number people use to refer to it.
    pub number: i64,
    pub title: String,
    /// Beginning of the last message.
    #[serde(rename = "words")]
    pub excerpt: String,
    pub lang: String,
    pub kind: Kind,
    pub sentiment: Sentiment,
    pub channel: Channel,
    pub state: CaseState,
    pub queue: Queue,
    /// 0–100.
    pub importance: i64,
    /// 0–100.
    pub urgency: i64,
    /// Whether a hard gate puts it first.
    pub gated: bool,
    pub public: bool,
    pub due_at: Option<At>,
    /// Time of the customer's last message.
    pub heard_at: At,
    pub snoozed_until: Option<At>,
    pub how: Option<HowEnded>,
    /// Whether the customer is recognised, and proved to be.
    pub customer: bool,
    /// Whether they only say who they are: nothing proves it yet.
    pub claimed: bool,
    /// Name of the customer or author.
    pub who: String,
    pub owner: Option<String>,
    /// The team it is given to.
    pub team: Option<TeamSummary>,
    /// Number of messages from the customer.
    pub messages: i64,
    pub tags: Vec<TagSummary>,
    /// Whether it holds messages the caller has not seen.
    pub unread: bool,
}

impl From<CaseListRow> for CaseRowResponse {
    fn from(it: CaseListRow) -> Self {
        Self {
            id: it.id,
            number: it.number,
            title: it.title,
            excerpt: it.excerpt,
            lang: it.lang,
            kind: it.kind,
            sentiment: it.sentiment,
            channel: it.channel,
            state: it.state,
            queue: it.queue,
            importance: it.importance,
            urgency: it.urgency,
            gated: it.gated,
            public: it.public,
            due_at: it.due_at,
            heard_at: it.heard_at,
            snoozed_until: it.snoozed_until,
            how: it.how,
            customer: it.customer && !it.claimed,
            claimed: it.claimed,
            who: it.who,
            owner: it.owner,
            team: it.team.map(Into::into),
            messages: it.messages,
            tags: it.tags.into_iter().map(Into::into).collect(),
            unread: it.unread,
        }
    }
}

/// A summary of a case, for timelines and links.
#[derive(Debug, Serialize, ToSchema)]
pub struct CaseSummary {
    pub id: CaseId,
    pub number: i64,
    pub title: String,
    pub kind: Kind,
    pub state: CaseState,
    pub how: Option<HowEnded>,
    pub opened_at: At,
    pub channel: Channel,
}

impl From<&Case> for CaseSummary {
    fn from(it: &Case) -> Self {
        Self {
            id: it.id,
            number: it.number,
            title: it.title.clone(),
            kind: it.kind,
            state: it.state,
            how: it.how,
            opened_at: it.opened_at,
            channel: it.channel,
        }
    }
}

/// Why a case is in its queue.
#[derive(Debug, Serialize, ToSchema)]
pub struct QueueExplanation {
    /// Version of the rules.
    pub rules: String,
    /// 0–100.
    pub importance: i64,
    /// 0–100.
    pub urgency: i64,
    pub queue: Queue,
    /// The gate that decided.
    pub gate: Option<Gate>,
    /// Lines that add up exactly.
    pub reasons: Vec<Reason>,
    /// The smallest change that would alter the queue.
    pub counterfactual: Option<Counterfactual>,
    /// Moved by hand: −1, 0 or +1 queue.
    pub moved: i64,
    /// The triage rule that moved it.
    pub rule: Option<RuleSummary>,
    /// When the points next change without any act.
    pub next_change_at: Option<At>,
}

/// A summary of the rule that decided.
#[derive(Debug, Serialize, ToSchema)]
pub struct RuleSummary {
    pub id: vigie_model::RuleId,
    /// Which messages it applies to.
    pub query: String,
    /// Whether it applies to one customer only.
    pub one_customer: bool,
    /// −1, 0 or +1 queue.
    pub step: i64,
}

/// A photo or file.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct AttachmentResponse {
    pub id: AttachmentId,
    pub name: String,
    /// The media type detected from the bytes.
    pub media_type: String,
    /// In bytes.
    pub size: i64,
    pub url: String,
}

impl From<&Attachment> for AttachmentResponse {
    fn from(it: &Attachment) -> Self {
        Self {
            id: it.id,
            name: it.file.name.clone(),
            media_type: it.file.media_type.clone(),
            size: it.file.size,
            url: format!("/api/v1/attachments/{}", it.id),
        }
    }
}

/// The delivery of an answer.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct DeliveryResponse {
    /// Also the `webhook-id`.
    pub id: OutboxId,
    pub state: OutState,
    /// Until then it can be called back.
    pub leaves_at: At,
    /// When it was sent or given up.
    pub settled_at: Option<At>,
    pub attempts: i64,
}

impl From<&Outgoing> for DeliveryResponse {
    fn from(it: &Outgoing) -> Self {
        Self {
            id: it.id,
            state: it.state,
            leaves_at: it.not_before,
            settled_at: it.settled_at,
            attempts: it.attempts,
        }
    }
}

/// A message as shown.
#[derive(Debug, Serialize, ToSchema)]
pub struct MessageResponse {
    pub id: MessageId,
    /// Name of the author.
    pub who: String,
    /// The author, when they can be answered: one of the `recipients` of the case.
    pub author: Option<AuthorId>,
    /// For an answer of ours, whom it is for.
    pub to: Option<AuthorId>,
    pub emitter: Emitter,
    pub visibility: Visibility,
    pub channel: Channel,
    /// When it was written.
    pub at: At,
    /// The text as received.
    pub text: String,
    /// The same text as sanitised HTML.
    pub html: Option<String>,
    /// Whether some of the HTML could not be laid out, and stands at its end as text.
    pub html_cut: bool,
    /// Where it can be viewed.
    pub url: Option<String>,
    /// Stars given.
    pub rating: Option<f64>,
    /// Raw counts from the network, under its own names.
    pub counts: BTreeMap<String, i64>,
    /// Version of the network's definition of those counts.
    pub counts_version: Option<String>,
    /// Order number given.
    pub order: Option<String>,
    /// The fields that only a mail has.
    pub mail: Option<Box<vigie_model::MailDetails>>,
    /// Number of times the source changed it.
    pub revision: i64,
    /// Earlier versions of the text.
    pub revisions: Vec<RevisionResponse>,
    /// The analysis of the message.
    pub reading: Option<Analysis>,
    /// What a person corrected in the analysis.
    pub correction: Option<Correction>,
    pub files: Vec<AttachmentResponse>,
    /// The delivery, for our own messages.
    pub out: Option<DeliveryResponse>,
}

/// An earlier version of a message.
#[derive(Debug, Serialize, ToSchema)]
pub struct RevisionResponse {
    pub revision: i64,
    pub text: String,
    pub replaced_at: At,
}

/// A person's correction of an analysis.
#[derive(Debug, Clone, Default, Serialize, serde::Deserialize, ToSchema)]
#[serde(default)]
pub struct Correction {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub kind: Option<Kind>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub sentiment: Option<Sentiment>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub harm: Option<Harm>,
    /// Whether the person is blocked right now.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub urgent: Option<bool>,
    /// Whether the gates are withdrawn.
    pub no_gate: bool,
}
