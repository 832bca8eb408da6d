//! A complete case, as the API shows it.

use serde::Serialize;
use utoipa::ToSchema;
use vigie_desk::LadderStep;
use vigie_model::{
    At, AttachmentId, CaseId, CauseId, ClosureId, CustomerId, EvidenceKind, Fact, HowEnded, MoveId,
    NoteId, PromiseId, SourceId, SourceKind, TopCause, Visibility,
};

use crate::api::cases::questions::QuestionResponse;
use crate::api::cases::row::{CaseSummary, MessageResponse, QueueExplanation};
use crate::api::cases::summaries::PersonSummary;
use crate::api::cases::summaries::TeamSummary;
use crate::api::cases::tags::TagSummary;
use crate::api::customers::look_alike::LookAlikeResponse;
use crate::api::customers::orders::CaseOrderResponse;

/// A complete case.
#[derive(Debug, Serialize, ToSchema)]
pub struct CaseResponse {
    /// The summary fields.
    #[serde(flatten)]
    pub brief: CaseSummary,
    /// What a sender must repeat as `seen`.
    #[serde(rename = "stamp")]
    pub last_message_fact: i64,
    pub owner: Option<PersonSummary>,
    /// The team it is given to.
    pub team: Option<TeamSummary>,
    /// The customer, as far as they are proved to be.
    pub customer: Option<CustomerSummary>,
    /// Who its author only says they are.
    pub claim: Option<ClaimResponse>,
    /// How they want to be contacted.
    pub preference: Option<crate::api::customers::preferences::PreferenceResponse>,
    /// The author, as reported by the source.
    pub author: AuthorResponse,
    pub source: SourceSummary,
    /// Who can be answered: first the one an answer goes to when it names nobody.
    pub recipients: Vec<RecipientResponse>,
    pub due_at: Option<At>,
    /// After this instant, without an available owner, the case is an orphan.
    pub take_by: Option<At>,
    /// Whether the case is past `take_by` without an available owner.
    pub orphan: bool,
    pub snoozed_until: Option<At>,
    /// Whether some of its messages are public.
    pub public: bool,
    /// Language of the customer.
    pub lang: String,
    /// The reasons for its queue.
    pub why: Option<QueueExplanation>,
    /// The steps reached; complaints only.
    #[schema(value_type = Vec<String>)]
    pub ladder: Vec<LadderStep>,
    /// The next act proposed, while the case is open.
    pub proposed: Option<ProposedActionResponse>,
    /// In chronological order.
    pub messages: Vec<MessageResponse>,
    /// Orders its messages mention, as reported by the shop; none while nothing proves who writes.
    pub orders: Vec<CaseOrderResponse>,
    pub questions: Vec<QuestionResponse>,
    pub notes: Vec<NoteResponse>,
    pub tags: Vec<TagSummary>,
    pub cause: Option<CauseSummary>,
    pub promises: Vec<PromiseResponse>,
    /// The closure, if closed.
    pub closure: Option<ClosureResponse>,
    /// Splits and joins that were not undone.
    pub moves: Vec<MoveResponse>,
    /// The older case it continues.
    pub continues: Option<CaseSummary>,
    /// The case it was joined into.
    pub joined: Option<CaseSummary>,
    /// The caller's draft.
    pub draft: Option<DraftResponse>,
    /// What happened.
    pub facts: Vec<Fact>,
}

/// The next act proposed: after thanks, to close; otherwise to answer with a card; without a
/// card, to ask a colleague.
#[derive(Debug, Serialize, ToSchema)]
pub struct ProposedActionResponse {
    pub act: ProposedActionKind,
    /// The answer card on the same subject.
    pub card: Option<vigie_model::AnswerCardId>,
    pub title: Option<String>,
    /// The words it shares with the case.
    pub shared: Vec<String>,
}

/// The kind of act proposed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum ProposedActionKind {
    AnswerCard,
    AskColleague,
    /// Close the case, recording what was done.
    Close,
}

/// Who the author of a case says they are, while nothing proves it.
#[derive(Debug, Serialize, ToSchema)]
pub struct ClaimResponse {
    /// The customer it is kept under meanwhile.
    pub customer: CustomerSummary,
    /// Customers who are known by what is claimed.
    pub proposed: Vec<LookAlikeResponse>,
    /// Whether the owner of the address can be asked by mail.
    pub can_ask: bool,
    /// When the owner of the address was last asked.
    pub asked_at: Option<At>,
    /// What the owner of the address said.
    pub theirs: Option<bool>,
}

