//! Saved searches.

use axum::{
    Json,
    extract::{Path, State},
};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use vigie_model::{Act, PersonId, SavedSearchId};
use vigie_search::Noun;
use vigie_store::{SavedSearch, SearchKept};

use super::{Done, acts::setting_fact, done, search::wrong};
use crate::{Answer, App, Problem, Right, allows, body::Asked, session::SignedIn};

/// A saved search.
#[derive(Serialize, ToSchema)]
pub struct SavedSearchShown {
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

impl From<SavedSearch> for SavedSearchShown {
    fn from(it: SavedSearch) -> Self {
        let kept = it.kept;
        let (name, q, noun, order, shared) =
            (kept.name, kept.query, kept.noun, kept.sorting, kept.shared);
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
    responses((status = 200, body = Vec<SavedSearchShown>)),
)]
pub async fn list(State(app): State<App>, me: SignedIn) -> Answer<Vec<SavedSearchShown>> {
    Ok(Json(
        app.read()
            .await?
            .saved_searches(me.person.key)
            .await?
            .into_iter()
            .map(Into::into)
            .collect(),
    ))
}

/// A search to save.
#[derive(Deserialize, ToSchema)]
pub struct SavedSearchAsked {
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

impl SavedSearchAsked {
    fn kept(self, me: &SignedIn) -> Result<SearchKept, Problem> {
        let name = self.name.split_whitespace().collect::<Vec<_>>().join(" ");
        if name.is_empty() || name.chars().count() > LONGEST_NAME || name.contains('\0') {
            return Err(Problem::refused(
                "search_name_wrong",
                "give the search a name of 1 to 80 letters",
            ));
        }
        if self.q.trim().is_empty()
            || self.q.chars().count() > LONGEST_QUERY
            || self.q.contains('\0')
        {
            return Err(Problem::refused(
                "search_empty",
                "say what is looked for, in at most 1,000 letters",
            ));
        }
        vigie_watch::parse(&self.q).map_err(wrong)?;
        if self.shared && !allows(me.person.role, Right::Sort) {
            return Err(Problem::forbidden());
        }
        let noun = Noun::from_code(&self.noun)
            .unwrap_or_default()
            .code()
            .to_owned();
        let sorting = if self.order == "date" { "date" } else { "rank" }.to_owned();
        Ok(SearchKept {
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
    request_body = SavedSearchAsked,
    responses((status = 200, body = SavedSearchShown), (status = 422)),
)]
pub async fn make(
    State(app): State<App>,
    me: SignedIn,
    Asked(asked): Asked<SavedSearchAsked>,
) -> Answer<SavedSearchShown> {
    let kept = asked.kept(&me)?;
    let mut write = app.store.write(me.actor()).await?;
    if write.count_saved_searches(me.person.key).await? >= MOST {
        return Err(Problem::refused(
            "searches_too_many",
            "200 searches are kept already: let one go first",
        ));
    }
    let id = write.insert_saved_search(me.person.key, &kept).await?;
    write.fact(setting_fact(Act::SearchSaved, "saved_search", id.0));
    let made = write.saved_search(id).await?;
    write.commit().await?;
    Ok(Json(made.into()))
}

/// Changes a saved search.
#[utoipa::path(
    put,
    path = "/api/v1/saved-searches/{id}",
    tag = "search",
    params(("id" = SavedSearchId, Path)),
    request_body = SavedSearchAsked,
    responses((status = 200, body = Done), (status = 403), (status = 422)),
)]
pub async fn change(
    State(app): State<App>,
    me: SignedIn,
    Path(id): Path<SavedSearchId>,
    Asked(asked): Asked<SavedSearchAsked>,
) -> Answer<Done> {
    let kept = asked.kept(&me)?;
    let mut write = app.store.write(me.actor()).await?;
    let before = write.saved_search(id).await?;
    me.check_keeps(before.person, before.kept.shared, "saved search")?;
    write.save_saved_search(before.key, &kept).await?;
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
    responses((status = 200, body = Done), (status = 403)),
)]
pub async fn remove(
    State(app): State<App>,
    me: SignedIn,
    Path(id): Path<SavedSearchId>,
) -> Answer<Done> {
    let mut write = app.store.write(me.actor()).await?;
    let before = write.saved_search(id).await?;
    me.check_keeps(before.person, before.kept.shared, "saved search")?;
    write.remove_saved_search(before.key).await?;
    write.fact(setting_fact(Act::SearchSaved, "saved_search", id.0).code("state", "removed"));
    write.commit().await?;
    Ok(done())
}
