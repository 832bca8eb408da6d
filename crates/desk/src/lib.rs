//! Casework: what a person does to a case, and how it is undone. Owners, teams, tags, notes,
//! moves, rules, closures with their evidence and cause, promises, and questions to
//! colleagues. It knows neither HTTP nor how cases are weighed, and it sends nothing.

mod assignment;
mod causes;
mod closure;
mod error;
mod ladder;
mod letters;
mod moves;
mod next_act;
mod notes;
mod promises;
mod question;
mod rules;
mod tags;
mod teams;
mod who_knows;

pub use assignment::{Waiting, assign, move_queue, release_owner, snooze, wait, wake};
pub use causes::name_cause;
pub use closure::{Ending, close, undo_closure};
pub use error::Error;
pub use ladder::{Ladder, Step, ladder};
pub use letters::link as question_link;
pub use moves::{join, split, undo_move};
pub use next_act::{Proposed, propose};
pub use notes::{mentions_in, write_note};
pub use promises::{judge_promise, make_promise};
pub use question::{
    Asking, age_question, answer_question, ask, pass_question, pass_thanks, revoke_question,
};
pub use rules::{
    ReadMessage, Rulebook, SourceNames, Trial, Words, check_rule, customer_words, rule_again,
    rule_case, rule_query,
};
pub use tags::{change_tag, make_tag, put_tag, take_tag};
pub use teams::{TeamChange, change_team, give, make_team};
pub use who_knows::{Concentration, Suggested, concentration, suggest};

/// A result whose error is this crate's.
pub type Result<T, E = Error> = std::result::Result<T, E>;
