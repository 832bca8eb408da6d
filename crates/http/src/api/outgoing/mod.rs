//! Answers, the cards they begin with, the outbox, webhooks.

pub mod answers;
pub mod cards;
pub mod outbox;
pub mod webhooks;
