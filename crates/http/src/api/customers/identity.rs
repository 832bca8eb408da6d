//! Who is whom: joining and separating customers, reversibly, as confirmed by a named person.

use axum::{
    Json,
    extract::{Path, State},
};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use vigie_model::{Act, AuthorId, CustomerId, CustomerKey, IdentifierKind, IdentityJoinId};
use vigie_store::{Author, Case, FactDraft, NewCustomer, Write};

use crate::{
    ApiResult, AppState, Problem,
    api::{DoneResponse, done},
    body::JsonBody,
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
    let join = write.customers().join(surviving.key, other.key).await?;
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
    let (act, key, evidence) = match request.customer {
        Some(customer) => {
            let key = write.customers().find(customer).await?.key;
            (Act::AuthorRecognised, key, "person")
        }
        None => {
            let key = customer_of_their_own(&mut write, &author).await?;
            (Act::AuthorSeparated, key, "separated")
        }
    };
    let proof = serde_json::json!({"kind": evidence});
    let authors = write.authors();
    authors
        .move_to_customer(author.key, Some(key), proof)
        .await?;
    move_cases(&mut write, &author, key).await?;

    let mut fact = FactDraft::new(act).on("author", id.0).code("by", evidence);
    // The previous customer is in the fact too, so that followers of the history update both.
    if let Some(before) = author.customer_key {
        let before = write.customers().by_key(before).await?.id;
        fact = fact.on("customer", before.0);
    }
    write.fact(fact);
    write.commit().await?;
    Ok(done())
}

async fn customer_of_their_own(write: &mut Write, author: &Author) -> Result<CustomerKey, Problem> {
    let named = author.name.clone().or(author.handle.clone());
    let name = named.unwrap_or_else(|| "?".into()); // default: what lists show of nameless accounts
    let customers = write.customers();
    let made = customers.insert_many(vec![NewCustomer { name }]).await?;
    let key = made.first().map(|(key, _)| *key);
    let lost = || vigie_store::Error::Inconsistent("a customer was stored without a key".into());
    Ok(key.ok_or_else(lost)?)
}

/// The cases an author opened follow them.
async fn move_cases(write: &mut Write, author: &Author, to: CustomerKey) -> Result<(), Problem> {
    for before in write.cases().of_author(author.key).await? {
        let mut after = Case {
            customer_key: Some(to),
            ..before.clone()
        };
        write.cases().save(&before, &mut after).await?;
    }
    Ok(())
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
