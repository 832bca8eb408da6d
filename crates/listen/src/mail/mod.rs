//! `mail`: one raw mail, as any server may deliver it, becomes a [`Mail`]; nothing is lost and
//! nothing is refused.
//!
//! A library reads the structure; the code around it handles what real mail breaks: charsets,
//! thread identifiers, automatic senders, bounces. What the author wrote is separated from
//! what they quoted and from their signature.

mod addresses;
mod attribution;
mod authentication;
mod automatic;
mod body;
mod bounce;
mod html_text;
mod incoming;
mod pattern;
mod repair;
mod rtf;
mod signature;
mod split;
mod thread;
mod tnef;

use mail_parser::{DateTime, Message, MessageParser, MimeHeaders as _, PartType};
use serde::Serialize;
use vigie_model::Bounce;

pub use addresses::Address;
pub use authentication::{
    AuthenticationCheck, AuthenticationResults, read as read_authentication_results, sender_check,
};
pub use automatic::Automatic;
pub use incoming::{MailboxContext, ReceivedMail, incoming, reply_token};
pub use split::{Split, split};

/// Separates what was written from what was quoted in a fragment of HTML.
pub fn split_html(html: &str) -> Split {
    body::Body::of(String::new(), Some(html.to_owned())).split(true)
}

/// A parsed mail.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Mail {
    /// Who wrote.
    pub from: Option<Address>,
    pub to: Vec<Address>,
    /// In copy.
    pub cc: Vec<Address>,
    /// Where replies should go.
    pub reply_to: Option<Address>,
    /// Decoded.
    pub subject: Option<String>,
    /// RFC 3339 with the author's offset.
    pub date: Option<String>,
    /// Without angle brackets.
    pub message_id: Option<String>,
    pub in_reply_to: Option<String>,
    /// The mails of its thread, oldest first.
    pub references: Vec<String>,
    /// All its text, as plain text.
    pub text: String,
    /// If it has one.
    pub html: Option<String>,
    /// What the author wrote.
    pub visible: String,
    /// What they quoted, with the line that introduces it.
    pub quoted: String,
    pub signature: String,
    /// Files, including inline pictures.
    pub attachments: Vec<MailAttachment>,
    /// Whether it was not written by a person for us.
    pub automatic: bool,
    pub automatic_kind: Option<Automatic>,
    /// A mail of ours that could not be delivered.
    pub bounce: Option<Bounce>,
    /// What servers say they found of the sender, the last server first.
    pub authentication: Vec<AuthenticationResults>,
    /// The addresses it was delivered to, any of which may be one of our mailboxes.
    #[serde(skip)]
    pub delivered_to: Vec<String>,
}

/// A file attached to a mail.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct MailAttachment {
    /// Without path or control characters; empty when it has none.
    pub name: String,
    /// As declared by the sender.
    #[serde(rename = "type")]
    pub media_type: String,
    /// In bytes.
    pub size: usize,
    #[serde(skip)]
    pub bytes: Vec<u8>,
}

/// Decodes bytes of an unknown charset: UTF-8 when valid, else windows-1252.
pub fn decode(bytes: &[u8]) -> String {
    body::decode(bytes, None)
}

/// Parses a raw mail. Any bytes produce a result.
pub fn parse(raw: &[u8]) -> Mail {
    let raw = &*repair::repaired(raw);
    let Some(message) = MessageParser::default().parse(raw) else {
        let text = body::decode(raw, None);
        return Mail {
            visible: text.trim().to_owned(),
            text,
            ..Mail::default()
        };
    };
    let headers = thread::Headers::of(raw);
    let mut body = body::read(&message, raw);
    let mut attachments = files(&message);
    unwrap(&mut attachments, &mut body);
    let mut mail = Mail {
        from: addresses::first(message.from(), &headers, "from"),
        to: addresses::all(message.to()),
        cc: addresses::all(message.cc()),
        reply_to: addresses::first(message.reply_to(), &headers, "reply-to"),
        subject: subject(&message, &headers),
        date: date(&message, &headers),
        message_id: headers.first_id("message-id"),
        in_reply_to: headers.first_id("in-reply-to"),
        references: headers.ids("references"),
        attachments,
        authentication: authentication(&headers),
        delivered_to: delivered_to(&headers),
        ..Mail::default()
    };
    let is_reply = mail.in_reply_to.is_some() || !mail.references.is_empty();
    let split = body.split(is_reply);
    (mail.visible, mail.quoted, mail.signature) = (split.visible, split.quoted, split.signature);
    (mail.text, mail.html) = (body.text, body.html);
    mail.bounce = bounce::read(&message, &mail);
    mail.automatic_kind = automatic::kind(&headers, &mail);
    mail.automatic = mail.automatic_kind.is_some();
    mail
}

fn subject(message: &Message<'_>, headers: &thread::Headers) -> Option<String> {
    let read = message
        .subject()
        .map(str::to_owned)
        .filter(|it| !it.contains('\u{fffd}'));
    // Raw eight-bit headers are common; the library assumes they are UTF-8.
    read.or_else(|| {
        headers
            .value("subject")
            .filter(|it| !it.contains("=?"))
            .map(str::to_owned)
    })
    .or_else(|| message.subject().map(str::to_owned))
    .map(|it| it.trim().to_owned())
}

