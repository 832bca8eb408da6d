//! `report`: what shop, telephone or after-sales staff heard.

use vigie_model::{
    Channel, Emitter, FileRef, IdentityProof, IncomingAuthor, IncomingMessage, Visibility,
};

use crate::{Refusal, form::words};

/// A colleague's report.
#[derive(Debug, Clone)]
pub struct StaffReport {
    /// What the customer said, or what happened.
    pub text: String,
    pub channel: Channel,
    /// The customer, as far as known.
    pub customer: IncomingAuthor,
    pub order: Option<String>,
}

/// Turns a report into a message from the customer, heard by a colleague.
pub fn read(
    noted: StaffReport,
    external_id: String,
    files: Vec<FileRef>,
) -> Result<IncomingMessage, Refusal> {
    words(&noted.text)?;
    let mut message = IncomingMessage::new(external_id, noted.text);
    message.channel = Some(noted.channel);
    message.author = noted.customer;
    message.author.proof = IdentityProof::Colleague;
    message.order = noted.order.filter(|it| !it.trim().is_empty());
    message.visibility = Visibility::Private;
    message.emitter = Emitter::Customer;
    message.attachments = files;
    Ok(message)
}
