//! Tags, and putting them on cases.

use std::collections::HashMap;

use axum::{
    Json,
    extract::{Path, State},
};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use vigie_model::{CaseId, TagId};
use vigie_store::{Tag, TagCount, TagNamed};

use super::{Done, acts::begin, done};
use crate::{Answer, App, body::Asked, session::SignedIn};

/// A tag.
#[derive(Serialize, ToSchema)]
pub struct TagShown {
    pub id: TagId,
    pub name: String,
    /// An archived tag is no longer offered.
    pub archived: bool,
    /// Number of cases with it.
    pub cases: i64,
    /// Of these, cases not closed.
    pub open_cases: i64,
}

fn shown(it: Tag, counts: &HashMap<i64, TagCount>) -> TagShown {
    let TagCount { cases, open_cases } = counts.get(&it.key).copied().unwrap_or_default();
    TagShown {
        id: it.id,
        name: it.name,
        archived: it.archived,
        cases,
        open_cases,
    }
}

/// A tag of a case.
#[derive(Debug, Serialize, ToSchema)]
pub struct TagWorn {
    pub id: TagId,
    pub name: String,
}

impl From<TagNamed> for TagWorn {
    fn from(it: TagNamed) -> Self {
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
    responses((status = 200, body = Vec<TagShown>)),
)]
pub async fn list(State(app): State<App>, _: SignedIn) -> Answer<Vec<TagShown>> {
    let mut session = app.read().await?;
    let counts = session.tag_counts().await?;
    Ok(Json(
        session
            .tags()
            .await?
            .into_iter()
            .map(|it| shown(it, &counts))
            .collect(),
    ))
}

/// A new tag.
#[derive(Deserialize, ToSchema)]
pub struct TagAsked {
    /// 1 to 40 letters; two spellings that differ by case or accents are one tag.
    pub name: String,
}

/// Creates a tag; returns the existing one with that name, if any.
#[utoipa::path(post, path = "/api/v1/tags", tag = "tags", request_body = TagAsked,
    responses((status = 200, body = TagShown), (status = 422)))]
pub async fn make(
    State(app): State<App>,
    me: SignedIn,
    Asked(asked): Asked<TagAsked>,
) -> Answer<TagShown> {
    let mut write = app.store.write(me.actor()).await?;
    let tag = vigie_desk::make_tag(&mut write, &asked.name).await?;
    write.commit().await?;
    let counts = app.read().await?.tag_counts().await?;
    Ok(Json(shown(tag, &counts)))
}

/// The changes to a tag; absent fields stay unchanged.
#[derive(Deserialize, ToSchema)]
pub struct TagChange {
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
    request_body = TagChange,
    responses((status = 200, body = Done), (status = 409), (status = 422)),
)]
pub async fn change(
    State(app): State<App>,
    me: SignedIn,
    Path(id): Path<TagId>,
    Asked(asked): Asked<TagChange>,
) -> Answer<Done> {
    let mut write = app.store.write(me.actor()).await?;
    vigie_desk::change_tag(&mut write, id, asked.name.as_deref(), asked.archived).await?;
    write.commit().await?;
    Ok(done())
}

/// Puts a tag on a case.
#[utoipa::path(put, path = "/api/v1/cases/{id}/tags/{tag}", tag = "acts",
    params(("id" = CaseId, Path), ("tag" = TagId, Path)), responses((status = 200, body = Done)))]
pub async fn put(
    State(app): State<App>,
    me: SignedIn,
    Path((id, tag)): Path<(CaseId, TagId)>,
) -> Answer<Done> {
    let mut write = begin(&app, &me, id).await?;
    vigie_desk::put_tag(&mut write, id, tag).await?;
    write.commit().await?;
    Ok(done())
}

/// Removes a tag from a case.
#[utoipa::path(delete, path = "/api/v1/cases/{id}/tags/{tag}", tag = "acts",
    params(("id" = CaseId, Path), ("tag" = TagId, Path)), responses((status = 200, body = Done)))]
pub async fn take(
    State(app): State<App>,
    me: SignedIn,
    Path((id, tag)): Path<(CaseId, TagId)>,
) -> Answer<Done> {
    let mut write = begin(&app, &me, id).await?;
    vigie_desk::take_tag(&mut write, id, tag).await?;
    write.commit().await?;
    Ok(done())
}
