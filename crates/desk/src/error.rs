//! Why an act on a case is refused, in terms a person can act on.

use vigie_model::CaseState;

/// Why an act on a case is refused.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The store failed.
    #[error(transparent)]
    Store(#[from] vigie_store::Error),
    /// The person is disabled or away.
    #[error("this person is not available")]
    Unavailable,
    /// The case is closed or in a state that does not allow this.
    #[error("the case is {0}")]
    WrongState(CaseState),
    /// The text is missing.
    #[error("write a few words")]
    Empty,
    /// The date is in the past.
    #[error("choose a date ahead")]
    NotAhead,
    /// A case cannot be joined with itself or across brands, nor be left without messages.
    #[error("{0}")]
    CannotMove(&'static str),
    /// The colleague already has an open question.
    #[error(
        "this colleague has a question open already: wait, ask somebody else, or ask all the same"
    )]
    Busy,
    /// The colleague's link no longer works.
    #[error("this link is over")]
    LinkOver,
    /// The author claims nothing that could be confirmed.
    #[error("nothing is claimed here that could be confirmed")]
    NothingClaimed,
    /// The brand has no mailbox to send from.
    #[error("this brand has no mailbox: add one in the settings, or reach the customer otherwise")]
    NoMailbox,
    /// The owner of the address was asked less than a day ago.
    #[error("this address was asked less than a day ago: wait for its owner to answer")]
    AskedToday,
    /// A tag's name is empty, too long, or has no letter.
    #[error(
        "give the tag a name of 1 to 40 letters, with a letter or a digit in it and without quotes"
    )]
    TagName,
    /// Another tag has that name.
    #[error("another tag has this name already")]
    TagExists,
    /// A team's name is empty, too long, or has no letter.
    #[error(
        "give the team a name of 1 to 40 letters, with a letter or a digit in it and without quotes"
    )]
    TeamName,
    /// Another team has that name.
    #[error("another team has this name already")]
    TeamExists,
    /// An archived team is given no case.
    #[error("this team was put away: choose another, or take it out again in the settings")]
    TeamAway,
    /// The rule changes nothing.
    #[error("say what the rule does: move the case, tag it, or give it to a team or somebody")]
    RuleWithoutEffect,
    /// There are already too many rules.
    #[error("200 rules are kept already: let one go first")]
    TooManyRules,
    /// A later act prevents undoing.
    #[error("it can no longer be undone: {0}")]
    CannotUndo(&'static str),
    /// Solved without evidence.
    #[error("say what proves it: a refund or shipment number, the customer's yes, a photo")]
    EvidenceMissing,
    /// The promise has no text, or its date is in the past.
    #[error("a promise needs its words and a date ahead")]
    PromiseIncomplete,
    /// The person may not see the case, or may not do this to it.
    #[error("you have no right to do this")]
    NotAllowed,
    /// An act on many is given none, or more than 500.
    #[error("choose 1 to 500 cases")]
    TooManyCases,
    /// Many cases at once cannot be closed as solved.
    #[error("solved needs the evidence of each: close them one by one")]
    EvidenceOfEach,
    /// A state in which nobody is waited for.
    #[error("wait for the customer, for a colleague, or not at all")]
    NotWaiting,
    /// The act on many was undone before.
    #[error("this was undone already")]
    UndoneAlready,
    /// Somebody changed the case after the act that is undone.
    #[error("somebody acted on this case since")]
    ActedSince,
    /// A cause of another brand.
    #[error("this cause belongs to another brand")]
    OtherBrand,
}

impl Error {
    /// Whether it is the instance's own failure, not something the person can mend.
    pub const fn is_internal(&self) -> bool {
        match self {
            Self::Store(error) => !matches!(error, vigie_store::Error::Missing(_)),
            _ => false,
        }
    }
}
