//! What I have read: a case is unread again when newer words come, or when I say so.

use axum::extract::{Path, State};
use vigie_model::CaseId;

use super::{Done, acts::begin, done};
use crate::{Answer, App, session::SignedIn};

/// Says that I have read a case.
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

/// Says that I have not.
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
