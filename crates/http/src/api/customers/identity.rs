//! Who is whom: joining and separating customers, reversibly, as confirmed by a named person.

use axum::{
    Json,
    extract::{Path, State},
};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use vigie_model::{
    Act, AuthorId, CaseId, CustomerId, IdentifierKind, IdentityJoinId, IdentityProof,
};
use vigie_store::FactDraft;

use crate::{
    ApiResult, AppState, Problem,
    api::{DoneResponse, acting::check_sees, done},
    body::JsonBody,
    pages::ask_owner,
    session::SignedIn,
};

/// The customer to join.
#[derive(Deserialize, ToSchema)]
pub struct JoinCustomersRequest {
    /// The customer who is the same person.
    pub other: CustomerId,
}

/// The join just made.
#[derive(Serialize, ToSchema)]
pub struct CustomersJoinedResponse {
    /// Used to undo it.
    pub id: IdentityJoinId,
}

/// Joins two customers as one person.
#[utoipa::path(
    post,
    path = "/api/v1/customers/{id}/joins",
    tag = "customers",
    params(("id" = CustomerId, Path)),
    request_body = JoinCustomersRequest,
    responses((status = 200, body = CustomersJoinedResponse), (status = 422)),
)]
pub async fn join(
    State(app): State<AppState>,
    me: SignedIn,
    Path(id): Path<CustomerId>,
    JsonBody(request): JsonBody<JoinCustomersRequest>,
) -> ApiResult<CustomersJoinedResponse> {
    let mut write = app.store.write(me.actor()).await?;
    let (surviving, other) = (
        write.customers().find(id).await?,
        write.customers().find(request.other).await?,
    );
    if surviving.key == other.key {
        return Err(Problem::unprocessable(
            "same_customer",
            "they are already one person here",
        ));
    }
    let join = write.customers().join(&surviving, &other).await?;
    let fact = FactDraft::new(Act::CustomersJoined)
        .on("customer", surviving.id.0)
        .on("other", other.id.0);
    write.fact(fact.on("join", join.0));
    write.commit().await?;
    Ok(Json(CustomersJoinedResponse { id: join }))
}

/// Undoes a join of customers.
#[utoipa::path(
    delete,
    path = "/api/v1/joins/{id}",
    tag = "customers",
    params(("id" = IdentityJoinId, Path)),
    responses((status = 200, body = DoneResponse), (status = 404)),
)]
pub async fn separate(
    State(app): State<AppState>,
    me: SignedIn,
    Path(id): Path<IdentityJoinId>,
) -> ApiResult<DoneResponse> {
    let mut write = app.store.write(me.actor()).await?;
    let (surviving, absorbed) = write.customers().undo_join(id).await?;
    let (surviving, absorbed) = (
        write.customers().by_key(surviving).await?.id,
        write.customers().by_key(absorbed).await?.id,
    );
    let fact = FactDraft::new(Act::CustomersSeparated).on("join", id.0);
    write.fact(fact.on("customer", surviving.0).on("other", absorbed.0));
    write.commit().await?;
    Ok(done())
}

/// The customer an author belongs to.
#[derive(Deserialize, ToSchema)]
pub struct PlaceAuthorRequest {
    /// Absent means a new customer of their own.
    pub customer: Option<CustomerId>,
}

/// Assigns an author to another customer, or to a new one, as confirmed by a named person.
#[utoipa::path(
    put,
    path = "/api/v1/authors/{id}/customer",
    tag = "customers",
    params(("id" = AuthorId, Path)),
    request_body = PlaceAuthorRequest,
    responses((status = 200, body = DoneResponse)),
)]
pub async fn place(
    State(app): State<AppState>,
    me: SignedIn,
    Path(id): Path<AuthorId>,
    JsonBody(request): JsonBody<PlaceAuthorRequest>,
) -> ApiResult<DoneResponse> {
    let mut write = app.store.write(me.actor()).await?;
    let author = write.authors().find(id).await?;
    vigie_desk::place(&mut write, &author, request.customer).await?;
    write.commit().await?;
    Ok(done())
}

