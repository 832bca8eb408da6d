//! A message in the reader's language, shown next to the original and never in its place.

use axum::{
    Json,
    extract::{Path, State},
};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use vigie_analyse::Analysis;
use vigie_model::{Lang, MessageId};
use vigie_respond::TranslationError;
use vigie_store::readable;

use crate::api::acting::check_sees;
use crate::{ApiResult, AppState, Problem, query::Query, session::SignedIn};

/// The language to translate into.
#[derive(Debug, Deserialize, IntoParams)]
pub struct TranslationQuery {
    pub to: Lang,
}

/// A machine translation, stored nowhere.
#[derive(Serialize, ToSchema)]
pub struct TranslationResponse {
    pub text: String,
    /// Source language, ISO 639-1.
    pub from: String,
    /// Host of the translation service.
    pub by: String,
}

/// Translates a message for its reader. Its text is sent to the configured service, and to no
/// other.
#[utoipa::path(
    get,
    path = "/api/v1/messages/{id}/translation",
    tag = "cases",
    params(("id" = MessageId, Path), TranslationQuery),
    responses(
        (status = 200, body = TranslationResponse),
        (status = 403),
        (status = 404),
        (status = 422),
        (status = 502),
    ),
)]
pub async fn translate(
    State(app): State<AppState>,
    me: SignedIn,
    Path(id): Path<MessageId>,
    Query(params): Query<TranslationQuery>,
) -> ApiResult<TranslationResponse> {
    let mut session = app.read().await?;
    let message = session.messages().find(id).await?;
    let case = session.cases().by_key(message.case_key).await?;
    check_sees(&mut session, &me, &case).await?;
    let reading = session
        .messages()
        .derived_of_case(case.key, "analysis")
        .await?
        .remove(&message.key);
    drop(session);
    let Some(translator) = &app.config.translator else {
        return Err(Problem::unprocessable(
            "translation_none",
            "no translation service is installed",
        ));
    };
    let reading = reading.and_then(|it| readable::<Analysis>(message.key, &it));
    let from = reading.map(|it| it.lang);
    let Some(from) = from.filter(|it| it != "und") else {
        return Err(Problem::unprocessable(
            "translation_lang",
            "the language of this message is not known",
        ));
    };
    app.check_rate_limit("translate", &me.person.id.to_string(), PER_MINUTE)?;
    let text = translator
        .translate(&message.text, &from, params.to.code())
        .await
        .map_err(translation_problem)?;
    Ok(Json(TranslationResponse {
        text,
        from,
        by: translator.host().to_owned(),
    }))
}

/// Messages one person may have translated per minute: enough for a long thread, read several
/// times.
const PER_MINUTE: u32 = 240;

fn translation_problem(error: TranslationError) -> Problem {
    let words = error.to_string();
    match error {
        TranslationError::Pair { .. } => Problem::unprocessable("translation_pair", words),
        TranslationError::TooLong => Problem::unprocessable("translation_long", words),
        TranslationError::Service(_) => Problem::bad_gateway("translation_service", words),
    }
}
