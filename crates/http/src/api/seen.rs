//! What the caller has read: a case becomes unread again when newer messages come, or on
//! request.

use axum::extract::{Path, State};
use vigie_model::CaseId;

use super::{Done, acts::begin, done};
use crate::{Answer, App, session::SignedIn};

/// Marks a case as read.
#[utoipa::path(put, path = "/api/v1/cases/{id}/seen", tag = "cases", params(("id" = CaseId, Path)),
    responses((status = 200, body = Done), (status = 404)))]
pub async fn see(State(app): State<App>, me: SignedIn, Path(id): Path<CaseId>) -> Answer<Done> {
    let case = app.read().await?.case(id).await?;
    if app.read().await?.seen(me.person.key, case.key).await? < case.stamp {
        let mut write = begin(&app, &me, id).await?;
        write.see(me.person.key, case.key, case.stamp).await?;
        write.commit().await?;
    }
    Ok(done())
}

/// Marks a case as unread.
#[utoipa::path(
    delete,
    path = "/api/v1/cases/{id}/seen",
    tag = "cases",
    params(("id" = CaseId, Path)),
    responses((status = 200, body = Done), (status = 404)),
)]
pub async fn unsee(State(app): State<App>, me: SignedIn, Path(id): Path<CaseId>) -> Answer<Done> {
    let mut write = begin(&app, &me, id).await?;
    let case = write.case(id).await?;
    write.unsee(me.person.key, case.key).await?;
    write.commit().await?;
    Ok(done())
}
