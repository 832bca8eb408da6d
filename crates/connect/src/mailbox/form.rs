//! What is asked of a person about a mailbox, and what their answers let us guess of the rest.

use serde_json::{Value, json};
use vigie_wording::MailboxSentences;

use crate::{Choice, Field, FieldKind, Names, Section, SettingsForm};

/// The form of a mailbox.
pub fn form() -> SettingsForm {
    SettingsForm {
        sections: vec![
            Section::plain(identity()),
            Section::titled(words(|it| it.imap), server(&IMAP)),
            Section::titled(words(|it| it.smtp), server(&SMTP)),
            Section::plain(sign_in()),
            Section::folded(words(|it| it.more), seldom()),
            Section::plain(work()),
        ],
        named_by: Some("address"),
    }
}

fn words(of: impl Fn(&'static MailboxSentences) -> &'static str) -> Names {
    Names::of(|catalogue| of(&catalogue.mailbox))
}

fn identity() -> Vec<Field> {
    vec![
        Field::new("address", FieldKind::Email, words(|it| it.address))
            .required()
            .suggesting(),
        Field::new("name", FieldKind::Text, words(|it| it.name)).help(words(|it| it.name_help)),
    ]
}

/// The names of a server's fields and the ports it usually has.
struct ServerFields {
    host: &'static str,
    security: &'static str,
    port: &'static str,
    tls: u16,
    starttls: u16,
    plain: u16,
}

const IMAP: ServerFields = ServerFields {
    host: "imap.host",
    security: "imap.security",
    port: "imap.port",
    tls: 993,
    starttls: 143,
    plain: 143,
};

const SMTP: ServerFields = ServerFields {
    host: "smtp.host",
    security: "smtp.security",
    port: "smtp.port",
    tls: 465,
    starttls: 587,
    plain: 25,
};

fn server(of: &ServerFields) -> Vec<Field> {
    let choices = vec![
        Choice::new("tls", words(|it| it.tls)).implying(of.port, of.tls),
        Choice::new("starttls", words(|it| it.starttls)).implying(of.port, of.starttls),
        Choice::new("plain", words(|it| it.plain)).implying(of.port, of.plain),
    ];
    let ports = FieldKind::Number {
        least: 1,
        most: 65_535,
    };
    vec![
        Field::new(of.host, FieldKind::Text, words(|it| it.server)).required(),
        Field::new(
            of.security,
            FieldKind::Choice { choices },
            words(|it| it.protection),
        ),
        Field::new(of.port, ports, words(|it| it.port))
            .required()
            .initially(of.tls),
    ]
}

fn sign_in() -> Vec<Field> {
    let choices = vec![
        Choice::new("password", words(|it| it.by_password)),
        Choice::new("xoauth2", words(|it| it.by_token)),
        Choice::new("nobody", words(|it| it.by_nothing)),
    ];
    let way = FieldKind::Choice { choices };
    let mut fields = vec![
        Field::new("sign_in", way, words(|it| it.sign_in)),
        Field::new("user", FieldKind::Text, words(|it| it.user)).help(words(|it| it.user_help)),
        Field::new("password", FieldKind::Secret, words(|it| it.password))
            .required()
            .only_when("sign_in", "password"),
    ];
    fields.extend(token().map(|field| field.only_when("sign_in", "xoauth2")));
    fields
}

fn token() -> [Field; 4] {
    [
        Field::new("token_url", FieldKind::Url, words(|it| it.token_url))
            .required()
            .help(words(|it| it.token_help)),
        Field::new("client_id", FieldKind::Text, words(|it| it.client_id)).required(),
        Field::new(
            "client_secret",
            FieldKind::Secret,
            words(|it| it.client_secret),
        ),
        Field::new(
            "refresh_token",
            FieldKind::Secret,
            words(|it| it.refresh_token),
        )
        .required(),
    ]
}

fn seldom() -> Vec<Field> {
    let choices = vec![
        Choice::new("address", words(|it| it.mark_in_address)),
        Choice::new("subject", words(|it| it.mark_in_subject)),
        Choice::new("nowhere", words(|it| it.mark_nowhere)),
    ];
    vec![
        Field::new("aliases", FieldKind::List, words(|it| it.aliases))
            .help(words(|it| it.aliases_help)),
        Field::new("sent_folder", FieldKind::Text, words(|it| it.sent_folder))
            .help(words(|it| it.sent_folder_help)),
        Field::new("authserv_id", FieldKind::Text, words(|it| it.authserv_id))
            .help(words(|it| it.authserv_id_help)),
        Field::new(
            "reply_word",
            FieldKind::Choice { choices },
            words(|it| it.mark),
        ),
    ]
}

fn work() -> Vec<Field> {
    let days = FieldKind::Number {
        least: 0,
        most: 365,
    };
    vec![
        Field::new("open_days", days, words(|it| it.open_days))
            .required()
            .initially(2)
            .help(words(|it| it.open_days_help)),
        Field::new("receipt", FieldKind::Flag, words(|it| it.receipt)),
    ]
}

/// A provider, by the domains of its addresses; one that ends in a dot stands for every country.
struct Provider {
    domains: &'static [&'static str],
    imap: &'static str,
    smtp: &'static str,
    /// Where tokens are renewed, for those that take no password.
    token_url: Option<&'static str>,
    /// The name it signs its checks of senders with, where it is known.
    checks_as: Option<&'static str>,
}

