//! `form`: the hosted page. The customer gives a text, and optionally an address, an order
//! number and photos.

use vigie_model::{Channel, Emitter, FileRef, IncomingAuthor, IncomingMessage, Visibility};

use crate::{Refusal, api::LONGEST_TEXT};

/// What a customer typed.
#[derive(Debug, Clone, Default)]
pub struct FormSubmission {
    pub text: String,
    pub name: String,
    pub email: String,
    pub order: String,
    /// A honeypot field that only programs fill in.
    pub trap: String,
}

/// Turns a filled form into a message.
pub fn read(
    filled: FormSubmission,
    external_id: String,
    files: Vec<FileRef>,
) -> Result<IncomingMessage, Refusal> {
    if !filled.trap.is_empty() {
        return Err(Refusal::new("robot", "the hidden field was filled"));
    }
    words(&filled.text)?;
    for field in [&filled.name, &filled.email, &filled.order] {
        readable(field)?;
    }
    let mut message = IncomingMessage::new(external_id, filled.text);
    let non_empty = |text: String| {
        Some(text.trim().chars().take(200).collect::<String>()).filter(|it| !it.is_empty())
    };
    message.author = IncomingAuthor {
        name: non_empty(filled.name),
        email: non_empty(filled.email),
        ..IncomingAuthor::default()
    };
    message.order = non_empty(filled.order);
    message.channel = Some(Channel::Form);
    message.visibility = Visibility::Private;
    message.emitter = Emitter::Customer;
    message.attachments = files;
    Ok(message)
}

/// Checks a typed text. Fails with `text_missing`, `text_too_long` or `text_unreadable`.
pub fn words(text: &str) -> Result<(), Refusal> {
    if text.trim().is_empty() {
        return Err(Refusal::new("text_missing", "write a few words"));
    }
    if text.chars().count() > LONGEST_TEXT {
        return Err(Refusal::new(
            "text_too_long",
            "the text is over 100,000 characters",
        ));
    }
    readable(text)
}

/// Refuses what no database keeps.
fn readable(text: &str) -> Result<(), Refusal> {
    match text.contains('\0') {
        true => Err(Refusal::new(
            "text_unreadable",
            "the text holds a NUL character",
        )),
        false => Ok(()),
    }
}
