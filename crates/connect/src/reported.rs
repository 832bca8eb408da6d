//! What colleagues write down: what they heard themselves, and public posts they saw elsewhere.

use futures::future::BoxFuture;
use serde_json::Value;
use vigie_model::{Channel, SourceKind};
use vigie_store::Source;

use crate::{
    Capabilities, Check, Configured, Connector, Host, InvalidSettings, Limits, Names, Reading,
    Replying, SettingsForm, written_to,
};

const LIMITS: Limits = Limits {
    messages_per_batch: 1,
    bytes_per_message: 24 * 1024 * 1024,
    requests_per_minute: 60,
};

const fn by_colleagues(channel: Channel, replying: Replying) -> Capabilities {
    Capabilities {
        reading: Reading::ByColleagues,
        replying,
        channel,
        embeds: false,
        keyed: false,
        reads_past: false,
        takes_tokens: false,
    }
}

/// What was heard in a shop or on the telephone.
pub struct Reports;

impl Connector for Reports {
    fn kind(&self) -> SourceKind {
        SourceKind::REPORT
    }

    fn names(&self) -> Names {
        Names::of(|words| words.sources.reports)
    }

    fn capabilities(&self) -> Capabilities {
        by_colleagues(Channel::Shop, Replying::InPerson)
    }

    fn form(&self) -> SettingsForm {
        SettingsForm::default()
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

    fn check<'a>(&'a self, _host: &'a Host, _source: &'a Source) -> BoxFuture<'a, Vec<Check>> {
        Box::pin(async { Vec::new() })
    }
}

/// A public post that somebody noticed and pasted the link of.
pub struct SeenElsewhere;

impl Connector for SeenElsewhere {
    fn kind(&self) -> SourceKind {
        SourceKind::SEEN_ELSEWHERE
    }

    fn names(&self) -> Names {
        Names::of(|words| words.sources.seen_elsewhere)
    }

    fn capabilities(&self) -> Capabilities {
        by_colleagues(Channel::Network, Replying::OnTheNetwork)
    }

    fn form(&self) -> SettingsForm {
        SettingsForm::default()
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

    fn check<'a>(&'a self, _host: &'a Host, _source: &'a Source) -> BoxFuture<'a, Vec<Check>> {
        Box::pin(async { Vec::new() })
    }
}
