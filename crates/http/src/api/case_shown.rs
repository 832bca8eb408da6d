//! A case whole, as the API shows it.

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

/// A case, whole.
#[derive(Debug, Serialize, ToSchema)]
pub struct CaseFull {
    /// In a few fields.
    #[serde(flatten)]
    pub brief: CaseBrief,
    /// What a sender must repeat as `seen`.
    pub stamp: i64,
    /// In charge.
    pub owner: Option<Named>,
    /// The team it is given to.
    pub team: Option<TeamOf>,
    /// Recognised customer.
    pub customer: Option<CustomerNamed>,
    /// How they want to be written to.
    pub preference: Option<super::preferences::PreferenceShown>,
    /// Who speaks, as told.
    pub author: AuthorShown,
    /// The source it came by.
    pub source: SourceNamed,
    /// Due.
    pub due_at: Option<At>,
    /// Without an available owner past this instant it is an orphan.
    pub take_by: Option<At>,
    /// Past it.
    pub orphan: bool,
    /// Put off until.
    pub snoozed_until: Option<At>,
    /// Has public words.
    pub public: bool,
    /// Language of the customer.
    pub lang: String,
    /// Why it is there.
    pub why: Option<WhyShown>,
    /// The ladder's steps reached; complaints only.
    #[schema(value_type = Vec<String>)]
    pub ladder: Vec<Step>,
    /// The next act proposed, while the case is open.
    pub proposed: Option<ProposedShown>,
    /// Messages in the order of time.
    pub messages: Vec<MessageShown>,
    /// Orders its messages name, as the shop told them.
    pub orders: Vec<OrderNamed>,
    /// Questions put to colleagues.
    pub questions: Vec<QuestionShown>,
    /// Internal comments.
    pub notes: Vec<NoteShown>,
    /// Tags it bears.
    pub tags: Vec<TagWorn>,
    /// The cause named.
    pub cause: Option<CauseNamed>,
    /// Promises.
    pub promises: Vec<PromiseShown>,
    /// The end, when closed.
    pub closure: Option<ClosureShown>,
    /// Splits and joins that stand.
    pub moves: Vec<MoveShown>,
    /// The older case it continues.
    pub continues: Option<CaseBrief>,
    /// The case it was joined into.
    pub joined: Option<CaseBrief>,
    /// My draft.
    pub draft: Option<DraftShown>,
    /// What happened.
    pub facts: Vec<Fact>,
}

/// The next act proposed: after thanks to close; else to answer with a card; without one to ask a
/// colleague.
#[derive(Debug, Serialize, ToSchema)]
pub struct ProposedShown {
    /// What to do.
    pub act: ProposedAct,
    /// The answer card that speaks of the same things.
    pub card: Option<vigie_model::AnswerCardId>,
    /// Its title.
    pub title: Option<String>,
    /// The words it shares with the case.
    pub shared: Vec<String>,
}

/// What is proposed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum ProposedAct {
    /// Answer with this card.
    AnswerCard,
    /// Ask somebody who knows.
    AskColleague,
    /// Close, with what was done.
    Close,
}

/// A person's id and name.
#[derive(Debug, Serialize, ToSchema)]
pub struct Named {
    /// Id.
    pub id: PersonId,
    /// Name.
    pub name: String,
}

/// A customer's id and name.
#[derive(Debug, Serialize, ToSchema)]
pub struct CustomerNamed {
    /// Id.
    pub id: CustomerId,
    /// Name.
    pub name: String,
}

/// Who speaks, as told.
#[derive(Debug, Serialize, ToSchema)]
pub struct AuthorShown {
    /// Id.
    pub id: vigie_model::AuthorId,
    /// Name.
    pub name: Option<String>,
    /// Handle.
    pub handle: Option<String>,
    /// Network of the handle.
    pub network: Option<String>,
    /// E-mail.
    pub email: Option<String>,
    /// Telephone.
    pub phone: Option<String>,
    /// Shop number.
    pub shop_id: Option<String>,
    /// Followers, which change nothing.
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

/// A source, and how one answers by it.
#[derive(Debug, Serialize, ToSchema)]
pub struct SourceNamed {
    /// Id.
    pub id: SourceId,
    /// Name.
    pub name: String,
    /// What it is.
    pub kind: SourceKind,
    /// `webhook`, `private_page` or `none`.
    pub reach: &'static str,
}

/// An internal comment.
#[derive(Debug, Serialize, ToSchema)]
pub struct NoteShown {
    /// Id.
    pub id: NoteId,
    /// Who.
    pub who: String,
    /// Words.
    pub text: String,
    /// When.
    pub at: At,
}

/// A cause named.
#[derive(Debug, Serialize, ToSchema)]
pub struct CauseNamed {
    /// Id.
    pub id: CauseId,
    /// The cause above.
    pub top: TopCause,
}

/// A promise.
#[derive(Debug, Serialize, ToSchema)]
pub struct PromiseShown {
    /// Id.
    pub id: PromiseId,
    /// Its case.
    pub case: CaseId,
    /// The case's subject.
    pub title: String,
    /// Words.
    pub text: String,
    /// Due.
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

/// The end of a case.
#[derive(Debug, Serialize, ToSchema)]
pub struct ClosureShown {
    /// Id.
    pub id: ClosureId,
    /// How.
    pub how: HowEnded,
    /// What proves it.
    pub evidence: Option<EvidenceKind>,
    /// Its identifier or words.
    pub reference: Option<String>,
    /// Its photo.
    pub photo: Option<AttachmentId>,
    /// When.
    pub at: At,
}

/// A split or join that stands.
#[derive(Debug, Serialize, ToSchema)]
pub struct MoveShown {
    /// Id.
    pub id: MoveId,
    /// `split` or `join`.
    pub kind: &'static str,
    /// Where the messages were.
    pub from: CaseId,
    /// Where they went.
    pub to: CaseId,
    /// When.
    pub at: At,
}

/// My draft.
#[derive(Debug, Serialize, ToSchema)]
pub struct DraftShown {
    /// Words so far.
    pub text: String,
    /// Where they would go.
    pub visibility: Visibility,
    /// Last change.
    pub updated_at: At,
}
