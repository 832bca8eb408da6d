//! Cases and messages as the API shows them.

use std::collections::BTreeMap;

use serde::Serialize;
use utoipa::ToSchema;
use vigie_analyse::Analysis;
use vigie_model::{
    At, AttachmentId, CaseId, CaseState, Channel, Emitter, Gate, Harm, HowEnded, Kind, MessageId,
    OutState, OutboxId, Queue, Sentiment, Visibility,
};
use vigie_store::{Attachment, Case, ListedCase, Outgoing};
use vigie_triage::{Counterfactual, Reason};

use super::{tags::TagWorn, teams::TeamOf};

/// A row of the inbox.
#[derive(Debug, Serialize, ToSchema)]
pub struct CaseRow {
    /// Id.
    pub id: CaseId,
    /// The number people say.
    pub number: i64,
    /// Subject.
    pub title: String,
    /// First words.
    pub words: String,
    /// Their language.
    pub lang: String,
    /// What it is.
    pub kind: Kind,
    /// How it feels.
    pub sentiment: Sentiment,
    /// Medium.
    pub channel: Channel,
    /// State.
    pub state: CaseState,
    /// Queue.
    pub queue: Queue,
    /// 0–100.
    pub importance: i64,
    /// 0–100.
    pub urgency: i64,
    /// Before everything else.
    pub gated: bool,
    /// Public words.
    pub public: bool,
    /// Due.
    pub due_at: Option<At>,
    /// Last words.
    pub heard_at: At,
    /// Put off until.
    pub snoozed_until: Option<At>,
    /// How it ended.
    pub how: Option<HowEnded>,
    /// A recognised customer.
    pub customer: bool,
    /// Who.
    pub who: String,
    /// In charge.
    pub owner: Option<String>,
    /// The team it is given to.
    pub team: Option<TeamOf>,
    /// Messages of the customer.
    pub messages: i64,
    /// Tags it bears.
    pub tags: Vec<TagWorn>,
    /// Holds words I have not seen.
    pub unread: bool,
}

impl From<ListedCase> for CaseRow {
    fn from(it: ListedCase) -> Self {
        Self {
            id: it.id,
            number: it.number,
            title: it.title,
            words: it.words,
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
            customer: it.customer,
            who: it.who,
            owner: it.owner,
            team: it.team.map(Into::into),
            messages: it.messages,
            tags: it.tags.into_iter().map(Into::into).collect(),
            unread: it.unread,
        }
    }
}

/// A case in a few fields, for timelines and links.
#[derive(Debug, Serialize, ToSchema)]
pub struct CaseBrief {
    /// Id.
    pub id: CaseId,
    /// Number.
    pub number: i64,
    /// Subject.
    pub title: String,
    /// What it is.
    pub kind: Kind,
    /// State.
    pub state: CaseState,
    /// How it ended.
    pub how: Option<HowEnded>,
    /// Opened.
    pub opened_at: At,
    /// Medium.
    pub channel: Channel,
}

impl From<&Case> for CaseBrief {
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

/// Why a case is where it is.
#[derive(Debug, Serialize, ToSchema)]
pub struct WhyShown {
    /// Version of the rules.
    pub rules: String,
    /// 0–100.
    pub importance: i64,
    /// 0–100.
    pub urgency: i64,
    /// Queue.
    pub queue: Queue,
    /// The gate that decided.
    pub gate: Option<Gate>,
    /// Lines that add up exactly.
    pub reasons: Vec<Reason>,
    /// The nearest change that would alter the queue.
    pub counterfactual: Option<Counterfactual>,
    /// Moved by hand.
    pub moved: i64,
    /// The rule of the house that moved it.
    pub rule: Option<RuleNamed>,
    /// When the points next change by themselves.
    pub next_change_at: Option<At>,
}

/// A rule that decided, in a few fields.
#[derive(Debug, Serialize, ToSchema)]
pub struct RuleNamed {
    /// Id.
    pub id: vigie_model::RuleId,
    /// Which messages it is about.
    pub query: String,
    /// It is about one customer only.
    pub one_customer: bool,
    /// −1, 0 or +1 queue.
    pub step: i64,
}

/// Photo or file.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct FileShown {
    /// Id.
    pub id: AttachmentId,
    /// Name.
    pub name: String,
    /// Type read from the bytes.
    pub media_type: String,
    /// Bytes.
    pub size: i64,
    /// Where to get it.
    pub url: String,
}

impl From<&Attachment> for FileShown {
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

/// An answer's way out.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct OutShown {
    /// Id; also the `webhook-id`.
    pub id: OutboxId,
    /// State.
    pub state: OutState,
    /// Until then it can be called back.
    pub leaves_at: At,
    /// Left, or given up.
    pub settled_at: Option<At>,
    /// Attempts.
    pub attempts: i64,
}

impl From<&Outgoing> for OutShown {
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

/// A message.
#[derive(Debug, Serialize, ToSchema)]
pub struct MessageShown {
    /// Id.
    pub id: MessageId,
    /// Name of whoever wrote.
    pub who: String,
    /// Who emitted it.
    pub emitter: Emitter,
    /// Who can read it.
    pub visibility: Visibility,
    /// Medium.
    pub channel: Channel,
    /// Written.
    pub at: At,
    /// The words as received.
    pub text: String,
    /// The same as harmless HTML.
    pub html: Option<String>,
    /// Where it can be seen.
    pub url: Option<String>,
    /// Stars given.
    pub rating: Option<f64>,
    /// Raw counts of the network, under its own names.
    pub counts: BTreeMap<String, i64>,
    /// Version of the network's definition of those counts.
    pub counts_version: Option<String>,
    /// Order number given.
    pub order: Option<String>,
    /// What only a mail has.
    pub mail: Option<Box<vigie_model::MailSaid>>,
    /// Times it was reworded at the source.
    pub revision: i64,
    /// Older wordings.
    pub revisions: Vec<RevisionShown>,
    /// What was read in it.
    pub reading: Option<Analysis>,
    /// What a person corrected in the reading.
    pub correction: Option<CorrectionShown>,
    /// Photos and files.
    pub files: Vec<FileShown>,
    /// Its way out, for our own words.
    pub out: Option<OutShown>,
}

/// An older wording.
#[derive(Debug, Serialize, ToSchema)]
pub struct RevisionShown {
    /// Its number.
    pub revision: i64,
    /// Its words.
    pub text: String,
    /// Replaced at.
    pub replaced_at: At,
}

/// A person's correction of a reading.
#[derive(Debug, Clone, Default, Serialize, serde::Deserialize, ToSchema)]
#[serde(default)]
pub struct CorrectionShown {
    /// What it is.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub kind: Option<Kind>,
    /// How it feels.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub sentiment: Option<Sentiment>,
    /// Worst harm.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub harm: Option<Harm>,
    /// Blocked right now.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub urgent: Option<bool>,
    /// Gates that do not hold.
    pub no_gate: bool,
}
