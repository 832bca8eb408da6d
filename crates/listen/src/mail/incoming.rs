//! Turns a mail into a message: its author, its thread, and what is stored alongside its text.

use std::collections::BTreeMap;

use vigie_model::{
    At, Channel, Emitter, IdentityProof, IncomingAuthor, IncomingMessage, MailDetails, SenderCheck,
    Visibility,
};

use super::{
    Mail,
    authentication::{AuthenticationResults, sender_check},
    parse,
};
use crate::{Refusal, StoredFile, Upload, sha256_hex};

/// The mailbox a mail came from.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct MailboxContext {
    /// The addresses the brand writes from, in lower case.
    pub own: Vec<String>,
    /// Whether this is the folder of answers sent with other programs.
    pub sent: bool,
    /// The name our own mail server signs its checks with, in lower case, or `none` when it
    /// leaves its name out; empty when no server's checks are trusted.
    pub authserv_id: String,
}

impl MailboxContext {
    /// What our own server found of a mail. It writes its header above those it received, so that
    /// the first under its name is its own (RFC 8601, section 5).
    fn checks<'a>(&self, mail: &'a Mail) -> Option<&'a AuthenticationResults> {
        match self.authserv_id.as_str() {
            "" => None,
            "none" => mail
                .authentication
                .first()
                .filter(|it| it.server.is_empty()),
            id => mail.authentication.iter().find(|it| it.server == id),
        }
    }
}

/// A mail ready for intake.
#[derive(Debug, Clone)]
pub struct ReceivedMail {
    pub mail: Mail,
    /// The message for intake.
    pub message: IncomingMessage,
    /// Its files, to be stored first.
    pub files: Vec<StoredFile>,
    /// Files left out, with the reason; the raw mail still contains them.
    pub left_out: Vec<Refusal>,
}

/// Reads a raw mail of a mailbox. `now` is the latest time at which it can have been written.
pub fn incoming(raw: &[u8], mailbox: &MailboxContext, now: At) -> ReceivedMail {
    let mail = parse(raw);
    let hash = sha256_hex(raw);
    let id = mail
        .message_id
        .clone()
        .unwrap_or_else(|| format!("raw:{hash}"));
    let mut message = IncomingMessage::new(id, mail.visible.clone());
    message.html.clone_from(&mail.html);
    message.title = mail
        .subject
        .clone()
        .map(|it| it.chars().take(2_000).collect());
    let written = mail
        .date
        .as_deref()
        .and_then(|it| At::parse_with_offset(it).ok());
    let written = written.filter(|(at, _)| *at <= now.plus_days(1) && *at >= At::from_millis(0));
    (message.at, message.at_offset) = written.map_or((None, 0), |(at, offset)| (Some(at), offset));
    let author = mail
        .reply_to
        .as_ref()
        .filter(|_| !mailbox.sent)
        .or(mail.from.as_ref());
    let shown = mail.from.as_ref().and_then(|it| it.name.clone());
    if let Some(author) = author {
        let email = Some(author.address.clone()).filter(|it| it.contains('@'));
        message.author = IncomingAuthor {
            name: shown.or(author.name.clone()),
            email,
            ..IncomingAuthor::default()
        };
    }
    let from = mail
        .from
        .as_ref()
        .map(|it| it.address.to_lowercase())
        .unwrap_or_default();
    // A site's form often writes from the brand's address, with the customer in Reply-To.
    let own = |it: &str| mailbox.own.iter().any(|own| own.eq_ignore_ascii_case(it));
    let other = mail.reply_to.as_ref().is_some_and(|it| !own(&it.address));
    // Anybody can write our address into From: only mail in our own sent folder is an answer of
    // ours.
    let ours = own(&from) && !other;
    message.emitter = match (mailbox.sent, ours) {
        (true, _) => Emitter::Brand,
        (false, true) => Emitter::Employee,
        (false, false) => Emitter::Customer,
    };
    message.visibility = Visibility::Private;
    message.channel = Some(Channel::Mail);
    let references = thread(&mail);
    message.in_reply_to = references.first().cloned();
    let details = said(&mail, references, hash, mailbox);
    // What was checked is the address in From: the one in Reply-To, when it differs, is a claim.
    let written_from = message.author.email.as_deref();
    if details.sender == SenderCheck::Passed
        && written_from.is_some_and(|address| address.eq_ignore_ascii_case(&from))
    {
        message.author.proof = IdentityProof::MailServer;
    }
    message.mail = Some(Box::new(details));
    let (files, left_out) = files(&mail);
    message.attachments = files.iter().map(|it| it.file.clone()).collect();
    ReceivedMail {
        mail,
        message,
        files,
        left_out,
    }
}