fn date(message: &Message<'_>, headers: &thread::Headers) -> Option<String> {
    // `GMT+1` is not a standard zone; programs that write it mean an offset of +1 hour.
    let odd = headers
        .value("date")
        .and_then(|it| it.rsplit_once("GMT+").or(it.rsplit_once("UTC+")));
    let odd = odd.and_then(|(date, hours)| {
        Some((
            date,
            hours
                .get(..2)
                .unwrap_or(hours)
                .trim_matches(':')
                .parse::<u8>()
                .ok()?,
        ))
    });
    let repaired = odd.and_then(|(date, hours)| {
        DateTime::parse_rfc822(&format!("{}+{hours:02}00", date.trim_start()))
    });
    let date = repaired
        .or_else(|| message.date().cloned())
        .filter(DateTime::is_valid)?;
    // RFC 3339 always with a numeric offset, even for UTC, so that there is one form.
    Some(date.to_rfc3339().replace('Z', "+00:00"))
}

fn files(message: &Message<'_>) -> Vec<MailAttachment> {
    let mut files = Vec::new();
    for part in message.attachments() {
        let kind = part.content_type().map(|it| match it.subtype() {
            Some(subtype) => format!("{}/{}", it.ctype(), subtype).to_lowercase(),
            None => it.ctype().to_lowercase(),
        });
        let is_message = matches!(part.body, PartType::Message(_));
        let kind = kind.filter(|it| it.contains('/'));
        let kind = kind.unwrap_or_else(|| {
            if is_message {
                "message/rfc822"
            } else {
                "application/octet-stream"
            }
            .into()
        });
        let bytes = match &part.body {
            PartType::Message(inner) => message
                .raw_message
                .get(part.raw_body_offset() as usize..part.raw_end_offset() as usize)
                .unwrap_or(&inner.raw_message)
                .to_vec(),
            _ => part.contents().to_vec(),
        };
        let named = part.attachment_name().map(str::to_owned);
        let cut = named.as_ref().is_some_and(|it| it.contains('\u{fffd}'));
        let named = if cut {
            whole_name(message, part).or(named)
        } else {
            named
        };
        let name = named.map(|it| crate::clean_name(&it)).unwrap_or_default();
        files.push(MailAttachment {
            name,
            media_type: kind,
            size: bytes.len(),
            bytes,
        });
    }
    files
}

/// Unpacks Outlook's wrapper: its files replace it, and its text is used when the mail has
/// none of its own.
fn unwrap(files: &mut Vec<MailAttachment>, body: &mut body::Body) {
    let wrapped = |file: &MailAttachment| {
        file.media_type.ends_with("ms-tnef") || file.name.eq_ignore_ascii_case("winmail.dat")
    };
    for file in std::mem::take(files) {
        let opened = if wrapped(&file) {
            tnef::open(&file.bytes)
        } else {
            None
        };
        let Some(opened) = opened else {
            files.push(file);
            continue;
        };
        if body.text.trim().is_empty() {
            *body = body::Body::of(opened.text.unwrap_or_default(), opened.html);
        }
        files.extend(opened.files);
        if !opened.whole {
            files.push(file);
        }
    }
}

/// A file name in pieces (RFC 2231) that the sender split inside a character: the pieces are
/// joined before decoding.
fn whole_name(message: &Message<'_>, part: &mail_parser::MessagePart<'_>) -> Option<String> {
    let head = message
        .raw_message
        .get(part.offset_header as usize..part.offset_body as usize)?;
    let head = String::from_utf8_lossy(head).into_owned();
    let (mut bytes, mut number) = (Vec::new(), 0);
    while number < MOST_PIECES {
        let (encoded, plain) = (format!("name*{number}*="), format!("name*{number}="));
        let (rest, percent) = match (head.split_once(&encoded), head.split_once(&plain)) {
            (Some((_, rest)), _) => (rest, true),
            (None, Some((_, rest))) => (rest, false),
            (None, None) => break,
        };
        let piece = rest
            .split([';', '\r', '\n'])
            .next()
            .unwrap_or_default()
            .trim()
            .trim_matches('"');
        let piece = if number == 0 && percent {
            piece.rsplit_once('\'').map_or(piece, |it| it.1)
        } else {
            piece
        };
        bytes.extend(if percent {
            percent_decoded(piece)
        } else {
            piece.as_bytes().to_vec()
        });
        number += 1;
    }
    (number > 0).then(|| body::decode(&bytes, None))
}

/// No name comes in more pieces, each looked for from the beginning.
const MOST_PIECES: usize = 100;

fn percent_decoded(piece: &str) -> Vec<u8> {
    let quoted: Vec<u8> = piece.replace('=', "=3D").replace('%', "=").into_bytes();
    mail_parser::decoders::quoted_printable::quoted_printable_decode(&quoted).unwrap_or(quoted)
}

fn authentication(headers: &thread::Headers) -> Vec<AuthenticationResults> {
    let values = headers.values("authentication-results");
    values
        .map(authentication::read)
        .take(MOST_SERVERS)
        .collect()
}

/// A mail passes through fewer servers that check it.
const MOST_SERVERS: usize = 20;

fn delivered_to(headers: &thread::Headers) -> Vec<String> {
    let names = ["delivered-to", "x-original-to", "envelope-to"];
    names
        .iter()
        .flat_map(|name| headers.values(name))
        .map(|it| it.trim().to_lowercase())
        .collect()
}
