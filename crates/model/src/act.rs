//! Every act the history can hold, one code each.

use serde::{Deserialize, Serialize};

macro_rules! acts {
    ($($(#[$doc:meta])* $variant:ident = $code:literal),+ $(,)?) => {
        /// What a person, or Vigie itself, did.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
        pub enum Act { $($(#[$doc])* #[serde(rename = $code)] $variant),+ }

        #[cfg(feature = "openapi")]
        $crate::openapi::code_schema!(Act, Act::ALL);

        impl Act {
            /// Every act.
            pub const ALL: &'static [Self] = &[$(Self::$variant),+];

            /// The stable code, `noun.verb`.
            pub const fn code(self) -> &'static str {
                match self { $(Self::$variant => $code),+ }
            }

            /// The act with this code, if any.
            pub fn from_code(code: &str) -> Option<Self> {
                Self::ALL.iter().copied().find(|act| act.code() == code)
            }
        }
    };
}

acts! {
    /// A message was received; one fact per message.
    MessageReceived = "message.received",
    /// The source changed a message: a new revision.
    MessageRevised = "message.revised",
    /// A person corrected the analysis of a message.
    ReadingCorrected = "reading.corrected",
    /// A correction was withdrawn.
    ReadingRestored = "reading.restored",
    /// Intake refused an item.
    ItemRefused = "item.refused",
    /// A refused item was replayed.
    ItemReplayed = "item.replayed",
    /// Orders were received or changed; one fact per batch.
    OrdersReceived = "orders.received",
    /// Visits were received; one fact per batch.
    VisitsReceived = "visits.received",
    /// An import of historical data started.
    ImportBegun = "import.begun",
    /// An import finished.
    ImportEnded = "import.ended",
    /// An import was undone completely.
    ImportUndone = "import.undone",
    /// Unanswered cases of an import were reopened.
    ImportReopened = "import.reopened",
    /// A case was permanently deleted, with everything in it.
    CaseRemoved = "case.removed",
    /// Some messages of a case were permanently deleted.
    MessagesRemoved = "messages.removed",
    CaseOpened = "case.opened",
    /// A closed or waiting case was reopened.
    CaseReopened = "case.reopened",
    /// The timer weighed a case again.
    CaseReweighed = "case.reweighed",
    /// Somebody took a case, or was assigned one.
    CaseAssigned = "case.assigned",
    /// A case no longer has an owner.
    CaseUnassigned = "case.unassigned",
    /// A case was given to a team, or taken from one.
    CaseGiven = "case.given",
    CaseSnoozed = "case.snoozed",
    /// A snoozed case came back, at or before its date.
    CaseAwoken = "case.awoken",
    /// A case started waiting for the customer or a colleague.
    CaseWaiting = "case.waiting",
    /// A case stopped waiting for somebody.
    CaseResumed = "case.resumed",
    /// A case was moved up or down one queue by hand.
    CaseMoved = "case.moved",
    CaseClosed = "case.closed",
    /// A person undid the closure of a case.
    ClosureUndone = "closure.undone",
    /// Messages were moved to a case of their own.
    CaseSplit = "case.split",
    /// Two cases were joined into one.
    CaseJoined = "case.joined",
    /// A split or join was undone.
    MoveUndone = "move.undone",
    CauseNamed = "cause.named",
    /// A cause was withdrawn from a case.
    CauseCleared = "cause.cleared",
    CaseTagged = "case.tagged",
    CaseUntagged = "case.untagged",
    NoteWritten = "note.written",
    AnswerQueued = "answer.queued",
    /// An answer was called back by its author in time.
    AnswerRecalled = "answer.recalled",
    /// The delivery state of an answer changed.
    AnswerMoved = "answer.moved",
    /// The customer was answered on the original network, with proof.
    ExternalAnswer = "answer.there",
    /// A plain acknowledgement was sent automatically.
    ReceiptSent = "receipt.sent",
    /// A colleague was asked a question.
    QuestionAsked = "question.asked",
    /// A colleague answered a question, or amended the answer.
    QuestionAnswered = "question.answered",
    /// A colleague passed a question on to somebody else.
    QuestionPassed = "question.passed",
    /// A question was withdrawn.
    QuestionRevoked = "question.revoked",
    /// Nobody answered a question in time.
    QuestionExpired = "question.expired",
    /// A reminder of a question was sent.
    QuestionReminded = "question.reminded",
    /// The customer's thanks were passed on to the colleague.
    ThanksPassed = "thanks.passed",
    /// A dated promise was made.
    PromiseMade = "promise.made",
    /// A promise was marked as kept or broken, or put back in view.
    PromiseJudged = "promise.judged",
    /// An author was recognised as a customer.
    AuthorRecognised = "author.recognised",
    /// The private links of a case's customer were closed.
    PrivateLinkClosed = "link.closed",
    /// The owner of an address was asked whether it was them who wrote.
    AddressAsked = "address.asked",
    /// The owner of an address said that it was them.
    AddressConfirmed = "address.confirmed",
    /// The owner of an address said that it was not them.
    AddressDenied = "address.denied",
    /// Two customers were found to be one person.
    CustomersJoined = "customers.joined",
    /// A join of two customers was undone.
    CustomersSeparated = "customers.separated",
    /// An author was separated from a customer.
    AuthorSeparated = "author.separated",
    /// An identifier was marked as used by several people.
    IdentifierShared = "identifier.shared",
    /// A person's data was erased everywhere.
    PersonErased = "person.erased",
    /// Somebody exported everything stored about a person.
    PersonCopied = "person.copied",
    SettingChanged = "setting.changed",
    /// A source was created or changed.
    SourceChanged = "source.changed",
    /// A user was invited, joined, was changed or was disabled.
    PersonChanged = "person.changed",
    /// An answer card was created or changed.
    CardChanged = "card.changed",
    /// A cause was created or changed.
    CauseChanged = "cause.changed",
    /// A tag was created or changed.
    TagChanged = "tag.changed",
    /// A team was created, or its name, hours or members changed.
    TeamChanged = "team.changed",
    /// A saved search was created, shared or deleted.
    SearchSaved = "search.saved",
    /// A saved view was created, shared or deleted.
    ViewSaved = "view.saved",
    /// A triage rule was created, changed, paused or removed.
    RuleChanged = "rule.changed",
    /// A rule started or stopped deciding where a case waits.
    CaseRuled = "case.ruled",
    /// An act on many cases at once was undone.
    BulkUndone = "bulk.undone",
    /// A customer's contact preference was recorded.
    PreferenceNoted = "preference.noted",
    /// The colleague directory was imported, or a colleague recorded what they know.
    DirectoryChanged = "directory.changed",
    /// An API key was created or revoked.
    KeyChanged = "key.changed",
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_are_distinct_and_read_back() {
        for act in Act::ALL {
            assert_eq!(Act::from_code(act.code()), Some(*act));
        }
    }
}