impl Provider {
    fn serves(&self, domain: &str) -> bool {
        self.domains
            .iter()
            .any(|known| match known.strip_suffix('.') {
                Some(name) => domain
                    .split_once('.')
                    .is_some_and(|(first, _)| first == name),
                None => domain == *known,
            })
    }

    fn values(&self) -> Vec<(&'static str, Value)> {
        let mut values = vec![(IMAP.host, json!(self.imap)), (SMTP.host, json!(self.smtp))];
        if let Some(token_url) = self.token_url {
            values.push(("sign_in", json!("xoauth2")));
            values.push(("token_url", json!(token_url)));
        }
        values.extend(self.checks_as.map(|name| ("authserv_id", json!(name))));
        values
    }
}

const GOOGLE: &str = "https://oauth2.googleapis.com/token";
const MICROSOFT: &str = "https://login.microsoftonline.com/common/oauth2/v2.0/token";

/// The big providers, as their help pages give them.
const PROVIDERS: [Provider; 8] = [
    provider(
        &["gmail.com", "googlemail.com"],
        "imap.gmail.com",
        "smtp.gmail.com",
        Some(GOOGLE),
    )
    .checking_as("mx.google.com"),
    provider(
        &["outlook.", "hotmail.", "live."],
        "outlook.office365.com",
        "smtp.office365.com",
        Some(MICROSOFT),
    )
    .checking_as("none"),
    provider(&["orange.fr"], "imap.orange.fr", "smtp.orange.fr", None),
    provider(&["free.fr"], "imap.free.fr", "smtp.free.fr", None),
    provider(
        &["laposte.net"],
        "imap.laposte.net",
        "smtp.laposte.net",
        None,
    ),
    provider(&["sfr.fr"], "imap.sfr.fr", "smtp.sfr.fr", None),
    provider(&["gmx."], "imap.gmx.net", "mail.gmx.net", None),
    provider(&["ovh."], "ssl0.ovh.net", "ssl0.ovh.net", None),
];

const fn provider(
    domains: &'static [&'static str],
    imap: &'static str,
    smtp: &'static str,
    token_url: Option<&'static str>,
) -> Provider {
    Provider {
        domains,
        imap,
        smtp,
        token_url,
        checks_as: None,
    }
}

impl Provider {
    const fn checking_as(mut self, name: &'static str) -> Self {
        self.checks_as = Some(name);
        self
    }
}

/// What follows from the field that was just filled in, by the names of the fields: the servers of
/// an address, while none is named.
pub fn suggest(changed: &str, filled: &Value) -> Vec<(&'static str, Value)> {
    match changed {
        "address" => servers_of(filled),
        _ => Vec::new(),
    }
}

fn servers_of(filled: &Value) -> Vec<(&'static str, Value)> {
    let text = |pointer| filled.pointer(pointer).and_then(Value::as_str);
    let domain = text("/address").and_then(|address| address.trim().rsplit_once('@'));
    let named = text("/imap/host").is_some_and(|host| !host.is_empty());
    let Some((_, domain)) = domain.filter(|(_, domain)| !domain.is_empty() && !named) else {
        return Vec::new();
    };

    let domain = domain.to_lowercase();
    let mut known = PROVIDERS.iter();
    match known.find(|provider| provider.serves(&domain)) {
        Some(provider) => provider.values(),
        None => vec![
            (IMAP.host, json!(format!("imap.{domain}"))),
            (SMTP.host, json!(format!("smtp.{domain}"))),
        ],
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_tells_its_servers_while_none_is_named() {
        let of = |address: &str| suggest("address", &json!({ "address": address }));

        assert_eq!(
            of("care@halvenne.example"),
            [
                ("imap.host", json!("imap.halvenne.example")),
                ("smtp.host", json!("smtp.halvenne.example")),
            ]
        );
        assert_eq!(
            of(" Yann@GMAIL.com "),
            [
                ("imap.host", json!("imap.gmail.com")),
                ("smtp.host", json!("smtp.gmail.com")),
                ("sign_in", json!("xoauth2")),
                ("token_url", json!(GOOGLE)),
                ("authserv_id", json!("mx.google.com")),
            ]
        );
        assert_eq!(of("yann@orange.fr").len(), 2);
        for nothing in ["", "yann", "yann@"] {
            assert_eq!(of(nothing), [], "{nothing}");
        }
        let named = json!({ "address": "yann@free.fr", "imap": { "host": "mine.example" } });
        assert_eq!(suggest("address", &named), []);
    }

    #[test]
    fn a_port_follows_the_protection() {
        let form = form();
        let ports = |name| {
            let field = form.fields().find(|field| field.name == name).unwrap();
            let FieldKind::Choice { choices } = &field.kind else {
                panic!("{name} is no choice");
            };
            let implied = choices.iter().map(|choice| choice.implies.clone().unwrap());
            implied.collect::<Vec<_>>()
        };

        assert_eq!(
            ports("imap.security"),
            [993, 143, 143].map(|port| ("imap.port", json!(port)))
        );
        assert_eq!(
            ports("smtp.security"),
            [465, 587, 25].map(|port| ("smtp.port", json!(port)))
        );
        assert_eq!(suggest("name", &json!({ "address": "a@b.example" })), []);
    }
}
