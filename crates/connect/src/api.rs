//! Programs post messages, and answers are posted back to them.

use futures::future::BoxFuture;
use serde_json::Value;
use vigie_model::{Channel, SourceKind};
use vigie_store::Source;

use crate::{
    Capabilities, Check, Configured, Connector, Field, FieldKind, Host, InvalidSettings, Limits,
    Names, Reading, Replying, SettingsForm, written_to,
};

/// What one request may hold.
pub const LIMITS: Limits = Limits {
    messages_per_batch: 1_000,
    bytes_per_message: 8 * 1024 * 1024,
    requests_per_minute: 6_000,
};

/// The API that programs write to.
pub struct Api;

impl Connector for Api {
    fn kind(&self) -> SourceKind {
        SourceKind::API
    }

    fn names(&self) -> Names {
        Names::of(|words| words.sources.api)
    }

    fn capabilities(&self) -> Capabilities {
        Capabilities {
            reading: Reading::WrittenTo,
            replying: Replying::Webhook,
            channel: Channel::Site,
            embeds: false,
            keyed: true,
            reads_past: false,
            takes_tokens: true,
        }
    }

    fn form(&self) -> SettingsForm {
        let label = Names::of(|words| words.sources.webhook_url);
        SettingsForm::of(vec![Field::new("webhook_url", FieldKind::Url, label)])
    }

    fn limits(&self) -> Limits {
        LIMITS
    }

    fn configure(
        &self,
        filled: &Value,
        _before: Option<&Source>,
    ) -> Result<Configured, InvalidSettings> {
        written_to::configure(filled)
    }

    fn address(&self, public: &str, _source: &Source) -> Option<String> {
        Some(format!("{public}/api/v1/messages"))
    }

    fn check<'a>(&'a self, host: &'a Host, source: &'a Source) -> BoxFuture<'a, Vec<Check>> {
        Box::pin(async move {
            vec![
                check_key(host, source).await,
                check_webhook(host, source).await,
            ]
        })
    }
}

async fn check_key(host: &Host, source: &Source) -> Check {
    let keys = async { host.store.read().await?.api_keys().list().await };
    let tried = match keys.await {
        Err(error) => Err(error.to_string()),
        Ok(keys) => {
            let writes = keys
                .iter()
                .any(|key| key.source_key == source.key && key.revoked_at.is_none());
            match writes {
                true => Ok("a key writes to it".to_owned()),
                false => Err("no key writes to it: make one".to_owned()),
            }
        }
    };
    Check::of("key", tried)
}

async fn check_webhook(host: &Host, source: &Source) -> Check {
    let url = source.settings.get("webhook_url").and_then(Value::as_str);
    let tried = match url.filter(|url| !url.is_empty()) {
        None => Err(
            "no address for answers: colleagues can read but not answer by this source".to_owned(),
        ),
        Some(url) => {
            vigie_respond::test_webhook(host.addresses, url, &source.secret, host.store.now()).await
        }
    };
    Check::of("webhook", tried)
}
