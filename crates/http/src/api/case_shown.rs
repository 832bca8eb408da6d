//! A complete case, as the API shows it.

use serde::Serialize;
use utoipa::ToSchema;
use vigie_desk::Step;
use vigie_model::{
    At, AttachmentId, CaseId, CauseId, ClosureId, CustomerId, EvidenceKind, Fact, HowEnded, MoveId,
    NoteId, PersonId, PromiseId, SourceId, SourceKind, TopCause, Visibility,
};

use super::orders::OrderNamed;
use super::questions::QuestionShown;
use super::shown::{CaseBrief, MessageShown, WhyShown};
use super::tags::TagWorn;
use super::teams::TeamOf;

/// A complete case.
#[derive(Debug, Serialize, ToSchema)]
pub struct CaseFull {
    /// The summary fields.
    #[serde(flatten)]
    pub brief: CaseBrief,
    /// What a sender must repeat as `seen`.
    pub stamp: i64,
    pub owner: Option<Named>,
    /// The team it is given to.
    pub team: Option<TeamOf>,
    /// Recognised customer.
    pub customer: Option<CustomerNamed>,
    /// How they want to be contacted.
    pub preference: Option<super::preferences::PreferenceShown>,
    /// The author, as reported by the source.
    pub author: AuthorShown,
    pub source: SourceNamed,
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
    pub why: Option<WhyShown>,
    /// The steps reached; complaints only.
    #[schema(value_type = Vec<String>)]
    pub ladder: Vec<Step>,
    /// The next act proposed, while the case is open.
    pub proposed: Option<ProposedShown>,
    /// In chronological order.
    pub messages: Vec<MessageShown>,
    /// Orders its messages mention, as reported by the shop.
    pub orders: Vec<OrderNamed>,
    pub questions: Vec<QuestionShown>,
    pub notes: Vec<NoteShown>,
    pub tags: Vec<TagWorn>,
    pub cause: Option<CauseNamed>,
    pub promises: Vec<PromiseShown>,
    /// The closure, if closed.
    pub closure: Option<ClosureShown>,
    /// Splits and joins that were not undone.
    pub moves: Vec<MoveShown>,
    /// The older case it continues.
    pub continues: Option<CaseBrief>,
    /// The case it was joined into.
    pub joined: Option<CaseBrief>,
    /// The caller's draft.
    pub draft: Option<DraftShown>,
    /// What happened.
    pub facts: Vec<Fact>,
}

/// The next act proposed: after thanks, to close; otherwise to answer with a card; without a
/// card, to ask a colleague.
#[derive(Debug, Serialize, ToSchema)]
pub struct ProposedShown {
    pub act: ProposedAct,
    /// The answer card on the same subject.
    pub card: Option<vigie_model::AnswerCardId>,
    pub title: Option<String>,
    /// The words it shares with the case.
    pub shared: Vec<String>,
}

/// The kind of act proposed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum ProposedAct {
    AnswerCard,
    AskColleague,
    /// Close the case, recording what was done.
    Close,
}

/// A person's id and name.
#[derive(Debug, Serialize, ToSchema)]
pub struct Named {
    pub id: PersonId,
    pub name: String,
}

/// A customer's id and name.
#[derive(Debug, Serialize, ToSchema)]
pub struct CustomerNamed {
    pub id: CustomerId,
    pub name: String,
}

/// The author, as reported by the source.
#[derive(Debug, Serialize, ToSchema)]
pub struct AuthorShown {
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

impl From<vigie_store::Author> for AuthorShown {
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

/// A source, and how its messages are answered.
#[derive(Debug, Serialize, ToSchema)]
pub struct SourceNamed {
    pub id: SourceId,
    pub name: String,
    pub kind: SourceKind,
    /// `webhook`, `private_page` or `none`.
    pub reach: &'static str,
}

/// An internal note.
#[derive(Debug, Serialize, ToSchema)]
pub struct NoteShown {
    pub id: NoteId,
    pub who: String,
    pub text: String,
    pub at: At,
}

/// A named cause.
#[derive(Debug, Serialize, ToSchema)]
pub struct CauseNamed {
    pub id: CauseId,
    /// The top-level cause.
    pub top: TopCause,
}

/// A promise.
#[derive(Debug, Serialize, ToSchema)]
pub struct PromiseShown {
    pub id: PromiseId,
    pub case: CaseId,
    pub title: String,
    pub text: String,
    pub due_at: At,
    /// `kept`, `broken` or `withdrawn`; absent while in view.
    pub outcome: Option<String>,
}

impl From<vigie_store::Promise> for PromiseShown {
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
pub struct ClosureShown {
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
pub struct MoveShown {
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
pub struct DraftShown {
    pub text: String,
    /// The intended visibility of the answer.
    pub visibility: Visibility,
    pub updated_at: At,
}
