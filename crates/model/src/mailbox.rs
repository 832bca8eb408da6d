//! A mailbox as people set it up: where mails are read, where answers leave, under which address.

use serde::{Deserialize, Serialize};

/// How a mailbox is reached. Nothing secret is in it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct MailboxSettings {
    /// The address customers write to and answers come from.
    pub address: String,
    /// The name shown beside it; the brand's when empty.
    #[serde(default)]
    pub name: String,
    /// Other addresses that are ours.
    #[serde(default)]
    pub aliases: Vec<String>,
    /// Where mails are read.
    pub imap: MailServer,
    /// Where answers leave.
    pub smtp: MailServer,
    /// Who signs in; the address when empty.
    #[serde(default)]
    pub user: String,
    /// How.
    #[serde(default)]
    pub sign_in: SignIn,
    /// For `xoauth2`: where a token is renewed.
    #[serde(default)]
    pub token_url: String,
    /// For `xoauth2`: the application's identifier.
    #[serde(default)]
    pub client_id: String,
    /// The folder read.
    #[serde(default = "inbox")]
    pub folder: String,
    /// The folder of answers sent elsewhere; found by itself when empty.
    #[serde(default)]
    pub sent_folder: String,
    /// How a case is known again when a mail program loses the thread.
    #[serde(default)]
    pub reply_word: ReplyWord,
    /// A plain receipt to each new case.
    #[serde(default)]
    pub receipt: bool,
    /// What came in these last days before the mailbox was connected is to do; what is older is
    /// history.
    #[serde(default)]
    pub open_days: u32,
}

fn inbox() -> String {
    "INBOX".into()
}

/// A server.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct MailServer {
    /// Name or address.
    pub host: String,
    /// Port.
    pub port: u16,
    /// How the connection is protected.
    pub security: MailSecurity,
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
    /// None: only to a server on this machine or a private network.
    Plain,
}

/// How one signs in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum SignIn {
    /// A password, or an application's password.
    #[default]
    Password,
    /// A token renewed by itself (Microsoft 365, Google).
    Xoauth2,
    /// The server asks nothing.
    Nobody,
}

/// Where the private word of a case travels.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum ReplyWord {
    /// In the address: `care+c-word@example.org`.
    #[default]
    Address,
    /// In the subject: `[#c-word]`.
    Subject,
    /// Nowhere.
    Nowhere,
}

/// What a mailbox keeps to itself. It is never shown, logged or exported.
#[derive(Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct MailboxSecret {
    /// Password.
    pub password: String,
    /// For `xoauth2`: the application's secret, when it has one.
    pub client_secret: String,
    /// For `xoauth2`: what renews the token.
    pub refresh_token: String,
}

impl std::fmt::Debug for MailboxSecret {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("MailboxSecret(…)")
    }
}

impl MailboxSettings {
    /// Who signs in.
    pub fn signs_in_as(&self) -> &str {
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

    /// Where a customer's answer should come, with the private word of the case.
    pub fn answers_to(&self, word: &str) -> String {
        match (self.reply_word, self.address.rsplit_once('@')) {
            (ReplyWord::Address, Some((local, domain))) => format!("{local}+c-{word}@{domain}"),
            _ => self.address.clone(),
        }
    }

    /// Every address that is ours, lower case.
    pub fn own(&self) -> Vec<String> {
        std::iter::once(&self.address)
            .chain(&self.aliases)
            .map(|it| it.trim().to_lowercase())
            .collect()
    }
}
