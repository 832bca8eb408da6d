//! Causes, and the cases each owner sees.

use axum::{
    Json,
    extract::{Path, State},
};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use vigie_model::{Act, CauseId, PersonId, TopCause};

use crate::api::{DoneResponse, acting::setting_fact, cases::row::CaseSummary, done};
use crate::{ApiResult, AppState, Problem, body::JsonBody, session::SignedIn};

/// A cause.
#[derive(Serialize, ToSchema)]
pub struct CauseResponse {
    pub id: CauseId,
    /// The top-level cause.
    pub top: TopCause,
    /// Short name; empty for the top-level cause itself.
    pub code: String,
    pub name_fr: String,
    pub name_en: String,
    /// Who can remove the cause.
    pub owner: Option<PersonId>,
    pub owner_name: Option<String>,
    pub open_cases: i64,
    pub cases: i64,
}

/// Every cause.
#[utoipa::path(
    get,
    path = "/api/v1/causes",
    tag = "causes",
    responses((status = 200, body = Vec<CauseResponse>)),
)]
pub async fn list(State(app): State<AppState>, _: SignedIn) -> ApiResult<Vec<CauseResponse>> {
    let causes = app
        .read()
        .await?
        .causes()
        .list()
        .await?
        .into_iter()
        .map(|it| CauseResponse {
            id: it.id,
            top: it.top,
            code: it.code,
            name_fr: it.name_fr,
            name_en: it.name_en,
            owner: it.owner,
            owner_name: it.owner_name,
            open_cases: it.open_cases,
            cases: it.cases,
        });
    Ok(Json(causes.collect()))
}

/// The cases with a cause.
#[utoipa::path(
    get,
    path = "/api/v1/causes/{id}/cases",
    tag = "causes",
    params(("id" = CauseId, Path)),
    responses((status = 200, body = Vec<CaseSummary>)),
)]
pub async fn cases(
    State(app): State<AppState>,
    _: SignedIn,
    Path(id): Path<CauseId>,
) -> ApiResult<Vec<CaseSummary>> {
    let mut session = app.read().await?;
    let cause = session.causes().find(id).await?;
    Ok(Json(
        session
            .cases()
            .of_cause(cause.key)
            .await?
            .iter()
            .map(CaseSummary::from)
            .collect(),
    ))
}

/// A cause's content.
#[derive(Deserialize, ToSchema)]
pub struct CauseRequest {
    /// The top-level cause.
    pub top: TopCause,
    pub name_fr: String,
    pub name_en: String,
}

/// Creates a cause below one of the six top-level ones.
#[utoipa::path(
    post,
    path = "/api/v1/causes",
    tag = "causes",
    request_body = CauseRequest,
    responses((status = 200, body = DoneResponse), (status = 409), (status = 422)),
)]
pub async fn make(
    State(app): State<AppState>,
    me: SignedIn,
    JsonBody(request): JsonBody<CauseRequest>,
) -> ApiResult<DoneResponse> {
    let (fr, en) = (request.name_fr.trim(), request.name_en.trim());
    let code: String = en
        .to_lowercase()
        .split(|it: char| !it.is_alphanumeric())
        .filter(|it| !it.is_empty())
        .collect::<Vec<_>>()
        .join("_");
    if fr.is_empty() || code.is_empty() || request.name_fr.contains('\0') {
        return Err(Problem::unprocessable(
            "name_missing",
            "give the cause a name in both languages",
        ));
    }
    let mut write = app.store.write(me.actor()).await?;
    let brand = write
        .brands()
        .list()
        .await?
        .first()
        .map(|it| it.key)
        .ok_or_else(|| Problem::not_found("brand"))?;
    if write
        .causes()
        .list()
        .await?
        .iter()
        .any(|it| it.top == request.top && it.code == code)
    {
        return Err(Problem::conflict(
            "cause_exists",
            "there is already such a cause",
        ));
    }
    let (_, id) = write
        .causes()
        .insert(brand, request.top, &code, fr, en)
        .await?;
    write.fact(setting_fact(Act::CauseChanged, "cause", id.0).code("top", request.top.code()));
    write.commit().await?;
    Ok(done())
}

/// The changes to a cause; absent fields stay unchanged.
#[derive(Deserialize, ToSchema)]
pub struct UpdateCauseRequest {
    pub name_fr: Option<String>,
    pub name_en: Option<String>,
    /// Who can remove the cause.
    pub owner: Option<PersonId>,
    /// Removes the owner.
    #[serde(default)]
    pub no_owner: bool,
    pub archived: Option<bool>,
}

/// Changes a cause.
#[utoipa::path(
    patch,
    path = "/api/v1/causes/{id}",
    tag = "causes",
    params(("id" = CauseId, Path)),
    request_body = UpdateCauseRequest,
    responses((status = 200, body = DoneResponse)),
)]
pub async fn change(
    State(app): State<AppState>,
    me: SignedIn,
    Path(id): Path<CauseId>,
    JsonBody(request): JsonBody<UpdateCauseRequest>,
) -> ApiResult<DoneResponse> {
    let mut write = app.store.write(me.actor()).await?;
    let cause = write.causes().find(id).await?;
    let owner = request.owner.or(cause.owner).filter(|_| !request.no_owner);
    let owner_key = match owner {
        Some(owner) => Some(write.people().find(owner).await?.key),
        None => None,
    };
    let named = |new: Option<String>, old: String| {
        new.map(|it| it.trim().to_owned())
            .filter(|it| !it.is_empty())
            .unwrap_or(old)
    };
    let (fr, en) = (
        named(request.name_fr, cause.name_fr),
        named(request.name_en, cause.name_en),
    );
    write.causes().save(cause.key, &fr, &en, owner_key).await?;
    if let Some(archived) = request.archived {
        write.causes().archive(cause.key, archived).await?;
    }
    write.fact(setting_fact(Act::CauseChanged, "cause", id.0));
    write.commit().await?;
    Ok(done())
}
