//! A mailbox's settings: where mail is read, where answers are sent, and under which address.

use serde::{Deserialize, Serialize};

/// How a mailbox is reached. It holds nothing secret.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct MailboxSettings {
    /// The address customers write to and answers come from.
    pub address: String,
    /// The name shown with the address; the brand's when empty.
    #[serde(default)]
    pub name: String,
    /// Other addresses of the brand.
    #[serde(default)]
    pub aliases: Vec<String>,
    /// The server mail is read from.
    pub imap: MailServer,
    /// The server answers are sent through.
    pub smtp: MailServer,
    /// User name; the address when empty.
    #[serde(default)]
    pub user: String,
    #[serde(default)]
    pub sign_in: MailAuth,
    /// For `xoauth2`: the URL where tokens are renewed.
    #[serde(default)]
    pub token_url: String,
    /// For `xoauth2`: the application's identifier.
    #[serde(default)]
    pub client_id: String,
    /// The folder mail is read from.
    #[serde(default = "inbox")]
    pub folder: String,
    /// The folder of answers sent with other programs; detected when empty.
    #[serde(default)]
    pub sent_folder: String,
    /// The name our own mail server signs its checks of senders with, its `authserv-id`; `none`
    /// for one that leaves its name out, as Microsoft 365 does. Nothing is checked when empty.
    #[serde(default)]
    pub authserv_id: String,
    /// How a reply is matched to its case when a mail program loses the thread.
    #[serde(default, rename = "reply_word")]
    pub reply_token_in: ReplyTokenPlacement,
    /// Whether each new case gets a plain automatic acknowledgement.
    #[serde(default)]
    pub receipt: bool,
    /// Mail received up to this many days before the mailbox was connected needs handling; older
    /// mail is history.
    #[serde(default)]
    pub open_days: u32,
}

fn inbox() -> String {
    "INBOX".into()
}

/// A mail server.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct MailServer {
    /// Host name or IP address.
    pub host: String,
    pub port: u16,
    pub security: MailSecurity,
}

impl MailServer {
    /// What is said of a server of the private network that is not reached, whatever the reason:
    /// a closed port and another program behind it read the same.
    pub fn unreachable(&self) -> String {
        let Self { host, port, .. } = self;
        format!(
            "no mail server answers at {host}:{port} with this protection and a certificate this \
            machine trusts: check its name, its port and its protection"
        )
    }
}

/// How a connection is protected.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum MailSecurity {
    /// TLS from the first byte.
    #[default]
    Tls,
    /// TLS after a plain greeting.
    Starttls,
    /// No encryption: only for a server on this machine or a private network.
    Plain,
}

/// How to sign in to a mail server.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum MailAuth {
    /// A password, or an application password.
    #[default]
    Password,
    /// A token renewed automatically (Microsoft 365, Google).
    Xoauth2,
    /// The server requires no sign-in.
    Nobody,
}

/// Where the reply token of a case is written in a mail.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum ReplyTokenPlacement {
    /// In the address: `care+c-word@example.org`.
    #[default]
    Address,
    /// In the subject: `[#c-word]`.
    Subject,
    Nowhere,
}

/// The secrets of a mailbox. They are never shown, logged or exported.
#[derive(Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct MailboxSecret {
    pub password: String,
    /// For `xoauth2`: the application's secret, if it has one.
    pub client_secret: String,
    /// For `xoauth2`: the token that renews access tokens.
    pub refresh_token: String,
}

impl std::fmt::Debug for MailboxSecret {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("MailboxSecret(…)")
    }
}

impl MailboxSettings {
    /// The user name to sign in with.
    pub fn login(&self) -> &str {
        if self.user.is_empty() {
            &self.address
        } else {
            &self.user
        }
    }

    /// The domain of the address.
    pub fn domain(&self) -> &str {
        self.address.rsplit_once('@').map_or("localhost", |it| it.1)
    }

    /// The address a customer's reply should go to, with the case's reply token.
    pub fn reply_address(&self, token: &str) -> String {
        match (self.reply_token_in, self.address.rsplit_once('@')) {
            (ReplyTokenPlacement::Address, Some((local, domain))) => {
                format!("{local}+c-{token}@{domain}")
            }
            _ => self.address.clone(),
        }
    }

    /// Every address of the brand, in lower case.
    pub fn own(&self) -> Vec<String> {
        std::iter::once(&self.address)
            .chain(&self.aliases)
            .map(|it| it.trim().to_lowercase())
            .collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn mailbox() -> MailboxSettings {
        let server = r#"{"host": "mail.example", "port": 993, "security": "tls"}"#;
        let json = format!(
            r#"{{"address": "Care@halvenne.example", "aliases": ["Contact@halvenne.example"],
                "imap": {server}, "smtp": {server}}}"#
        );
        serde_json::from_str(&json).unwrap()
    }

    #[test]
    fn a_mailbox_is_its_address_unless_it_says_otherwise() {
        let mailbox = mailbox();
        assert_eq!(mailbox.folder, "INBOX");
        assert_eq!(mailbox.login(), "Care@halvenne.example");
        assert_eq!(mailbox.domain(), "halvenne.example");
        assert_eq!(
            mailbox.own(),
            ["care@halvenne.example", "contact@halvenne.example"]
        );
        let named = MailboxSettings {
            user: "halvenne".into(),
            ..mailbox
        };
        assert_eq!(named.login(), "halvenne");
    }

    #[test]
    fn a_reply_comes_back_with_the_token_where_it_was_asked_to_be() {
        let mailbox = mailbox();
        let tagged = mailbox.reply_address("abc");
        assert_eq!(tagged, "Care+c-abc@halvenne.example");
        for place in [ReplyTokenPlacement::Subject, ReplyTokenPlacement::Nowhere] {
            let mailbox = MailboxSettings {
                reply_token_in: place,
                ..mailbox.clone()
            };
            assert_eq!(mailbox.reply_address("abc"), "Care@halvenne.example");
        }
    }

    #[test]
    fn secrets_are_not_shown() {
        let secret = MailboxSecret {
            password: "lookout".into(),
            ..MailboxSecret::default()
        };
        assert_eq!(format!("{secret:?}"), "MailboxSecret(…)");
    }
}
