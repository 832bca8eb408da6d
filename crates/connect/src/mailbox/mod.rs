//! Mailboxes: read by IMAP, answered by SMTP.

mod connection;
mod cursor;
mod fetch;
mod form;
mod read_mail;
mod reader;
mod settings;

use futures::future::BoxFuture;
use serde_json::Value;
use vigie_model::{Channel, SourceId, SourceKind};
use vigie_respond::mail;
use vigie_store::Source;

use crate::{
    Capabilities, Check, Configured, Connector, Host, InvalidSettings, Limits, Names, Reading,
    Replying, SettingsForm,
};

/// A mailbox of the brand's.
pub struct Mailbox;

impl Connector for Mailbox {
    fn kind(&self) -> SourceKind {
        SourceKind::MAIL
    }

    fn names(&self) -> Names {
        Names::of(|words| words.sources.mail)
    }

    fn capabilities(&self) -> Capabilities {
        Capabilities {
            reading: Reading::Polled,
            replying: Replying::Mail,
            channel: Channel::Mail,
            embeds: false,
            keyed: false,
            reads_past: true,
            takes_tokens: false,
        }
    }

    fn form(&self) -> SettingsForm {
        form::form()
    }

    fn suggest(&self, changed: &str, filled: &Value) -> Vec<(&'static str, Value)> {
        form::suggest(changed, filled)
    }

    fn limits(&self) -> Limits {
        Limits {
            messages_per_batch: cursor::AT_ONCE,
            bytes_per_message: fetch::LARGEST as usize,
            requests_per_minute: 60,
        }
    }

    fn configure(
        &self,
        filled: &Value,
        before: Option<&Source>,
    ) -> Result<Configured, InvalidSettings> {
        settings::configure(filled, before)
    }

    fn check<'a>(&'a self, host: &'a Host, source: &'a Source) -> BoxFuture<'a, Vec<Check>> {
        Box::pin(check(host, source))
    }

    fn run(&self, host: Host, source: SourceId) -> Option<BoxFuture<'static, ()>> {
        Some(Box::pin(reader::run_forever(host, source)))
    }
}

/// Tries to read and to write by the mailbox.
async fn check(host: &Host, source: &Source) -> Vec<Check> {
    let settings = match mail::settings_of(source) {
        Ok(settings) => settings,
        Err(error) => return vec![Check::of("imap", Err(error))],
    };
    let password = async {
        let client =
            vigie_respond::guarded_client(host.addresses).map_err(|err| err.to_string())?;
        mail::password(&client, &settings, source).await
    };
    let password = match password.await {
        Ok(password) => password,
        Err(error) => return vec![Check::of("token", Err(error))],
    };

    let read = connection::test(&settings, &password).await;
    let read = read.map(|mails| format!("mails can be read: {mails} in {}", settings.folder));
    let sent = mail::test(&settings, &password).await;
    let sent = sent.map(|()| "answers can leave".to_owned());
    vec![Check::of("imap", read), Check::of("smtp", sent)]
}
