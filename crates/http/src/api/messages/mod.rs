//! What programs and colleagues hand in, and attachments.

pub mod files;
pub mod message;
pub mod reports;
