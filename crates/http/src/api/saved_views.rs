//! Saved views of the inbox, private or shared.

use axum::{
    Json,
    extract::{Path, State},
};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use vigie_model::{Act, SavedViewId};
use vigie_store::ViewKept;

use super::{
    Done,
    acts::setting_fact,
    done,
    inbox::{ListAsked, narrowed_view},
};
use crate::{Answer, App, Problem, body::Asked, session::SignedIn};

/// A saved view as shown.
#[derive(Serialize, ToSchema)]
pub struct SavedViewShown {
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
pub struct SavedViewAsked {
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

impl SavedViewAsked {
    fn kept(self) -> Result<ViewKept, Problem> {
        let name = self.name.split_whitespace().collect::<Vec<_>>().join(" ");
        if name.is_empty() || name.chars().count() > 60 || name.chars().any(char::is_control) {
            return Err(Problem::refused(
                "name_wrong",
                "give it a name of 1 to 60 letters",
            ));
        }
        asked(&self.filters)?;
        Ok(ViewKept {
            name,
            filters: self.filters,
            shared: self.shared,
        })
    }
}

/// Parses the filters of a saved view.
fn asked(filters: &str) -> Result<ListAsked, Problem> {
    let wrong = || {
        Problem::refused(
            "filters_wrong",
            "filters are the parameters of the list of cases, as view=open",
        )
    };
    if filters.len() > 600 {
        return Err(wrong());
    }
    let address: axum::http::Uri = format!("/?{filters}").parse().map_err(|_| wrong())?;
    let axum::extract::Query(asked) =
        axum::extract::Query::<ListAsked>::try_from_uri(&address).map_err(|_| wrong())?;
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
    responses((status = 200, body = Vec<SavedViewShown>)),
)]
pub async fn list(State(app): State<App>, me: SignedIn) -> Answer<Vec<SavedViewShown>> {
    let mut session = app.read().await?;
    let mut shown = Vec::new();
    for it in session.saved_views(me.person.key).await? {
        let count = match asked(&it.kept.filters) {
            Ok(asked) => match narrowed_view(&mut session, &me, &asked, app.store.now()).await {
                Ok((view, narrowed)) => Some(session.count_cases(view, &narrowed, COUNTED).await?),
                Err(_) => None,
            },
            Err(_) => None,
        };
        let mine = it.person == me.person.id;
        let ViewKept {
            name,
            filters,
            shared,
        } = it.kept;
        shown.push(SavedViewShown {
            id: it.id,
            name,
            filters,
            shared,
            mine,
            by: it.person_name,
            count,
        });
    }
    Ok(Json(shown))
}

/// Saves a view.
#[utoipa::path(post, path = "/api/v1/saved-views", tag = "cases", request_body = SavedViewAsked,
    responses((status = 200, body = Done), (status = 422)))]
pub async fn make(
    State(app): State<App>,
    me: SignedIn,
    Asked(asked): Asked<SavedViewAsked>,
) -> Answer<Done> {
    let kept = asked.kept()?;
    let mut write = app.store.write(me.actor()).await?;
    if write.count_saved_views(me.person.key).await? >= MOST {
        return Err(Problem::refused(
            "views_too_many",
            "100 views are kept already: let one go first",
        ));
    }
    let id = write.insert_saved_view(me.person.key, &kept).await?;
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
    request_body = SavedViewAsked,
    responses((status = 200, body = Done), (status = 403), (status = 422)),
)]
pub async fn change(
    State(app): State<App>,
    me: SignedIn,
    Path(id): Path<SavedViewId>,
    Asked(asked): Asked<SavedViewAsked>,
) -> Answer<Done> {
    let kept = asked.kept()?;
    let mut write = app.store.write(me.actor()).await?;
    let before = write.saved_view(id).await?;
    me.check_keeps(before.person, before.kept.shared, "saved view")?;
    write.save_saved_view(before.key, &kept).await?;
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
    responses((status = 200, body = Done), (status = 403)),
)]
pub async fn remove(
    State(app): State<App>,
    me: SignedIn,
    Path(id): Path<SavedViewId>,
) -> Answer<Done> {
    let mut write = app.store.write(me.actor()).await?;
    let before = write.saved_view(id).await?;
    me.check_keeps(before.person, before.kept.shared, "saved view")?;
    write.remove_saved_view(before.key).await?;
    write.fact(setting_fact(Act::ViewSaved, "saved_view", id.0).code("state", "removed"));
    write.commit().await?;
    Ok(done())
}