fn said(
    mail: &Mail,
    references: Vec<String>,
    raw: String,
    mailbox: &MailboxContext,
) -> MailDetails {
    let found = mailbox.checks(mail);
    let from = mail.from.as_ref().map(|it| it.address.as_str());
    let sender = found
        .zip(from)
        .map(|(found, from)| sender_check(found, from));
    let recipients = mail.to.iter().chain(&mail.cc).take(MOST_RECIPIENTS);
    MailDetails {
        references,
        reply_token: reply_token(mail),
        quoted: mail.quoted.clone(),
        signature: mail.signature.clone(),
        automatic: mail.automatic_kind.map(|it| it.code().to_owned()),
        bounce: mail.bounce.clone(),
        sender: sender.unwrap_or_default(), // default: nobody of ours checked it
        authentication: found.map(shown_checks).unwrap_or_default(), // default: likewise
        to: recipients.map(|it| it.address.clone()).collect(),
        raw,
        sent: mailbox.sent,
    }
}

/// The most recipients kept.
const MOST_RECIPIENTS: usize = 50;

/// The checks that people know by their names.
fn shown_checks(found: &AuthenticationResults) -> BTreeMap<String, String> {
    let known = |method: &str| matches!(method, "dkim" | "spf" | "dmarc");
    let checks = found.checks.iter().filter(|it| known(&it.method));
    let checks = checks.map(|it| (it.method.clone(), it.result.clone()));
    checks.collect()
}

/// The mails that a mail may answer, most reliable first: In-Reply-To, then the references
/// from last to first.
fn thread(mail: &Mail) -> Vec<String> {
    let mut ids: Vec<String> = mail.in_reply_to.iter().cloned().collect();
    for id in mail.references.iter().rev() {
        if !ids.contains(id) {
            ids.push(id.clone());
        }
    }
    ids.retain(|it| Some(it) != mail.message_id.as_ref());
    ids.truncate(50);
    ids
}

/// The reply token of a case, from the address the customer replied to (`care+c-word@…`) or
/// from the subject (`[#c-word]`).
pub fn reply_token(mail: &Mail) -> Option<String> {
    let addresses = mail.to.iter().chain(&mail.cc).map(|it| it.address.as_str());
    let addresses = addresses.chain(mail.delivered_to.iter().map(String::as_str));
    let tagged = addresses.filter_map(|address| {
        address
            .split_once('@')?
            .0
            .rsplit_once("+c-")
            .map(|(_, token)| token.to_lowercase())
    });
    let subject = mail.subject.as_deref().unwrap_or_default();
    let bracketed = subject
        .split_once("[#c-")
        .and_then(|it| it.1.split_once(']'))
        .map(|it| it.0.to_lowercase());
    tagged.chain(bracketed).find(|token| {
        token.len() >= 10
            && token.len() <= 40
            && token.bytes().all(|byte| byte.is_ascii_alphanumeric())
    })
}

fn files(mail: &Mail) -> (Vec<StoredFile>, Vec<Refusal>) {
    let (mut stored, mut left_out) = (Vec::new(), Vec::new());
    for (number, file) in (1..).zip(&mail.attachments) {
        let name = if file.name.is_empty() {
            unnamed(number, &file.media_type)
        } else {
            file.name.clone()
        };
        match (Upload {
            name,
            bytes: file.bytes.clone(),
        })
        .keep()
        {
            Ok(file) => stored.push(file),
            Err(error) => left_out.push(error),
        }
    }
    (stored, left_out)
}

/// A name for an unnamed file: its number and its stated type.
fn unnamed(number: usize, kind: &str) -> String {
    let ending = match kind {
        "message/rfc822" => "eml",
        "text/calendar" => "ics",
        "text/plain" => "txt",
        "image/jpeg" => "jpg",
        other => other.split_once('/').map_or("bin", |it| it.1),
    };
    let ending: String = ending
        .chars()
        .filter(char::is_ascii_alphanumeric)
        .take(12)
        .collect();
    format!("{number}.{ending}")
}
