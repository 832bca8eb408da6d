//! Every act the history can hold, one code each.

use serde::{Deserialize, Serialize};

macro_rules! acts {
    ($($(#[$doc:meta])* $variant:ident = $code:literal),+ $(,)?) => {
        /// What somebody, or the house, did.
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

            /// The act of that code.
            pub fn from_code(code: &str) -> Option<Self> {
                Self::ALL.iter().copied().find(|act| act.code() == code)
            }
        }
    };
}

acts! {
    /// A message came in; one a message.
    MessageReceived = "message.received",
    /// The source changed a message: a new revision.
    MessageRevised = "message.revised",
    /// A person corrected what was read.
    ReadingCorrected = "reading.corrected",
    /// A correction was taken back.
    ReadingRestored = "reading.restored",
    /// The door refused an item.
    ItemRefused = "item.refused",
    /// A refused item was replayed.
    ItemReplayed = "item.replayed",
    /// Orders were told or changed; one a batch.
    OrdersReceived = "orders.received",
    /// Visits were told; one a batch.
    VisitsReceived = "visits.received",
    /// A file of the past began to be taken in.
    ImportBegun = "import.begun",
    /// It was taken in.
    ImportEnded = "import.ended",
    /// It was taken out again, whole.
    ImportUndone = "import.undone",
    /// Cases of it that had no answer were opened again.
    ImportReopened = "import.reopened",
    /// A case was taken out for good, with all it held.
    CaseRemoved = "case.removed",
    /// Some messages of a case were taken out for good.
    MessagesRemoved = "messages.removed",
    /// A case opened.
    CaseOpened = "case.opened",
    /// A closed or waiting case opened again.
    CaseReopened = "case.reopened",
    /// The timer weighed a case again.
    CaseReweighed = "case.reweighed",
    /// Somebody took or was given a case.
    CaseAssigned = "case.assigned",
    /// Nobody is in charge any more.
    CaseUnassigned = "case.unassigned",
    /// Given to a team, or to none.
    CaseGiven = "case.given",
    /// Put off.
    CaseSnoozed = "case.snoozed",
    /// Back before or at its date.
    CaseAwoken = "case.awoken",
    /// Waits for the customer or a colleague.
    CaseWaiting = "case.waiting",
    /// Waits no longer.
    CaseResumed = "case.resumed",
    /// Moved one queue by hand.
    CaseMoved = "case.moved",
    /// Ended.
    CaseClosed = "case.closed",
    /// The end was undone by a person.
    ClosureUndone = "closure.undone",
    /// Messages left for a case of their own.
    CaseSplit = "case.split",
    /// Two cases became one.
    CaseJoined = "case.joined",
    /// A split or join was undone.
    MoveUndone = "move.undone",
    /// A cause was named.
    CauseNamed = "cause.named",
    /// A cause was taken back.
    CauseCleared = "cause.cleared",
    /// A tag was put on a case.
    CaseTagged = "case.tagged",
    /// It was taken off.
    CaseUntagged = "case.untagged",
    /// An internal comment.
    NoteWritten = "note.written",
    /// An answer was queued.
    AnswerQueued = "answer.queued",
    /// Called back in time.
    AnswerRecalled = "answer.recalled",
    /// Its way out changed state.
    AnswerMoved = "answer.moved",
    /// Answered where the customer spoke, with proof.
    AnsweredThere = "answer.there",
    /// A plain receipt left.
    ReceiptSent = "receipt.sent",
    /// A colleague was asked.
    QuestionAsked = "question.asked",
    /// The colleague answered, or amended the answer.
    QuestionAnswered = "question.answered",
    /// The colleague said whom to ask instead.
    QuestionPassed = "question.passed",
    /// The question was taken back.
    QuestionRevoked = "question.revoked",
    /// Nobody answered in time.
    QuestionExpired = "question.expired",
    /// A reminder left.
    QuestionReminded = "question.reminded",
    /// The customer's thanks reached the colleague.
    ThanksPassed = "thanks.passed",
    /// A dated promise was made.
    PromiseMade = "promise.made",
    /// A promise was kept, broken, or put back in view.
    PromiseJudged = "promise.judged",
    /// A speaker was recognised.
    AuthorRecognised = "author.recognised",
    /// Two customers are one.
    CustomersJoined = "customers.joined",
    /// They are not.
    CustomersSeparated = "customers.separated",
    /// An author was taken out of a customer.
    AuthorSeparated = "author.separated",
    /// An identifier is used by several people.
    IdentifierShared = "identifier.shared",
    /// A person was erased, everywhere.
    PersonErased = "person.erased",
    /// Somebody took a copy of all that is kept about a person.
    PersonCopied = "person.copied",
    /// A setting changed.
    SettingChanged = "setting.changed",
    /// A source was made or changed.
    SourceChanged = "source.changed",
    /// A person was invited, joined, changed or disabled.
    PersonChanged = "person.changed",
    /// An answer card was made or changed.
    CardChanged = "card.changed",
    /// A cause was made or changed.
    CauseChanged = "cause.changed",
    /// A tag was made or changed.
    TagChanged = "tag.changed",
    /// A team was made or changed: its name, hours or people.
    TeamChanged = "team.changed",
    /// A search was kept, shared or let go.
    SearchSaved = "search.saved",
    /// A view was kept, shared or let go.
    ViewSaved = "view.saved",
    /// A rule of triage was made, changed, paused or removed.
    RuleChanged = "rule.changed",
    /// A rule decided where a case waits, or no longer does.
    CaseRuled = "case.ruled",
    /// An act on many cases at once was undone.
    BulkUndone = "bulk.undone",
    /// How a customer wants to be written to was noted.
    PreferenceNoted = "preference.noted",
    /// The directory of colleagues was taken in, or one of them said what they know.
    DirectoryChanged = "directory.changed",
    /// A key for programs was made or revoked.
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
