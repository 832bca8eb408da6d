//! The kinds of sources there are, and what each can do: the settings page is drawn from it.

use axum::{Json, extract::State};
use serde::Serialize;
use utoipa::ToSchema;
use vigie_connect::{Connector, FieldKind, Names, Reading, Replying, SettingsForm};
use vigie_model::{Channel, SourceKind};

use crate::{ApiResult, AppState, session::SignedIn};

/// A kind of source.
#[derive(Serialize, ToSchema)]
pub struct ConnectorResponse {
    pub kind: SourceKind,
    pub name: NamesResponse,
    /// How messages come: `asked`, `written_to` or `by_colleagues`.
    #[schema(value_type = String)]
    pub reading: Reading,
    /// How answers go back: `webhook`, `mail`, `private_page`, `connector` or `none`.
    #[schema(value_type = String)]
    pub replying: Replying,
    pub channel: Channel,
    /// A page that can be embedded in a site.
    pub embeds: bool,
    /// Programs need a key to write to it.
    pub keyed: bool,
    /// It tells how much of its past is still to be read.
    pub reads_past: bool,
    /// Its settings are those of a mailbox; else `fields` are asked for.
    pub mailbox: bool,
    pub fields: Vec<FieldResponse>,
    pub limits: LimitsResponse,
}

/// A name in both languages.
#[derive(Serialize, ToSchema)]
pub struct NamesResponse {
    pub fr: &'static str,
    pub en: &'static str,
}

/// A field to fill in.
#[derive(Serialize, ToSchema)]
pub struct FieldResponse {
    /// The name in `settings`.
    pub name: &'static str,
    /// `text`, `url` or `secret`.
    #[schema(value_type = String)]
    pub kind: FieldKind,
    pub label: NamesResponse,
    pub required: bool,
}

/// How much is taken at once.
#[derive(Serialize, ToSchema)]
pub struct LimitsResponse {
    pub messages_per_batch: usize,
    pub bytes_per_message: usize,
    pub requests_per_minute: u32,
}

/// The kinds of sources that can be added.
#[utoipa::path(
    get,
    path = "/api/v1/connectors",
    tag = "sources",
    responses((status = 200, body = Vec<ConnectorResponse>)),
)]
pub async fn list(State(app): State<AppState>, _: SignedIn) -> ApiResult<Vec<ConnectorResponse>> {
    Ok(Json(app.connectors.iter().map(to_response).collect()))
}

fn to_response(connector: &dyn Connector) -> ConnectorResponse {
    let capabilities = connector.capabilities();
    let limits = connector.limits();
    let (mailbox, fields) = match connector.form() {
        SettingsForm::Mailbox => (true, Vec::new()),
        SettingsForm::Fields { fields } => (false, fields),
    };
    let fields = fields.into_iter().map(|field| FieldResponse {
        name: field.name,
        kind: field.kind,
        label: field.label.into(),
        required: field.required,
    });

    ConnectorResponse {
        kind: connector.kind(),
        name: connector.names().into(),
        reading: capabilities.reading,
        replying: capabilities.replying,
        channel: capabilities.channel,
        embeds: capabilities.embeds,
        keyed: capabilities.keyed,
        reads_past: capabilities.reads_past,
        mailbox,
        fields: fields.collect(),
        limits: LimitsResponse {
            messages_per_batch: limits.messages_per_batch,
            bytes_per_message: limits.bytes_per_message,
            requests_per_minute: limits.requests_per_minute,
        },
    }
}

impl From<Names> for NamesResponse {
    fn from(names: Names) -> Self {
        Self {
            fr: names.fr,
            en: names.en,
        }
    }
}
