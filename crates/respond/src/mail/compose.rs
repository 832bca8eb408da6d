//! Composes a mail as common mail programs thread and show it: plain text and HTML, the
//! answered text quoted below, ids in order.

use askama::Template;
use lettre::{
    Address,
    message::{Mailbox, MessageBuilder, MultiPart, header},
};
use vigie_model::{At, Lang, MailboxSettings, ReplyTokenPlacement};
use vigie_store::SystemMail;
use vigie_wording::catalogue;

use super::parse_address;

/// Everything a mail is made of.
#[derive(Debug, Clone)]
pub struct OutgoingMail {
    /// Without angle brackets.
    pub id: String,
    /// Name of the person who answers, shown with the address.
    pub person: String,
    pub brand: String,
    /// To whom.
    pub to: String,
    pub to_name: Option<String>,
    /// Subject of the thread.
    pub subject: String,
    pub text: String,
    /// Language of the customer.
    pub lang: Lang,
    pub at: At,
    /// The reply token of the case.
    pub reply_token: String,
    /// Ids of the thread, oldest first; the last one is answered.
    pub thread: Vec<String>,
    /// What is answered.
    pub quoted: Option<Quotation>,
    /// A receipt that no person wrote: its headers say so, so that no program answers it.
    pub automatic: bool,
}

/// The message that is answered, as it stands below the answer.
#[derive(Debug, Clone)]
pub struct Quotation {
    pub who: String,
    /// When it was written, in the language of the mail.
    pub moment: String,
    pub text: String,
}

/// From, to, and the raw mail.
pub type ComposedMail = (Address, Address, Vec<u8>);

/// Composes the raw mail, with its sender and recipient. Fails when an address is invalid.
pub fn compose(mailbox: &MailboxSettings, letter: &OutgoingMail) -> Result<ComposedMail, String> {
    composed(mailbox, letter, None)
}

fn composed(
    mailbox: &MailboxSettings,
    letter: &OutgoingMail,
    list: Option<ListId>,
) -> Result<ComposedMail, String> {
    let from = parse_address(&mailbox.address)?;
    let to = parse_address(&letter.to)?;
    let brand_name = if mailbox.name.is_empty() {
        &letter.brand
    } else {
        &mailbox.name
    };
    let display_name = if letter.person.is_empty() {
        brand_name.clone()
    } else {
        format!("{} - {brand_name}", letter.person)
    };
    let reply_to = parse_address(&mailbox.reply_address(&letter.reply_token))?;
    let bracketed = |id: &String| format!("<{id}>");
    let mut builder = MessageBuilder::new()
        .from(Mailbox::new(Some(one_line(&display_name)), from.clone()))
        .to(Mailbox::new(
            letter.to_name.as_deref().map(one_line),
            to.clone(),
        ))
        .subject(subject(mailbox, letter))
        .date(
            std::time::UNIX_EPOCH
                + std::time::Duration::from_millis(u64::try_from(letter.at.millis()).unwrap_or(0)),
        )
        .message_id(Some(bracketed(&letter.id)));
    if reply_to != from {
        builder = builder.reply_to(Mailbox::new(Some(one_line(brand_name)), reply_to));
    }
    if let Some(answered) = letter.thread.last() {
        let references: Vec<_> = letter.thread.iter().map(bracketed).collect();
        builder = builder
            .in_reply_to(bracketed(answered))
            .references(references.join(" "));
    }
    if letter.automatic {
        builder = builder.header(AutoSubmitted).header(NoAnswer);
    }
    if let Some(list) = list {
        builder = builder.header(list);
    }
    let message = builder
        .header(header::MIME_VERSION_1_0)
        .multipart(MultiPart::alternative_plain_html(
            plain(letter),
            html(letter)?,
        ))
        .map_err(|err| format!("the mail cannot be composed: {err}"))?;
    Ok((from, to, message.formatted()))
}