/// A customer's id and name.
#[derive(Debug, Serialize, ToSchema)]
pub struct CustomerSummary {
    pub id: CustomerId,
    pub name: String,
}

/// The author, as reported by the source.
#[derive(Debug, Serialize, ToSchema)]
pub struct AuthorResponse {
    pub id: vigie_model::AuthorId,
    pub name: Option<String>,
    pub handle: Option<String>,
    pub network: Option<String>,
    pub email: Option<String>,
    pub phone: Option<String>,
    pub shop_id: Option<String>,
    /// Has no effect on triage.
    pub followers: Option<i64>,
}

impl From<vigie_store::Author> for AuthorResponse {
    fn from(it: vigie_store::Author) -> Self {
        Self {
            id: it.id,
            name: it.name,
            handle: it.handle,
            network: it.network,
            email: it.email,
            phone: it.phone,
            shop_id: it.shop_id,
            followers: it.followers,
        }
    }
}

/// Somebody who can be answered.
#[derive(Debug, Serialize, ToSchema)]
pub struct RecipientResponse {
    /// Repeated as `to` in an answer.
    pub id: vigie_model::AuthorId,
    pub name: Option<String>,
    /// Where a mail goes.
    pub email: Option<String>,
    pub handle: Option<String>,
    /// Whether the case's customer is known by this address.
    pub known: bool,
    /// Whether they are another person, who joined the conversation only by naming it.
    pub newcomer: bool,
}

impl From<&vigie_respond::Recipient> for RecipientResponse {
    fn from(it: &vigie_respond::Recipient) -> Self {
        Self {
            id: it.author.id,
            name: it.author.name.clone(),
            email: it.author.email.clone(),
            handle: it.author.handle.clone(),
            known: it.known,
            newcomer: it.newcomer,
        }
    }
}

/// A source, and how its messages are answered.
#[derive(Debug, Serialize, ToSchema)]
pub struct SourceSummary {
    pub id: SourceId,
    pub name: String,
    pub kind: SourceKind,
    /// Whether a person answers on the network itself, and records it here.
    pub answered_there: bool,
    /// `webhook`, `private_page` or `none`.
    pub reach: &'static str,
}

/// An internal note.
#[derive(Debug, Serialize, ToSchema)]
pub struct NoteResponse {
    pub id: NoteId,
    pub who: String,
    pub text: String,
    pub at: At,
}

/// A named cause.
#[derive(Debug, Serialize, ToSchema)]
pub struct CauseSummary {
    pub id: CauseId,
    /// The top-level cause.
    pub top: TopCause,
}

/// A promise.
#[derive(Debug, Serialize, ToSchema)]
pub struct PromiseResponse {
    pub id: PromiseId,
    pub case: CaseId,
    pub title: String,
    pub text: String,
    pub due_at: At,
    /// `kept`, `broken` or `withdrawn`; absent while in view.
    pub outcome: Option<String>,
}

impl From<vigie_store::Promise> for PromiseResponse {
    fn from(it: vigie_store::Promise) -> Self {
        Self {
            id: it.id,
            case: it.case,
            title: it.title,
            text: it.text,
            due_at: it.due_at,
            outcome: it.outcome,
        }
    }
}

/// The closure of a case.
#[derive(Debug, Serialize, ToSchema)]
pub struct ClosureResponse {
    pub id: ClosureId,
    pub how: HowEnded,
    pub evidence: Option<EvidenceKind>,
    /// Identifier or text of the evidence.
    pub reference: Option<String>,
    pub photo: Option<AttachmentId>,
    pub at: At,
}

/// A split or join that was not undone.
#[derive(Debug, Serialize, ToSchema)]
pub struct MoveResponse {
    pub id: MoveId,
    /// `split` or `join`.
    pub kind: &'static str,
    /// The case the messages came from.
    pub from: CaseId,
    /// The case they went to.
    pub to: CaseId,
    pub at: At,
}

/// The caller's draft.
#[derive(Debug, Serialize, ToSchema)]
pub struct DraftResponse {
    pub text: String,
    /// The intended visibility of the answer.
    pub visibility: Visibility,
    pub updated_at: At,
}
