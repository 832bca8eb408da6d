//! Saved searches.

use axum::{
    Json,
    extract::{Path, State},
};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use vigie_model::{Act, PersonId, SavedSearchId};
use vigie_search::EntityKind;
use vigie_store::{SavedSearch, SavedSearchContent};

use crate::api::{DoneResponse, acting::setting_fact, done, searching::search::query_problem};
use crate::{ApiResult, AppState, Problem, Right, allows, body::JsonBody, session::SignedIn};

/// A saved search.
#[derive(Serialize, ToSchema)]
pub struct SavedSearchResponse {
    pub id: SavedSearchId,
    pub name: String,
    pub q: String,
    /// `message`, `case` or `customer`.
    pub noun: String,
    /// `rank` or `date`.
    pub order: String,
    /// Shared with everybody.
    pub shared: bool,
    /// Who saved it.
    pub by: PersonId,
    pub by_name: String,
}

impl From<SavedSearch> for SavedSearchResponse {
    fn from(it: SavedSearch) -> Self {
        let content = it.content;
        let (name, q, noun, order, shared) = (
            content.name,
            content.query,
            content.noun,
            content.sorting,
            content.shared,
        );
        Self {
            id: it.id,
            name,
            q,
            noun,
            order,
            shared,
            by: it.person,
            by_name: it.person_name,
        }
    }
}

/// The caller's saved searches, then those shared by others.
#[utoipa::path(
    get,
    path = "/api/v1/saved-searches",
    tag = "search",
    responses((status = 200, body = Vec<SavedSearchResponse>)),
)]
pub async fn list(
    State(app): State<AppState>,
    me: SignedIn,
) -> ApiResult<Vec<SavedSearchResponse>> {
    Ok(Json(
        app.read()
            .await?
            .saved_searches()
            .of_person(me.person.key)
            .await?
            .into_iter()
            .map(Into::into)
            .collect(),
    ))
}

/// A search to save.
#[derive(Deserialize, ToSchema)]
pub struct SavedSearchRequest {
    /// 1 to 80 letters.
    pub name: String,
    pub q: String,
    /// `message`, `case` or `customer`; messages when absent.
    #[serde(default)]
    pub noun: String,
    /// `rank` or `date`; by rank when absent.
    #[serde(default)]
    pub order: String,
    /// Shared with everybody; needs the right to sort cases.
    #[serde(default)]
    pub shared: bool,
}

const LONGEST_NAME: usize = 80;
const LONGEST_QUERY: usize = 1_000;
/// Largest number of searches one person can save.
const MOST: i64 = 200;

impl SavedSearchRequest {
    fn content(self, me: &SignedIn) -> Result<SavedSearchContent, Problem> {
        let name = self.name.split_whitespace().collect::<Vec<_>>().join(" ");
        if name.is_empty() || name.chars().count() > LONGEST_NAME || name.contains('\0') {
            return Err(Problem::unprocessable(
                "search_name_wrong",
                "give the search a name of 1 to 80 letters",
            ));
        }
        if self.q.trim().is_empty()
            || self.q.chars().count() > LONGEST_QUERY
            || self.q.contains('\0')
        {
            return Err(Problem::unprocessable(
                "search_empty",
                "say what is looked for, in at most 1,000 letters",
            ));
        }
        vigie_watch::parse(&self.q).map_err(query_problem)?;
        if self.shared && !allows(me.person.role, Right::Sort) {
            return Err(Problem::forbidden());
        }
        let noun = EntityKind::from_code(&self.noun)
            .unwrap_or_default()
            .code()
            .to_owned();
        let sorting = if self.order == "date" { "date" } else { "rank" }.to_owned();
        Ok(SavedSearchContent {
            name,
            query: self.q.trim().to_owned(),
            noun,
            sorting,
            shared: self.shared,
        })
    }
}

/// Saves a search.
#[utoipa::path(
    post,
    path = "/api/v1/saved-searches",
    tag = "search",
    request_body = SavedSearchRequest,
    responses((status = 200, body = SavedSearchResponse), (status = 422)),
)]
pub async fn make(
    State(app): State<AppState>,
    me: SignedIn,
    JsonBody(request): JsonBody<SavedSearchRequest>,
) -> ApiResult<SavedSearchResponse> {
    let content = request.content(&me)?;
    let mut write = app.store.write(me.actor()).await?;
    if write.saved_searches().count(me.person.key).await? >= MOST {
        return Err(Problem::unprocessable(
            "searches_too_many",
            "200 searches are kept already: let one go first",
        ));
    }
    let id = write
        .saved_searches()
        .insert(me.person.key, &content)
        .await?;
    write.fact(setting_fact(Act::SearchSaved, "saved_search", id.0));
    let made = write.saved_searches().find(id).await?;
    write.commit().await?;
    Ok(Json(made.into()))
}

/// Changes a saved search.
#[utoipa::path(
    put,
    path = "/api/v1/saved-searches/{id}",
    tag = "search",
    params(("id" = SavedSearchId, Path)),
    request_body = SavedSearchRequest,
    responses((status = 200, body = DoneResponse), (status = 403), (status = 422)),
)]
pub async fn change(
    State(app): State<AppState>,
    me: SignedIn,
    Path(id): Path<SavedSearchId>,
    JsonBody(request): JsonBody<SavedSearchRequest>,
) -> ApiResult<DoneResponse> {
    let content = request.content(&me)?;
    let mut write = app.store.write(me.actor()).await?;
    let before = write.saved_searches().find(id).await?;
    me.check_keeps(before.person, before.content.shared, "saved search")?;
    write.saved_searches().save(before.key, &content).await?;
    write.fact(setting_fact(Act::SearchSaved, "saved_search", id.0));
    write.commit().await?;
    Ok(done())
}

/// Deletes a saved search.
#[utoipa::path(
    delete,
    path = "/api/v1/saved-searches/{id}",
    tag = "search",
    params(("id" = SavedSearchId, Path)),
    responses((status = 200, body = DoneResponse), (status = 403)),
)]
pub async fn remove(
    State(app): State<AppState>,
    me: SignedIn,
    Path(id): Path<SavedSearchId>,
) -> ApiResult<DoneResponse> {
    let mut write = app.store.write(me.actor()).await?;
    let before = write.saved_searches().find(id).await?;
    me.check_keeps(before.person, before.content.shared, "saved search")?;
    write.saved_searches().remove(before.key).await?;
    write.fact(setting_fact(Act::SearchSaved, "saved_search", id.0).code("state", "removed"));
    write.commit().await?;
    Ok(done())
}