/// Composes a mail of Vigie's own: plain text, no thread, no reply expected.
pub fn compose_plain(
    mailbox: &MailboxSettings,
    brand: &str,
    letter: &SystemMail,
    id: &str,
    at: At,
) -> Result<ComposedMail, String> {
    let whole = OutgoingMail {
        id: format!("{id}@{}", mailbox.domain()),
        person: String::new(),
        brand: brand.to_owned(),
        to: letter.to_email.clone(),
        to_name: Some(letter.to_name.clone()).filter(|name| !name.is_empty()),
        subject: letter.subject.clone(),
        text: letter.text.clone(),
        lang: letter.lang,
        at,
        reply_token: String::new(),
        thread: Vec::new(),
        quoted: None,
        automatic: true,
    };
    // Who gets many of these mails can filter them with one rule (RFC 2919).
    let list = letter.list.as_ref();
    let list = list.map(|list| ListId(format!("{brand} <{list}.{}>", mailbox.domain())));
    let silent = MailboxSettings {
        reply_token_in: ReplyTokenPlacement::Nowhere,
        ..mailbox.clone()
    };
    composed(&silent, &whole, list)
}

/// What a header may say: a name or subject that somebody else wrote, without what would break it.
fn one_line(text: &str) -> String {
    let shown = text
        .chars()
        .map(|it| if it.is_control() { ' ' } else { it });
    shown.collect::<String>().trim().to_owned()
}

fn subject(mailbox: &MailboxSettings, letter: &OutgoingMail) -> String {
    let bare = one_line(&letter.subject);
    let answered =
        !letter.thread.is_empty() && !bare.to_lowercase().starts_with("re:") && !letter.automatic;
    let mut subject = if answered {
        format!("Re: {}", bare.trim())
    } else {
        bare.trim().to_owned()
    };
    let marked = format!("[#c-{}]", letter.reply_token);
    if mailbox.reply_token_in == ReplyTokenPlacement::Subject && !subject.contains(&marked) {
        subject = format!("{subject} {marked}");
    }
    subject
}

/// The sentence above the quoted text, as mail programs write it in that language.
fn attribution(quoted: &Quotation, lang: Lang) -> String {
    let Quotation { who, moment, .. } = quoted;
    catalogue(lang).mail.attribution(moment, who)
}

fn plain(letter: &OutgoingMail) -> String {
    let mut text = letter.text.trim_end().to_owned();
    if let Some(quoted) = &letter.quoted {
        text.push_str("\n\n");
        text.push_str(&attribution(quoted, letter.lang));
        for line in quoted.text.lines() {
            text.push_str("\n> ");
            text.push_str(line);
        }
    }
    text.push('\n');
    text
}

/// The same for programs that show HTML.
#[derive(Template)]
#[template(path = "mail.html")]
struct HtmlMail<'a> {
    lang: Lang,
    lines: Vec<&'a str>,
    quoted: Option<QuotedMessage<'a>>,
}

struct QuotedMessage<'a> {
    attribution: String,
    lines: Vec<&'a str>,
}

fn html(letter: &OutgoingMail) -> Result<String, String> {
    let quoted = letter.quoted.as_ref();
    let page = HtmlMail {
        lang: letter.lang,
        lines: letter.text.trim_end().lines().collect(),
        quoted: quoted.map(|quoted| QuotedMessage {
            attribution: attribution(quoted, letter.lang),
            lines: quoted.text.lines().collect(),
        }),
    };
    page.render()
        .map_err(|err| format!("the mail cannot be composed: {err}"))
}

macro_rules! fixed_header {
    ($type:ident, $name:literal, $value:literal) => {
        #[derive(Clone, Copy)]
        struct $type;
        impl header::Header for $type {
            fn name() -> header::HeaderName {
                header::HeaderName::new_from_ascii_str($name)
            }
            fn parse(_: &str) -> Result<Self, Box<dyn std::error::Error + Send + Sync>> {
                Ok(Self)
            }
            fn display(&self) -> header::HeaderValue {
                header::HeaderValue::new(Self::name(), $value.to_owned())
            }
        }
    };
}
// RFC 3834, and its Exchange equivalent: no auto-responder answers a receipt.
fixed_header!(AutoSubmitted, "Auto-Submitted", "auto-replied");
fixed_header!(NoAnswer, "X-Auto-Response-Suppress", "All");

