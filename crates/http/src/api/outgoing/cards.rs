//! Answer cards: list, create, change, archive.

use axum::{
    Json,
    extract::{Path, State},
};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use vigie_model::{Act, AnswerCardId, At, PersonId};

use crate::api::{DoneResponse, acting::setting_fact, done};
use crate::{ApiResult, AppState, Problem, body::JsonBody, session::SignedIn};

/// An answer card.
#[derive(Serialize, ToSchema)]
pub struct AnswerCardResponse {
    pub id: AnswerCardId,
    pub title: String,
    /// In French; `{customer}`, `{number}` and `{me}` are filled in.
    pub text_fr: String,
    /// In English, with the same placeholders.
    pub text_en: String,
    pub owner: PersonId,
    pub owner_name: String,
    /// Not to be used after this instant.
    pub expires_at: At,
    /// Past that date.
    pub expired: bool,
}

/// Every card.
#[utoipa::path(
    get,
    path = "/api/v1/cards",
    tag = "cards",
    responses((status = 200, body = Vec<AnswerCardResponse>)),
)]
pub async fn list(State(app): State<AppState>, _: SignedIn) -> ApiResult<Vec<AnswerCardResponse>> {
    let now = app.store.now();
    let cards = app
        .read()
        .await?
        .answer_cards()
        .list()
        .await?
        .into_iter()
        .map(|it| AnswerCardResponse {
            id: it.id,
            title: it.title,
            text_fr: it.text_fr,
            text_en: it.text_en,
            owner: it.owner,
            owner_name: it.owner_name,
            expires_at: it.expires_at,
            expired: it.expires_at <= now,
        });
    Ok(Json(cards.collect()))
}

/// A card's content.
#[derive(Deserialize, ToSchema)]
pub struct AnswerCardRequest {
    pub title: String,
    pub text_fr: String,
    /// In English, with the same placeholders.
    pub text_en: String,
    pub owner: PersonId,
    /// Not to be used after this instant.
    pub expires_at: At,
}

impl AnswerCardRequest {
    fn check(&self) -> Result<(), Problem> {
        let both = !self.text_fr.trim().is_empty() && !self.text_en.trim().is_empty();
        let clean = ![&self.title, &self.text_fr, &self.text_en]
            .iter()
            .any(|it| it.contains('\0'));
        if self.title.trim().is_empty() || !both || !clean {
            return Err(Problem::unprocessable(
                "card_incomplete",
                "a card needs a title and its words in both languages",
            ));
        }
        Ok(())
    }
}

/// Creates a card.
#[utoipa::path(
    post,
    path = "/api/v1/cards",
    tag = "cards",
    request_body = AnswerCardRequest,
    responses((status = 200, body = DoneResponse), (status = 422)),
)]
pub async fn make(
    State(app): State<AppState>,
    me: SignedIn,
    JsonBody(request): JsonBody<AnswerCardRequest>,
) -> ApiResult<DoneResponse> {
    request.check()?;
    let mut write = app.store.write(me.actor()).await?;
    let owner = write.people().find(request.owner).await?.key;
    let brand = write
        .brands()
        .list()
        .await?
        .first()
        .map(|it| it.key)
        .ok_or_else(|| Problem::not_found("brand"))?;
    let title = request.title.trim();
    let id = write
        .answer_cards()
        .insert(
            brand,
            title,
            &request.text_fr,
            &request.text_en,
            owner,
            request.expires_at,
        )
        .await?;
    write.fact(setting_fact(Act::CardChanged, "card", id.0));
    write.commit().await?;
    Ok(done())
}

/// Changes a card.
#[utoipa::path(
    put,
    path = "/api/v1/cards/{id}",
    tag = "cards",
    params(("id" = AnswerCardId, Path)),
    request_body = AnswerCardRequest,
    responses((status = 200, body = DoneResponse), (status = 422)),
)]
pub async fn change(
    State(app): State<AppState>,
    me: SignedIn,
    Path(id): Path<AnswerCardId>,
    JsonBody(request): JsonBody<AnswerCardRequest>,
) -> ApiResult<DoneResponse> {
    request.check()?;
    let mut write = app.store.write(me.actor()).await?;
    let mut card = write.answer_cards().find(id).await?;
    card.owner_key = write.people().find(request.owner).await?.key;
    card.title = request.title.trim().to_owned();
    (card.text_fr, card.text_en, card.expires_at) =
        (request.text_fr, request.text_en, request.expires_at);
    write.answer_cards().save(&card).await?;
    write.fact(setting_fact(Act::CardChanged, "card", id.0));
    write.commit().await?;
    Ok(done())
}

/// Archives a card.
#[utoipa::path(
    delete,
    path = "/api/v1/cards/{id}",
    tag = "cards",
    params(("id" = AnswerCardId, Path)),
    responses((status = 200, body = DoneResponse)),
)]
pub async fn archive(
    State(app): State<AppState>,
    me: SignedIn,
    Path(id): Path<AnswerCardId>,
) -> ApiResult<DoneResponse> {
    let mut write = app.store.write(me.actor()).await?;
    let card = write.answer_cards().find(id).await?;
    write.answer_cards().archive(card.key, true).await?;
    write.fact(setting_fact(Act::CardChanged, "card", id.0).code("state", "archived"));
    write.commit().await?;
    Ok(done())
}

/// Restores an archived card.
#[utoipa::path(
    put,
    path = "/api/v1/cards/{id}/use",
    tag = "cards",
    params(("id" = AnswerCardId, Path)),
    responses((status = 200, body = DoneResponse)),
)]
pub async fn restore(
    State(app): State<AppState>,
    me: SignedIn,
    Path(id): Path<AnswerCardId>,
) -> ApiResult<DoneResponse> {
    let mut write = app.store.write(me.actor()).await?;
    let card = write.answer_cards().find(id).await?;
    write.answer_cards().archive(card.key, false).await?;
    write.fact(setting_fact(Act::CardChanged, "card", id.0).code("state", "in_use"));
    write.commit().await?;
    Ok(done())
}
