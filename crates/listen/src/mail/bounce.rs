//! Mails of ours that could not be delivered: RFC 3464 reports, and servers that only report
//! it as free text.

use std::sync::LazyLock;

use mail_parser::{Message, MimeHeaders as _, PartType};
use regex::{Regex, RegexSet};
use vigie_model::Bounce;

use super::pattern::{any_of, pattern};
use super::{Mail, thread::Headers};

static SUBJECTS: LazyLock<RegexSet> = LazyLock::new(|| {
    any_of([
        r"(?i)\b(undeliver(ed|able)|delivery (status|failure|has failed|delayed|incomplete)|returned mail|mail delivery|failure notice|could not be delivered|message not delivered)\b",
        r"(?i)\b(non[- ](remis|distribu[ée]|d[ée]livr[ée])|[ée]chec (de la |de )?(remise|distribution|livraison|d['’]envoi)|message (retourn[ée]|en attente|retard[ée])|retard de (remise|distribution))",
    ])
});
static DELAYED: LazyLock<RegexSet> = LazyLock::new(|| {
    any_of([
        r"(?i)\b(delay(ed)?|will (keep|continue) (on )?try|still trying|warning message only|retard[ée]?|nouvelle tentative|r[ée]essaye|en attente)\b",
    ])
});
static STATUS: LazyLock<Regex> = LazyLock::new(|| pattern(r"\b([245]\.\d{1,3}\.\d{1,3})\b"));
static ADDRESS: LazyLock<Regex> =
    LazyLock::new(|| pattern(r"(?i)[a-z0-9._%+'-]+@[a-z0-9-]+(\.[a-z0-9-]+)+"));
static MESSAGE_ID: LazyLock<Regex> =
    LazyLock::new(|| pattern(r"(?im)^[>\s]*message-id\s*:\s*<([^<>\s]+)>"));

/// Reads a bounce; `None` when the mail is not one.
pub fn read(message: &Message<'_>, mail: &Mail) -> Option<Bounce> {
    let thread = || {
        mail.in_reply_to
            .clone()
            .or_else(|| mail.references.last().cloned())
    };
    let original = || {
        original_id(message)
            .or_else(|| named_id(&mail.text))
            .or_else(thread)
    };
    report(message)
        .map(|it| Bounce {
            message_id: original(),
            ..it
        })
        .or_else(|| {
            informal(mail).map(|it| Bounce {
                message_id: original(),
                ..it
            })
        })
}

/// The machine-readable part.
fn report(message: &Message<'_>) -> Option<Bounce> {
    let part = message.parts.iter().find(|part| {
        part.content_type().is_some_and(|kind| {
            kind.ctype().eq_ignore_ascii_case("message")
                && kind.subtype().is_some_and(|subtype| {
                    subtype.eq_ignore_ascii_case("delivery-status")
                        || subtype.eq_ignore_ascii_case("global-delivery-status")
                })
        })
    })?;
    let (mut recipient, mut action, mut status) = (None, None, None);
    // The first block is about the mail, each further one about a recipient.
    for block in text(&part.body).replace("\r\n", "\n").split("\n\n") {
        let fields = Headers::of(block.trim_start().as_bytes());
        let address = |name| {
            fields
                .value(name)
                .map(|it| it.split_once(';').map_or(it, |it| it.1).trim().to_owned())
        };
        if recipient.is_none() {
            recipient = address("original-recipient").or_else(|| address("final-recipient"));
            action = fields.value("action").map(str::to_lowercase);
            status = fields
                .value("status")
                .and_then(|it| it.split_whitespace().next())
                .map(str::to_owned);
        }
    }
    let failed = action.as_deref().is_none_or(|it| it.trim() == "failed");
    let delivered = action
        .as_deref()
        .is_some_and(|it| matches!(it.trim(), "delivered" | "relayed" | "expanded"));
    let permanent = failed
        && !status
            .as_deref()
            .is_some_and(|it| it.starts_with('4') && action.is_none());
    let recipient = recipient?.trim_matches(['<', '>']).to_owned();
    (!delivered).then_some(Bounce {
        recipient,
        status,
        permanent,
        message_id: None,
    })
}

fn text(body: &PartType<'_>) -> String {
    match body {
        PartType::Text(text) | PartType::Html(text) => text.to_string(),
        PartType::Binary(bytes) | PartType::InlineBinary(bytes) => {
            String::from_utf8_lossy(bytes).into_owned()
        }
        PartType::Message(message) => String::from_utf8_lossy(&message.raw_message).into_owned(),
        PartType::Multipart(_) => String::new(),
    }
}

/// A server's free text, when it sends no machine-readable part.
fn informal(mail: &Mail) -> Option<Bounce> {
    let from = mail
        .from
        .as_ref()
        .map(|it| it.address.to_lowercase())
        .unwrap_or_default();
    let server =
        from.starts_with("mailer-daemon") || from.starts_with("postmaster@") || from.is_empty();
    let subject = mail.subject.as_deref().unwrap_or_default();
    let says = SUBJECTS.is_match(subject);
    let qmail = mail.text.contains("This is the qmail-send program");
    if !(server && (says || qmail)) {
        return None;
    }
    let own: Vec<_> = mail.to.iter().map(|it| it.address.to_lowercase()).collect();
    let found = ADDRESS
        .find_iter(&mail.text)
        .map(|it| it.as_str().to_owned());
    let recipient = found
        .map(|it| it.trim_end_matches('.').to_owned())
        .find(|address| {
            !own.contains(&address.to_lowercase())
                && !address.to_lowercase().starts_with("mailer-daemon")
                && !address.to_lowercase().starts_with("postmaster")
        })?;
    let status = STATUS
        .captures(&mail.text)
        .and_then(|it| it.get(1))
        .map(|it| it.as_str().to_owned());
    let delayed =
        DELAYED.is_match(subject) || status.as_deref().is_some_and(|it| it.starts_with('4'));
    Some(Bounce {
        recipient,
        status,
        permanent: !delayed,
        message_id: None,
    })
}

/// The id of the returned mail, from the copy attached to the report.
fn original_id(message: &Message<'_>) -> Option<String> {
    message
        .parts
        .iter()
        .skip(1)
        .find_map(|part| match &part.body {
            PartType::Message(inner) => inner
                .message_id()
                .map(str::to_owned)
                .or_else(|| Headers::of(&inner.raw_message).first_id("message-id")),
            _ => {
                let headers = part
                    .content_type()
                    .is_some_and(|it| it.subtype().is_some_and(|it| it.contains("rfc822")));
                headers
                    .then(|| {
                        Headers::of(text(&part.body).trim_start().as_bytes()).first_id("message-id")
                    })
                    .flatten()
            }
        })
}

fn named_id(text: &str) -> Option<String> {
    MESSAGE_ID
        .captures(text)?
        .get(1)
        .map(|it| it.as_str().to_owned())
}

#[cfg(test)]
mod tests {
    #[test]
    fn every_pattern_compiles() {
        assert!(!super::SUBJECTS.is_empty() && !super::DELAYED.is_empty());
        let patterns = [&super::STATUS, &super::ADDRESS, &super::MESSAGE_ID];
        assert!(patterns.iter().all(|pattern| !pattern.as_str().is_empty()));
    }
}
