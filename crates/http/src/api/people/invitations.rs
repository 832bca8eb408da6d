//! Invitations by a link to copy, and the links that are still valid.

use axum::{
    Json,
    extract::{Path, State},
};
use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use vigie_model::{Act, At, Role};
use vigie_store::{FactDraft, OpenTicket, Ticket, TicketPurpose};

use crate::api::{DoneResponse, done};
use crate::{ApiResult, AppState, Problem, body::JsonBody, passwords, session::SignedIn};

/// An invitation to create.
#[derive(Deserialize, ToSchema)]
pub struct InvitationRequest {
    /// Role of the account to create.
    pub role: Role,
    /// Their address, if known.
    pub email: Option<String>,
}

/// A link, shown once.
#[derive(Debug, Serialize, ToSchema)]
pub struct OneTimeLinkResponse {
    /// Valid once.
    pub url: String,
    pub expires_at: At,
}

const LINK_DAYS: i64 = 7;

/// Creates an invitation link.
#[utoipa::path(
    post,
    path = "/api/v1/people",
    tag = "people",
    request_body = InvitationRequest,
    responses((status = 200, body = OneTimeLinkResponse)),
)]
pub async fn invite(
    State(app): State<AppState>,
    me: SignedIn,
    JsonBody(request): JsonBody<InvitationRequest>,
) -> ApiResult<OneTimeLinkResponse> {
    let email = match request.email.filter(|it| !it.trim().is_empty()) {
        Some(email) if vigie_recognise::email(&email).is_none() => {
            return Err(Problem::unprocessable(
                "email_wrong",
                "this is not an e-mail address",
            ));
        }
        email => email.map(|it| it.trim().to_lowercase()),
    };
    link(
        &app,
        &me,
        Ticket {
            purpose: TicketPurpose::Join,
            role: request.role,
            email,
            person_key: None,
        },
    )
    .await
}

/// Creates a single-use link; only a hash of it is stored.
pub(crate) async fn link(
    app: &AppState,
    me: &SignedIn,
    ticket: Ticket,
) -> ApiResult<OneTimeLinkResponse> {
    let token = passwords::token(app.store.secret());
    let mut write = app.store.write(me.actor()).await?;
    let expires_at = write.at().plus_days(LINK_DAYS);
    // A new link takes the place of those sent before: one is enough, and the last asked for.
    if let Some(person_key) = ticket.person_key {
        write.tickets().revoke_resets(person_key).await?;
    }
    write
        .tickets()
        .insert(&passwords::hash_token(&token), &ticket, expires_at)
        .await?;
    write.fact(
        FactDraft::new(Act::PersonChanged)
            .code("link", ticket.purpose.code())
            .code("role", ticket.role.code()),
    );
    write.commit().await?;
    Ok(Json(OneTimeLinkResponse {
        url: format!("{}/welcome/{token}", app.config.public_address),
        expires_at,
    }))
}

/// A link that is still valid. The link itself is shown only once, when it is created.
#[derive(Serialize, ToSchema)]
pub struct OpenLinkResponse {
    /// Used to revoke it; it does not open the link.
    pub id: String,
    /// `join` or `reset`.
    pub purpose: &'static str,
    pub role: Role,
    /// Address of the account, if known.
    pub email: Option<String>,
    /// Name of the account whose password is reset.
    pub name: Option<String>,
    pub made_at: At,
    pub expires_at: At,
}

fn to_response(it: OpenTicket) -> OpenLinkResponse {
    let OpenTicket {
        token_hash,
        ticket,
        name,
        made_at,
        expires_at,
    } = it;
    let id = URL_SAFE_NO_PAD.encode(token_hash);
    OpenLinkResponse {
        id,
        purpose: ticket.purpose.code(),
        role: ticket.role,
        email: ticket.email,
        name,
        made_at,
        expires_at,
    }
}

/// Valid links: invitations not accepted yet, new passwords not chosen yet; newest first, at
/// most 200.
#[utoipa::path(
    get,
    path = "/api/v1/invitations",
    tag = "people",
    responses((status = 200, body = Vec<OpenLinkResponse>)),
)]
pub async fn list(State(app): State<AppState>, _: SignedIn) -> ApiResult<Vec<OpenLinkResponse>> {
    let now = app.store.now();
    Ok(Json(
        app.read()
            .await?
            .tickets()
            .open(now)
            .await?
            .into_iter()
            .map(to_response)
            .collect(),
    ))
}

/// Revokes a link.
#[utoipa::path(
    delete,
    path = "/api/v1/invitations/{id}",
    tag = "people",
    params(("id" = String, Path)),
    responses((status = 200, body = DoneResponse), (status = 404)),
)]
pub async fn revoke(
    State(app): State<AppState>,
    me: SignedIn,
    Path(id): Path<String>,
) -> ApiResult<DoneResponse> {
    let gone = || Problem::not_found("link");
    let hash = URL_SAFE_NO_PAD.decode(&id).map_err(|_| gone())?;
    let mut write = app.store.write(me.actor()).await?;
    if !write.tickets().revoke(&hash).await? {
        return Err(gone());
    }
    write.fact(FactDraft::new(Act::PersonChanged).code("link", "revoked"));
    write.commit().await?;
    Ok(done())
}
