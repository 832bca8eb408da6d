//! What a medium is to Vigie: one value per kind of source. Whatever differs from one kind to
//! another is said here, so that adding a kind touches its own files and one line of the registry.

use futures::future::BoxFuture;
use serde::Serialize;
use serde_json::Value;
use vigie_model::{Channel, SourceId, SourceKind};
use vigie_respond::{Replying, Sender};
use vigie_store::Source;

use crate::{Host, Names, SettingsForm};

/// A kind of source.
pub trait Connector: Send + Sync {
    /// The code kept with each source of this kind.
    fn kind(&self) -> SourceKind;

    /// What it is called, in French and in English.
    fn names(&self) -> Names;

    /// What it can do: the settings page is drawn from this and from [`Connector::form`].
    fn capabilities(&self) -> Capabilities;

    /// What a person fills in to add a source of this kind.
    fn form(&self) -> SettingsForm;

    /// The values of other fields that follow from the one just changed, by their names: the
    /// servers of an address.
    fn suggest(&self, _changed: &str, _filled: &Value) -> Vec<(&'static str, Value)> {
        Vec::new()
    }

    /// How much is taken at once.
    fn limits(&self) -> Limits;

    /// Reads what a person filled in; `before` is the source as it stands when it is changed.
    ///
    /// # Errors
    /// When something is missing or wrong: a stable code and a sentence that says what to do.
    fn configure(
        &self,
        filled: &Value,
        before: Option<&Source>,
    ) -> Result<Configured, InvalidSettings>;

    /// The address people or programs write to, below the public address of this instance.
    fn address(&self, _public: &str, _source: &Source) -> Option<String> {
        None
    }

    /// Tries the source without taking anything in.
    fn check<'a>(&'a self, host: &'a Host, source: &'a Source) -> BoxFuture<'a, Vec<Check>>;

    /// For kinds that are asked: reads until it is dropped, handing batches to the intake with the
    /// cursor they belong to. Kinds that are written to have nothing to run.
    fn run(&self, _host: Host, _source: SourceId) -> Option<BoxFuture<'static, ()>> {
        None
    }

    /// For kinds that send answers themselves.
    fn sender(&self) -> Option<std::sync::Arc<dyn Sender>> {
        None
    }
}

/// What a kind of source can do.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct Capabilities {
    /// How messages come.
    pub reading: Reading,
    /// How answers go back.
    pub replying: Replying,
    /// Where customers speak, unless the message says otherwise.
    pub channel: Channel,
    /// A page that can be embedded in a site.
    pub embeds: bool,
    /// Programs need a key to write to it.
    pub keyed: bool,
    /// It tells how much of its past is still to be read.
    pub reads_past: bool,
    /// The shop can vouch for who writes, by tokens signed with the secret of the source.
    pub takes_tokens: bool,
}

/// How messages come from a source.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Reading {
    /// It is asked, again and again.
    Polled,
    /// It is written to, by programs or by customers.
    WrittenTo,
    /// Colleagues write down what they heard.
    ByColleagues,
}

/// How much is taken at once.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct Limits {
    /// Messages of one batch.
    pub messages_per_batch: usize,
    /// Bytes of one message with its files.
    pub bytes_per_message: usize,
    /// Requests a minute, from us or to us.
    pub requests_per_minute: u32,
}

/// Settings as they are stored with a source.
#[derive(Debug, Clone, PartialEq)]
pub struct Configured {
    /// JSON that may be shown.
    pub settings: Value,
    /// What must never be shown; `None` keeps the secret there is, or makes one.
    pub secret: Option<String>,
    /// Where reading begins, for a new source that is asked; days before now.
    pub past_days: Option<i64>,
}

impl Configured {
    /// The same, with the channel customers of this source speak on unless somebody chose one.
    #[must_use]
    pub fn on(mut self, channel: Channel) -> Self {
        if let Value::Object(settings) = &mut self.settings {
            let chosen = settings.get("channel").is_some_and(|it| !it.is_null());
            if !chosen {
                settings.insert("channel".into(), channel.code().into());
            }
        }
        self
    }
}

/// Why settings are refused.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{detail}")]
pub struct InvalidSettings {
    /// A stable code the UI has words for.
    pub problem: &'static str,
    /// What to do, in a sentence.
    pub detail: String,
}

impl InvalidSettings {
    /// A refusal.
    pub fn new(problem: &'static str, detail: impl Into<String>) -> Self {
        Self {
            problem,
            detail: detail.into(),
        }
    }
}

/// One thing that was tried on a source.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Check {
    /// A stable code: `key`, `webhook`, `imap`, …
    pub what: &'static str,
    pub well: bool,
    /// What was found, or what to do.
    pub detail: String,
}

impl Check {
    /// What was found, or what went wrong.
    pub fn of(what: &'static str, tried: Result<String, String>) -> Self {
        Self {
            what,
            well: tried.is_ok(),
            detail: tried.unwrap_or_else(|error| error), // default: both are sentences
        }
    }
}