/// The list that a mail from Vigie belongs to.
#[derive(Clone)]
struct ListId(String);

impl header::Header for ListId {
    fn name() -> header::HeaderName {
        header::HeaderName::new_from_ascii_str("List-Id")
    }

    fn parse(text: &str) -> Result<Self, Box<dyn std::error::Error + Send + Sync>> {
        Ok(Self(text.to_owned()))
    }

    fn display(&self) -> header::HeaderValue {
        header::HeaderValue::new(Self::name(), self.0.replace(['\r', '\n'], " "))
    }
}

#[cfg(test)]
mod tests {
    use vigie_model::{MailSecurity, MailServer};

    use super::*;

    fn mailbox(reply_token_in: ReplyTokenPlacement) -> MailboxSettings {
        let server = MailServer {
            host: "h".into(),
            port: 1,
            security: MailSecurity::Plain,
        };
        let read =
            serde_json::json!({"address": "service@h.example", "imap": server, "smtp": server});
        MailboxSettings {
            reply_token_in,
            ..serde_json::from_value(read).unwrap()
        }
    }

    fn letter() -> OutgoingMail {
        OutgoingMail {
            id: "new@h.example".into(),
            person: "Claire Morvan".into(),
            brand: "Halvenne".into(),
            to: "jeanne@mail.example".into(),
            to_name: Some("Jeanne Éluard".into()),
            subject: "Colis perdu".into(),
            text: "Bonjour,\n<b>il arrive</b> demain.\n\nClaire".into(),
            lang: Lang::Fr,
            at: "2026-11-17T09:00:00Z".parse().unwrap(),
            reply_token: "12xabcdefabcdefabcd".into(),
            thread: vec!["a@x".into(), "b@x".into()],
            quoted: Some(Quotation {
                who: "Jeanne".into(),
                moment: "lundi 16 novembre 2026 à 10 h 00".into(),
                text: "Où est-il ?".into(),
            }),
            automatic: false,
        }
    }

    #[test]
    fn a_mail_threads_and_never_runs_what_people_type() {
        let (from, to, raw) = compose(&mailbox(ReplyTokenPlacement::Address), &letter()).unwrap();
        let raw = String::from_utf8(raw).unwrap();
        assert_eq!(
            (from.to_string().as_str(), to.to_string().as_str()),
            ("service@h.example", "jeanne@mail.example")
        );
        for header in [
            "In-Reply-To: <b@x>",
            "References: <a@x> <b@x>",
            "Message-ID: <new@h.example>",
            "Subject: Re: Colis perdu",
            "service+c-12xabcdefabcdefabcd@h.example",
        ] {
            assert!(raw.contains(header), "{header} in {raw}");
        }
        let html = raw.split_once("text/html").unwrap().1;
        assert!(
            !raw.contains("List-Id")
                && !raw.contains("Auto-Submitted")
                && !html.contains("<b>il")
                && html.contains("&#60;b&#62;il")
        );
    }

    #[test]
    fn a_line_break_in_a_name_or_a_subject_makes_no_header() {
        let letter = OutgoingMail {
            subject: "Colis\r\nBcc: evil@x.example".into(),
            person: "Claire\nBcc: evil@x.example".into(),
            brand: "Halvenne\0\r".into(),
            to_name: Some("Jean\r\nBcc: evil@x.example".into()),
            ..letter()
        };
        let (.., raw) = compose(&mailbox(ReplyTokenPlacement::Subject), &letter).unwrap();
        let raw = String::from_utf8(raw).unwrap();
        assert!(!raw.contains("\nBcc:") && raw.contains("[#c-12xabcdefabcdefabcd]"));
    }
}
