//! Cases: the inbox, what is shown of one, and every act on it.

pub mod actions;
pub mod bulk;
pub mod case;
mod case_messages;
mod case_parts;
mod case_proposal;
pub mod causes;
pub mod corrections;
pub mod inbox;
pub mod moves;
pub mod questions;
pub mod read_state;
pub mod response;
pub mod row;
pub mod rule_trial;
pub mod rules;
pub mod saved_views;
pub mod summaries;
pub mod tags;
pub mod teams;
pub mod timeline;
pub mod translation;
