//! Casework: what a person does to a case, and how it is undone. Owners, teams, tags, notes,
//! moves, rules, closures with their evidence and cause, promises, and questions to
//! colleagues. It knows neither HTTP nor how cases are weighed, and it sends nothing.

mod assignment;
mod bulk;
mod bulk_undo;
mod causes;
mod closure;
mod colleague_mail;
mod colleague_suggestions;
mod error;
mod identity;
mod ladder;
mod move_undo;
mod moves;
mod next_action;
mod notes;
mod promises;
mod question;
mod rules;
mod silence;
mod tags;
mod teams;
mod undo_snapshot;
mod visibility;

pub use assignment::{WaitingFor, assign, move_queue, release_owner, snooze, wait, wake};
pub use bulk::{BulkAction, BulkOutcome, act_on_many};
pub use bulk_undo::undo_act_on_many;
pub use causes::name_cause;
pub use closure::{NewClosure, close, undo_closure};
pub use colleague_mail::link as question_link;
pub use colleague_suggestions::{
    ColleagueSuggestion, KnowledgeConcentration, concentration, suggest,
};
pub use error::Error;
pub use identity::{
    AddressQuestion, answer_of_owner, ask_owner, close_private_links, confirm, place,
    withdraw_confirmation,
};
pub use ladder::{Ladder, LadderStep, ladder};
pub use move_undo::undo_move;
pub use moves::{join, split};
pub use next_action::{ProposedAction, propose};
pub use notes::{mentions_in, write_note};
pub use promises::{judge_promise, make_promise};
pub use question::{
    QuestionDraft, answer_question, ask, forward_question, forward_thanks_to_colleague,
    remind_or_expire_question, revoke_question,
};
pub use rules::{
    AnalysedMessage, RuleInput, RuleSet, RuleTrial, SourceNames, apply_rule, check_rule,
    customer_words, reapply_rules, rule_query,
};
pub use silence::{Silence, is_sign, silences};
pub use tags::{change_tag, make_tag, put_tag, take_tag};
pub use teams::{TeamUpdate, assign_team, change_team, make_team};
pub use visibility::sees;

/// A result whose error is this crate's.
pub type Result<T, E = Error> = std::result::Result<T, E>;