/// Takes an author at their word, as a named person vouches: they are who they say they are.
#[utoipa::path(
    put,
    path = "/api/v1/authors/{id}/confirmation",
    tag = "customers",
    params(("id" = AuthorId, Path)),
    responses((status = 200, body = DoneResponse), (status = 404), (status = 409)),
)]
pub async fn confirm(
    State(app): State<AppState>,
    me: SignedIn,
    Path(id): Path<AuthorId>,
) -> ApiResult<DoneResponse> {
    let mut write = app.store.write(me.actor()).await?;
    let author = write.authors().find(id).await?;
    if !author.claimed {
        return Err(vigie_desk::Error::NothingClaimed.into());
    }
    vigie_desk::confirm(&mut write, &author, IdentityProof::Person).await?;
    write.commit().await?;
    Ok(done())
}

/// Takes a confirmation back: the author only says who they are again.
#[utoipa::path(
    delete,
    path = "/api/v1/authors/{id}/confirmation",
    tag = "customers",
    params(("id" = AuthorId, Path)),
    responses((status = 200, body = DoneResponse), (status = 404), (status = 409)),
)]
pub async fn withdraw_confirmation(
    State(app): State<AppState>,
    me: SignedIn,
    Path(id): Path<AuthorId>,
) -> ApiResult<DoneResponse> {
    let mut write = app.store.write(me.actor()).await?;
    let author = write.authors().find(id).await?;
    vigie_desk::withdraw_confirmation(&mut write, &author).await?;
    write.commit().await?;
    Ok(done())
}

/// Asks the owner of the address that the author of a case claims whether it was them: by a mail
/// with a link.
#[utoipa::path(
    post,
    path = "/api/v1/cases/{id}/address-check",
    tag = "customers",
    params(("id" = CaseId, Path)),
    responses((status = 200, body = DoneResponse), (status = 404), (status = 409)),
)]
pub async fn check_address(
    State(app): State<AppState>,
    me: SignedIn,
    Path(id): Path<CaseId>,
) -> ApiResult<DoneResponse> {
    let mut write = app.store.write(me.actor()).await?;
    let case = write.cases().find(id).await?;
    check_sees(&mut write, &me, &case).await?;
    let author = write.authors().by_key(case.author_key).await?;
    ask_owner(&app, &mut write, &author, &case).await?;
    write.commit().await?;
    Ok(done())
}

/// Closes the private links of a case's customer for good: whoever holds one sees nothing more.
#[utoipa::path(
    delete,
    path = "/api/v1/cases/{id}/private-links",
    tag = "customers",
    params(("id" = CaseId, Path)),
    responses((status = 200, body = DoneResponse), (status = 404)),
)]
pub async fn close_private_links(
    State(app): State<AppState>,
    me: SignedIn,
    Path(id): Path<CaseId>,
) -> ApiResult<DoneResponse> {
    let mut write = app.store.write(me.actor()).await?;
    let case = write.cases().find(id).await?;
    check_sees(&mut write, &me, &case).await?;
    vigie_desk::close_private_links(&mut write, &case).await?;
    write.commit().await?;
    Ok(done())
}

/// An identifier that several people use.
#[derive(Deserialize, ToSchema)]
pub struct SharedIdentifierRequest {
    pub kind: IdentifierKind,
    /// Its value, in any spelling.
    pub value: String,
}

/// Marks an identifier as used by several people: it proves nothing from now on.
#[utoipa::path(
    post,
    path = "/api/v1/shared-identifiers",
    tag = "customers",
    request_body = SharedIdentifierRequest,
    responses((status = 200, body = DoneResponse), (status = 422)),
)]
pub async fn share(
    State(app): State<AppState>,
    me: SignedIn,
    JsonBody(request): JsonBody<SharedIdentifierRequest>,
) -> ApiResult<DoneResponse> {
    let normal = match request.kind {
        IdentifierKind::Email => vigie_recognise::email(&request.value),
        IdentifierKind::Phone => vigie_recognise::phone(&request.value, "FR"),
        _ => Some(request.value.trim().to_owned()).filter(|it| !it.is_empty()),
    };
    let value = normal
        .ok_or_else(|| Problem::unprocessable("identifier_wrong", "this is no such identifier"))?;
    let mut write = app.store.write(me.actor()).await?;
    write
        .customers()
        .share_identifier(request.kind, &value)
        .await?;
    write.fact(FactDraft::new(Act::IdentifierShared).code("kind", request.kind.code()));
    write.commit().await?;
    Ok(done())
}
