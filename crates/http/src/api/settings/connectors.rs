//! The kinds of sources there are, and what each can do: the settings page is drawn from it.

use std::collections::BTreeMap;

use axum::{
    Json,
    extract::{Path, State},
};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use utoipa::ToSchema;
use vigie_connect::{
    Choice, Connector, Field, FieldKind, Limits, Names, Reading, Replying, Section,
};
use vigie_model::{Channel, SourceKind};

use crate::{ApiResult, AppState, Problem, body::JsonBody, session::SignedIn};

/// A kind of source.
#[derive(Serialize, ToSchema)]
pub struct ConnectorResponse {
    pub kind: SourceKind,
    pub name: NamesResponse,
    /// How messages come: `polled`, `written_to` or `by_colleagues`.
    #[schema(value_type = String)]
    pub reading: Reading,
    /// How answers go back: `webhook`, `mail`, `private_page`, `connector`,
    /// `on_the_network` or `in_person`.
    #[schema(value_type = String)]
    pub replying: Replying,
    pub channel: Channel,
    /// A page that can be embedded in a site.
    pub embeds: bool,
    /// Programs need a key to write to it.
    pub keyed: bool,
    /// It tells how much of its past is still to be read.
    pub reads_past: bool,
    /// The shop can vouch for who writes, by tokens signed with the secret of the source.
    pub takes_tokens: bool,
    /// What a person fills in, in the order of the page.
    pub sections: Vec<SectionResponse>,
    /// The field whose value names the source when nobody gave it a name.
    pub named_by: Option<&'static str>,
    pub limits: LimitsResponse,
}

/// A name in both languages.
#[derive(Serialize, ToSchema)]
pub struct NamesResponse {
    pub fr: &'static str,
    pub en: &'static str,
}

/// Fields that stand together.
#[derive(Serialize, ToSchema)]
pub struct SectionResponse {
    pub title: Option<NamesResponse>,
    /// Closed until somebody opens it.
    pub folded: bool,
    pub fields: Vec<FieldResponse>,
}

/// A field to fill in.
#[derive(Serialize, ToSchema)]
pub struct FieldResponse {
    /// The name in `settings`; a dot leads into an object.
    pub name: &'static str,
    /// `text`, `email`, `url`, `secret`, `number`, `flag`, `list` or `choice`.
    pub kind: &'static str,
    /// The values of a `choice`.
    pub choices: Vec<ChoiceResponse>,
    /// The least value of a `number`.
    pub least: Option<u32>,
    /// The greatest value of a `number`.
    pub most: Option<u32>,
    pub label: NamesResponse,
    /// A sentence below the field.
    pub help: Option<NamesResponse>,
    pub required: bool,
    /// What it holds before anybody filled it in.
    #[schema(value_type = Object)]
    pub initial: Value,
    /// It is asked for only when another field has a value.
    pub only_when: Option<ConditionResponse>,
    /// Once it is filled in, `suggestions` may know the values of others.
    pub suggests: bool,
}

/// One of several values.
#[derive(Serialize, ToSchema)]
pub struct ChoiceResponse {
    pub code: &'static str,
    pub label: NamesResponse,
    /// What another field becomes when this is chosen.
    pub implies: Option<ImplicationResponse>,
}

/// A value that another field is given.
#[derive(Serialize, ToSchema)]
pub struct ImplicationResponse {
    pub name: &'static str,
    pub value: Value,
}

/// That another field has a value.
#[derive(Serialize, ToSchema)]
pub struct ConditionResponse {
    pub name: &'static str,
    pub value: &'static str,
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

/// What is filled in so far.
#[derive(Deserialize, ToSchema)]
pub struct SuggestionsRequest {
    /// The field that was just filled in.
    pub changed: String,
    /// The settings, as they stand in the form.
    #[schema(value_type = BTreeMap<String, Value>)]
    pub settings: Value,
}

/// What follows from a field of a form: the values of others, by their names.
#[utoipa::path(
    post,
    path = "/api/v1/connectors/{kind}/suggestions",
    tag = "sources",
    params(("kind" = SourceKind, Path)),
    request_body = SuggestionsRequest,
    responses((status = 200, body = BTreeMap<String, Value>), (status = 422)),
)]
pub async fn suggest(
    State(app): State<AppState>,
    _: SignedIn,
    Path(kind): Path<SourceKind>,
    JsonBody(request): JsonBody<SuggestionsRequest>,
) -> ApiResult<BTreeMap<&'static str, Value>> {
    let connector = find(&app, kind)?;
    let suggested = connector.suggest(&request.changed, &request.settings);
    Ok(Json(suggested.into_iter().collect()))
}

/// The connector of a kind that people may add.
pub fn find(app: &AppState, kind: SourceKind) -> Result<&dyn Connector, Problem> {
    app.connectors.get(kind).ok_or_else(|| {
        Problem::unprocessable("source_kind_unknown", "there is no source of this kind")
    })
}

fn to_response(connector: &dyn Connector) -> ConnectorResponse {
    let capabilities = connector.capabilities();
    let form = connector.form();
    ConnectorResponse {
        kind: connector.kind(),
        name: connector.names().into(),
        reading: capabilities.reading,
        replying: capabilities.replying,
        channel: capabilities.channel,
        embeds: capabilities.embeds,
        keyed: capabilities.keyed,
        reads_past: capabilities.reads_past,
        takes_tokens: capabilities.takes_tokens,
        sections: form.sections.into_iter().map(Into::into).collect(),
        named_by: form.named_by,
        limits: connector.limits().into(),
    }
}

impl From<Section> for SectionResponse {
    fn from(section: Section) -> Self {
        Self {
            title: section.title.map(Into::into),
            folded: section.folded,
            fields: section.fields.into_iter().map(Into::into).collect(),
        }
    }
}

impl From<Field> for FieldResponse {
    fn from(field: Field) -> Self {
        let code = field.kind.code();
        let (choices, least, most) = match field.kind {
            FieldKind::Choice { choices } => (choices, None, None),
            FieldKind::Number { least, most } => (Vec::new(), Some(least), Some(most)),
            _ => (Vec::new(), None, None),
        };
        let condition = |(name, value)| ConditionResponse { name, value };
        Self {
            name: field.name,
            kind: code,
            choices: choices.into_iter().map(Into::into).collect(),
            least,
            most,
            label: field.label.into(),
            help: field.help.map(Into::into),
            required: field.required,
            initial: field.initial,
            only_when: field.only_when.map(condition),
            suggests: field.suggests,
        }
    }
}

impl From<Choice> for ChoiceResponse {
    fn from(choice: Choice) -> Self {
        let implication = |(name, value)| ImplicationResponse { name, value };
        Self {
            code: choice.code,
            label: choice.label.into(),
            implies: choice.implies.map(implication),
        }
    }
}

impl From<Limits> for LimitsResponse {
    fn from(limits: Limits) -> Self {
        Self {
            messages_per_batch: limits.messages_per_batch,
            bytes_per_message: limits.bytes_per_message,
            requests_per_minute: limits.requests_per_minute,
        }
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
