//! One type for the identifier of each noun: a case's can never be taken for a customer's.

use serde::{Deserialize, Serialize};
use uuid::Uuid;

macro_rules! ids {
    ($($(#[$doc:meta])* $name:ident)*) => {$(
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(transparent)]
        #[cfg_attr(
            feature = "openapi",
            derive(utoipa::ToSchema),
            schema(value_type = String, format = "uuid")
        )]
        pub struct $name(pub Uuid);

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                self.0.fmt(f)
            }
        }

        impl std::str::FromStr for $name {
            type Err = uuid::Error;
            fn from_str(text: &str) -> Result<Self, uuid::Error> {
                text.parse().map(Self)
            }
        }
    )*};
}

ids! {
    /// A prepared answer, with its owner and expiry date.
    AnswerCardId
    /// A key for programs.
    ApiKeyId
    /// A photo or file.
    AttachmentId
    /// An unknown speaker until recognised.
    AuthorId
    /// A brand of the company.
    BrandId
    /// One person, one problem or wish.
    CaseId
    /// An act on many cases at once.
    BulkId
    /// Why problems happen.
    CauseId
    /// The end of a case, with its evidence.
    ClosureId
    /// Somebody of the company without account.
    ColleagueId
    /// A thread on one channel.
    ConversationId
    /// A recognised person.
    CustomerId
    /// Two customers found to be one.
    IdentityJoinId
    /// A file of the past, taken in.
    ImportId
    /// One utterance.
    MessageId
    /// Messages moved between cases: a split or a join.
    MoveId
    /// An internal comment on a case.
    NoteId
    /// One purchase.
    OrderId
    /// An answer on its way out.
    OutboxId
    /// Somebody of the company.
    PersonId
    /// A dated word given to one customer.
    PromiseId
    /// A question put to a colleague.
    QuestionId
    /// An item the door refused.
    RefusedId
    /// A rule of triage the house made.
    RuleId
    /// A search somebody keeps.
    SavedSearchId
    /// A view of the inbox somebody keeps.
    SavedViewId
    /// One connection to a medium.
    SourceId
    /// A person's mark on cases.
    TagId
    /// People who answer together.
    TeamId
    /// A program told the history.
    WebhookId
}
