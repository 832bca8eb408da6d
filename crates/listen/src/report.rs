//! `report`: what shop, telephone or after-sales staff heard.

use vigie_model::{AuthorSaid, Channel, Emitter, FileRef, Incoming, Visibility};

use crate::{Refusal, form::words};

/// What a colleague noted.
#[derive(Debug, Clone)]
pub struct Noted {
    /// The words heard, or what happened.
    pub text: String,
    /// Where it was heard.
    pub channel: Channel,
    /// The customer, as far as told.
    pub customer: AuthorSaid,
    /// Order number.
    pub order: Option<String>,
}

/// Turns a note into a message of the customer, heard by a colleague.
///
/// # Errors
/// A refusal the page shows beside the field.
pub fn read(noted: Noted, external_id: String, files: Vec<FileRef>) -> Result<Incoming, Refusal> {
    words(&noted.text)?;
    let mut message = Incoming::new(external_id, noted.text);
    message.channel = Some(noted.channel);
    message.author = noted.customer;
    message.order = noted.order.filter(|it| !it.trim().is_empty());
    message.visibility = Visibility::Private;
    message.emitter = Emitter::Customer;
    message.attachments = files;
    Ok(message)
}
