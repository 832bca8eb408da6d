//! One identifier type per noun, so that a case id can never be used as a customer id.

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
    /// An API key for programs.
    ApiKeyId
    /// A photo or file.
    AttachmentId
    /// An author: unknown until recognised as a customer.
    AuthorId
    /// A brand of the company.
    BrandId
    /// One person, one problem or wish.
    CaseId
    /// An act on many cases at once.
    BulkId
    /// A cause of problems.
    CauseId
    /// The end of a case, with its evidence.
    ClosureId
    /// A colleague without an account.
    ColleagueId
    /// A thread on one channel.
    ConversationId
    /// A recognised person.
    CustomerId
    /// A join of two customers found to be one person.
    IdentityJoinId
    /// An import of historical data.
    ImportId
    /// One message.
    MessageId
    /// A move of messages between cases: a split or a join.
    MoveId
    /// An internal comment on a case.
    NoteId
    /// One purchase.
    OrderId
    /// An outgoing answer.
    OutboxId
    /// A user of Vigie.
    PersonId
    /// A dated promise made to one customer.
    PromiseId
    /// A question put to a colleague.
    QuestionId
    /// An item refused at intake.
    RefusedId
    /// A triage rule defined by the company.
    RuleId
    /// A saved search.
    SavedSearchId
    /// A saved view of the inbox.
    SavedViewId
    /// One connection to a medium.
    SourceId
    /// A tag that people put on cases.
    TagId
    /// A team: people who answer together.
    TeamId
    /// A program that receives the history.
    WebhookId
}
