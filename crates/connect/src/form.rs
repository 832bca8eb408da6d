//! A page of ours where customers write; they read the answers on a private page.

use futures::future::BoxFuture;
use serde_json::Value;
use vigie_model::{Channel, SourceKind};
use vigie_store::Source;

use crate::{
    Capabilities, Check, Configured, Connector, Host, InvalidSettings, Limits, Names, Reading,
    Replying, SettingsForm, written_to,
};

/// The hosted form.
pub struct Form;

impl Connector for Form {
    fn kind(&self) -> SourceKind {
        SourceKind::FORM
    }

    fn names(&self) -> Names {
        Names::of(|words| words.sources.form)
    }

    fn capabilities(&self) -> Capabilities {
        Capabilities {
            reading: Reading::WrittenTo,
            replying: Replying::PrivatePage,
            channel: Channel::Form,
            embeds: true,
            keyed: false,
            reads_past: false,
            takes_tokens: true,
        }
    }

    fn form(&self) -> SettingsForm {
        SettingsForm::default()
    }

    fn limits(&self) -> Limits {
        Limits {
            messages_per_batch: 1,
            bytes_per_message: 24 * 1024 * 1024,
            requests_per_minute: 6,
        }
    }

    fn configure(
        &self,
        filled: &Value,
        _before: Option<&Source>,
    ) -> Result<Configured, InvalidSettings> {
        written_to::configure(filled)
    }

    fn address(&self, public: &str, source: &Source) -> Option<String> {
        Some(format!("{public}/f/{}", source.code))
    }

    fn check<'a>(&'a self, _host: &'a Host, _source: &'a Source) -> BoxFuture<'a, Vec<Check>> {
        Box::pin(async { Vec::new() })
    }
}
