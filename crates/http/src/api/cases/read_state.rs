//! What the caller has read: a case becomes unread again when newer messages come, or on
//! request.

use axum::extract::{Path, State};
use vigie_model::CaseId;

use crate::api::{DoneResponse, acting::begin, done};
use crate::{ApiResult, AppState, session::SignedIn};

/// Marks a case as read.
#[utoipa::path(put, path = "/api/v1/cases/{id}/seen", tag = "cases", params(("id" = CaseId, Path)),
    responses((status = 200, body = DoneResponse), (status = 404)))]
pub async fn mark_read(
    State(app): State<AppState>,
    me: SignedIn,
    Path(id): Path<CaseId>,
) -> ApiResult<DoneResponse> {
    let case = app.read().await?.cases().find(id).await?;
    if app
        .read()
        .await?
        .read_states()
        .last_fact(me.person.key, case.key)
        .await?
        < case.last_message_fact
    {
        let mut write = begin(&app, &me, id).await?;
        write
            .read_states()
            .mark_read(me.person.key, case.key, case.last_message_fact)
            .await?;
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
    responses((status = 200, body = DoneResponse), (status = 404)),
)]
pub async fn mark_unread(
    State(app): State<AppState>,
    me: SignedIn,
    Path(id): Path<CaseId>,
) -> ApiResult<DoneResponse> {
    let mut write = begin(&app, &me, id).await?;
    let case = write.cases().find(id).await?;
    write
        .read_states()
        .mark_unread(me.person.key, case.key)
        .await?;
    write.commit().await?;
    Ok(done())
}
