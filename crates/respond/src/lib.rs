//! Answers: who is in charge, notes, drafts, the answer itself, its ten-second recall, and the
//! outbox by which it leaves. An answer always has a named person; nothing here writes or sends by
//! itself.

mod answer;
mod assignment;
mod elsewhere;
mod error;
mod guard;
mod letters;
pub mod mail;
mod moves;
mod next_act;
mod notes;
mod outbox;
mod question;
mod rules;
mod tags;
mod teams;
mod telling;
mod translation;
mod unanswered;
mod webhook;
mod who_knows;

pub use answer::{Answer, Queued, RECALL_SECONDS, answer, recall};
pub use assignment::{Waiting, assign, move_queue, release_owner, snooze, wait, wake};
pub use elsewhere::{AnsweredThere, answered_there};
pub use error::Error;
pub use guard::{GuardedAddress, check_address, client as guarded_client};
pub use letters::link as question_link;
pub use moves::{join, split, undo_move};
pub use next_act::{Proposed, propose};
pub use notes::{mentions_in, write_note};
pub use outbox::{Outbox, SourceReach, answering, came_back, decide, replay};
pub use question::{
    Asking, age_question, answer_question, ask, pass_question, pass_thanks, revoke_question,
};
pub use rules::{
    ReadMessage, Rulebook, SourceNames, Trial, Words, check_rule, customer_words, rule_again,
    rule_case, rule_query,
};
pub use tags::{change_tag, make_tag, put_tag, take_tag};
pub use teams::{TeamChange, change_team, give, make_team};
pub use telling::Teller;
pub use translation::{NotTranslated, Protocol as TranslatorProtocol, Translator};
pub use webhook::{Sent, sign, test as test_webhook};
pub use who_knows::{Concentration, Suggested, concentration, suggest};

/// A result whose error is this crate's.
pub type Result<T, E = Error> = std::result::Result<T, E>;
