//! What leaves: answers, questions to colleagues, facts to webhooks.

pub(crate) mod cards;
pub(crate) mod outbox;
pub(crate) mod questions;
pub(crate) mod webhooks;
