//! What was said, as it was received.

pub(crate) mod attachment_store;
pub(crate) mod attachments;
pub(crate) mod message;
pub(crate) mod reply_token;
pub(crate) mod writing;
