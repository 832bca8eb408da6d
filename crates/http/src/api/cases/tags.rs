//! Tags, and putting them on cases.

use std::collections::HashMap;

use axum::{
    Json,
    extract::{Path, State},
};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use vigie_model::{CaseId, TagId, TagKey};
use vigie_store::{Tag, TagCount, TagRef};

use crate::api::{DoneResponse, acting::begin, done};
use crate::{ApiResult, AppState, body::JsonBody, session::SignedIn};

/// A tag.
#[derive(Serialize, ToSchema)]
pub struct TagResponse {
    pub id: TagId,
    pub name: String,
    /// An archived tag is no longer offered.
    pub archived: bool,
    /// Number of cases with it.
    pub cases: i64,
    /// Of these, cases not closed.
    pub open_cases: i64,
}

fn to_response(it: Tag, counts: &HashMap<TagKey, TagCount>) -> TagResponse {
    let TagCount { cases, open_cases } = counts.get(&it.key).copied().unwrap_or_default();
    TagResponse {
        id: it.id,
        name: it.name,
        archived: it.archived,
        cases,
        open_cases,
    }
}

/// A tag of a case.
#[derive(Debug, Serialize, ToSchema)]
pub struct TagSummary {
    pub id: TagId,
    pub name: String,
}

impl From<TagRef> for TagSummary {
    fn from(it: TagRef) -> Self {
        Self {
            id: it.id,
            name: it.name,
        }
    }
}

/// Every tag by name, including archived ones.
#[utoipa::path(
    get,
    path = "/api/v1/tags",
    tag = "tags",
    responses((status = 200, body = Vec<TagResponse>)),
)]
pub async fn list(State(app): State<AppState>, _: SignedIn) -> ApiResult<Vec<TagResponse>> {
    let mut session = app.read().await?;
    let counts = session.tags().counts().await?;
    Ok(Json(
        session
            .tags()
            .list()
            .await?
            .into_iter()
            .map(|it| to_response(it, &counts))
            .collect(),
    ))
}

/// A new tag.
#[derive(Deserialize, ToSchema)]
pub struct TagRequest {
    /// 1 to 40 letters; two spellings that differ by case or accents are one tag.
    pub name: String,
}

/// Creates a tag; returns the existing one with that name, if any.
#[utoipa::path(post, path = "/api/v1/tags", tag = "tags", request_body = TagRequest,
    responses((status = 200, body = TagResponse), (status = 422)))]
pub async fn make(
    State(app): State<AppState>,
    me: SignedIn,
    JsonBody(request): JsonBody<TagRequest>,
) -> ApiResult<TagResponse> {
    let mut write = app.store.write(me.actor()).await?;
    let tag = vigie_desk::make_tag(&mut write, &request.name).await?;
    write.commit().await?;
    let counts = app.read().await?.tags().counts().await?;
    Ok(Json(to_response(tag, &counts)))
}

/// The changes to a tag; absent fields stay unchanged.
#[derive(Deserialize, ToSchema)]
pub struct UpdateTagRequest {
    /// Applies to every case with the tag.
    pub name: Option<String>,
    pub archived: Option<bool>,
}

/// Changes a tag.
#[utoipa::path(
    patch,
    path = "/api/v1/tags/{id}",
    tag = "tags",
    params(("id" = TagId, Path)),
    request_body = UpdateTagRequest,
    responses((status = 200, body = DoneResponse), (status = 409), (status = 422)),
)]
pub async fn change(
    State(app): State<AppState>,
    me: SignedIn,
    Path(id): Path<TagId>,
    JsonBody(request): JsonBody<UpdateTagRequest>,
) -> ApiResult<DoneResponse> {
    let mut write = app.store.write(me.actor()).await?;
    vigie_desk::change_tag(&mut write, id, request.name.as_deref(), request.archived).await?;
    write.commit().await?;
    Ok(done())
}

/// Puts a tag on a case.
#[utoipa::path(
    put,
    path = "/api/v1/cases/{id}/tags/{tag}",
    tag = "acts",
    params(("id" = CaseId, Path), ("tag" = TagId, Path)),
    responses((status = 200, body = DoneResponse)),
)]
pub async fn put(
    State(app): State<AppState>,
    me: SignedIn,
    Path((id, tag)): Path<(CaseId, TagId)>,
) -> ApiResult<DoneResponse> {
    let mut write = begin(&app, &me, id).await?;
    vigie_desk::put_tag(&mut write, id, tag).await?;
    write.commit().await?;
    Ok(done())
}

/// Removes a tag from a case.
#[utoipa::path(
    delete,
    path = "/api/v1/cases/{id}/tags/{tag}",
    tag = "acts",
    params(("id" = CaseId, Path), ("tag" = TagId, Path)),
    responses((status = 200, body = DoneResponse)),
)]
pub async fn take(
    State(app): State<AppState>,
    me: SignedIn,
    Path((id, tag)): Path<(CaseId, TagId)>,
) -> ApiResult<DoneResponse> {
    let mut write = begin(&app, &me, id).await?;
    vigie_desk::take_tag(&mut write, id, tag).await?;
    write.commit().await?;
    Ok(done())
}
