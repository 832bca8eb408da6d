//! Saved views of the inbox, private or shared.

use axum::{
    Json,
    extract::{Path, State},
};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use vigie_model::{Act, SavedViewId};
use vigie_store::SavedViewContent;

use crate::api::{
    DoneResponse,
    acting::setting_fact,
    cases::inbox::{CaseListQuery, narrowed_view},
    done,
};
use crate::{ApiResult, AppState, Problem, body::JsonBody, session::SignedIn};

/// A saved view as shown.
#[derive(Serialize, ToSchema)]
pub struct SavedViewResponse {
    pub id: SavedViewId,
    pub name: String,
    /// The query string of the inbox's URL.
    pub filters: String,
    /// Shared with everybody.
    pub shared: bool,
    /// Whether it is the caller's.
    pub mine: bool,
    /// Who saved it.
    pub by: String,
    /// Current number of cases, counted up to 100; absent when the view is no longer valid.
    pub count: Option<i64>,
}

/// A view to save.
#[derive(Deserialize, ToSchema)]
pub struct SavedViewRequest {
    /// 1 to 60 letters.
    pub name: String,
    /// The parameters of the case list, such as `view=open&kind=complaint&order=newest`.
    pub filters: String,
    /// Shared with everybody.
    #[serde(default)]
    pub shared: bool,
}

/// Largest number of views one person can save.
const MOST: i64 = 100;
/// The cases of a view are counted up to here: enough to decide where to go.
const COUNTED: i64 = 100;

impl SavedViewRequest {
    fn content(self) -> Result<SavedViewContent, Problem> {
        let name = self.name.split_whitespace().collect::<Vec<_>>().join(" ");
        if name.is_empty() || name.chars().count() > 60 || name.chars().any(char::is_control) {
            return Err(Problem::unprocessable(
                "name_wrong",
                "give it a name of 1 to 60 letters",
            ));
        }
        parse_filters(&self.filters)?;
        Ok(SavedViewContent {
            name,
            filters: self.filters,
            shared: self.shared,
        })
    }
}

/// Parses the filters of a saved view.
fn parse_filters(filters: &str) -> Result<CaseListQuery, Problem> {
    let wrong = || {
        Problem::unprocessable(
            "filters_wrong",
            "filters are the parameters of the list of cases, as view=open",
        )
    };
    if filters.len() > 600 {
        return Err(wrong());
    }
    let address: axum::http::Uri = format!("/?{filters}").parse().map_err(|_| wrong())?;
    let axum::extract::Query(asked) =
        axum::extract::Query::<CaseListQuery>::try_from_uri(&address).map_err(|_| wrong())?;
    // A search is saved as a search; anything that is not a parameter of the list would be text
    // stored for nothing.
    let known = [
        "view", "import", "part", "kind", "tag", "team", "feeling", "channel", "lang", "unread",
        "order",
    ];
    match filters
        .split('&')
        .all(|it| known.contains(&it.split('=').next().unwrap_or_default()))
    {
        true => Ok(asked),
        false => Err(wrong()),
    }
}

/// The caller's saved views, then those shared by others, each with its count.
#[utoipa::path(
    get,
    path = "/api/v1/saved-views",
    tag = "cases",
    responses((status = 200, body = Vec<SavedViewResponse>)),
)]
pub async fn list(State(app): State<AppState>, me: SignedIn) -> ApiResult<Vec<SavedViewResponse>> {
    let mut session = app.read().await?;
    let mut responses = Vec::new();
    for it in session.saved_views().of_person(me.person.key).await? {
        let count = match parse_filters(&it.content.filters) {
            Ok(params) => match narrowed_view(&mut session, &me, &params, app.store.now()).await {
                Ok((view, narrowed)) => {
                    Some(session.cases().count(view, &narrowed, COUNTED).await?)
                }
                Err(_) => None,
            },
            Err(_) => None,
        };
        let mine = it.person == me.person.id;
        let SavedViewContent {
            name,
            filters,
            shared,
        } = it.content;
        responses.push(SavedViewResponse {
            id: it.id,
            name,
            filters,
            shared,
            mine,
            by: it.person_name,
            count,
        });
    }
    Ok(Json(responses))
}

/// Saves a view.
#[utoipa::path(post, path = "/api/v1/saved-views", tag = "cases", request_body = SavedViewRequest,
    responses((status = 200, body = DoneResponse), (status = 422)))]
pub async fn make(
    State(app): State<AppState>,
    me: SignedIn,
    JsonBody(request): JsonBody<SavedViewRequest>,
) -> ApiResult<DoneResponse> {
    let content = request.content()?;
    let mut write = app.store.write(me.actor()).await?;
    if write.saved_views().count(me.person.key).await? >= MOST {
        return Err(Problem::unprocessable(
            "views_too_many",
            "100 views are kept already: let one go first",
        ));
    }
    let id = write.saved_views().insert(me.person.key, &content).await?;
    write.fact(setting_fact(Act::ViewSaved, "saved_view", id.0));
    write.commit().await?;
    Ok(done())
}

/// Changes a saved view.
#[utoipa::path(
    put,
    path = "/api/v1/saved-views/{id}",
    tag = "cases",
    params(("id" = SavedViewId, Path)),
    request_body = SavedViewRequest,
    responses((status = 200, body = DoneResponse), (status = 403), (status = 422)),
)]
pub async fn change(
    State(app): State<AppState>,
    me: SignedIn,
    Path(id): Path<SavedViewId>,
    JsonBody(request): JsonBody<SavedViewRequest>,
) -> ApiResult<DoneResponse> {
    let content = request.content()?;
    let mut write = app.store.write(me.actor()).await?;
    let before = write.saved_views().find(id).await?;
    me.check_keeps(before.person, before.content.shared, "saved view")?;
    write.saved_views().save(before.key, &content).await?;
    write.fact(setting_fact(Act::ViewSaved, "saved_view", id.0));
    write.commit().await?;
    Ok(done())
}

/// Deletes a saved view.
#[utoipa::path(
    delete,
    path = "/api/v1/saved-views/{id}",
    tag = "cases",
    params(("id" = SavedViewId, Path)),
    responses((status = 200, body = DoneResponse), (status = 403)),
)]
pub async fn remove(
    State(app): State<AppState>,
    me: SignedIn,
    Path(id): Path<SavedViewId>,
) -> ApiResult<DoneResponse> {
    let mut write = app.store.write(me.actor()).await?;
    let before = write.saved_views().find(id).await?;
    me.check_keeps(before.person, before.content.shared, "saved view")?;
    write.saved_views().remove(before.key).await?;
    write.fact(setting_fact(Act::ViewSaved, "saved_view", id.0).code("state", "removed"));
    write.commit().await?;
    Ok(done())
}
