//! Photos and files, served so that they cannot run; and pictures in customers' messages,
//! fetched on behalf of the browser so that nobody learns who reads them.

use axum::{
    extract::{Path, State},
    http::{HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
};
use serde::Deserialize;
use utoipa::IntoParams;
use vigie_model::AttachmentId;
use vigie_respond::{AddressPolicy, check_address};
use vigie_store::Attachment;

use crate::api::acting::check_sees;
use crate::{AppState, Problem, query::Query, session::SignedIn};

/// A photo or file.
#[utoipa::path(
    get,
    path = "/api/v1/attachments/{id}",
    tag = "files",
    params(("id" = AttachmentId, Path)),
    responses((status = 200, content_type = "application/octet-stream"), (status = 404)),
)]
pub async fn attachment(
    State(app): State<AppState>,
    me: SignedIn,
    Path(id): Path<AttachmentId>,
) -> Result<Response, Problem> {
    let mut session = app.read().await?;
    let attachment = session.attachments().find(id).await?;
    let case = session
        .cases()
        .by_key(
            attachment
                .case_key
                .ok_or_else(|| Problem::not_found("attachment"))?,
        )
        .await?;
    check_sees(&mut session, &me, &case).await?;
    drop(session);
    bytes(&app, &attachment).await
}

/// The bytes with a type that cannot run: pictures are displayed, anything else is downloaded.
pub async fn bytes(app: &AppState, attachment: &Attachment) -> Result<Response, Problem> {
    let (files, hash) = (app.store.files().clone(), attachment.file.sha256.clone());
    let read = tokio::task::spawn_blocking(move || files.bytes(&hash)).await;
    let bytes = read.map_err(|_| Problem::not_found("attachment"))??;
    let picture = attachment.file.media_type.starts_with("image/");
    let name: String =
        url::form_urlencoded::byte_serialize(attachment.file.name.as_bytes()).collect();
    let disposition = if picture { "inline" } else { "attachment" };
    let mut answer = bytes.into_response();
    let headers = answer.headers_mut();
    let media = HeaderValue::from_str(&attachment.file.media_type);
    headers.insert(
        header::CONTENT_TYPE,
        media.unwrap_or(HeaderValue::from_static("application/octet-stream")),
    );
    if let Ok(value) = HeaderValue::from_str(&format!(
        "{disposition}; filename*=UTF-8''{}",
        name.replace('+', "%20")
    )) {
        headers.insert(header::CONTENT_DISPOSITION, value);
    }
    headers.insert(
        header::CACHE_CONTROL,
        HeaderValue::from_static("private, max-age=86400, immutable"),
    );
    Ok(answer)
}

/// The picture to fetch.
#[derive(Deserialize, IntoParams)]
pub struct PictureQuery {
    pub url: String,
}

const LARGEST_PICTURE: u64 = 5 * 1024 * 1024;

/// A picture in a customer's message, fetched by the server. Private addresses are refused.
#[utoipa::path(get, path = "/api/v1/picture", tag = "files", params(PictureQuery),
    responses((status = 200, content_type = "image/*"), (status = 422)))]
pub async fn picture(
    State(app): State<AppState>,
    _: SignedIn,
    Query(params): Query<PictureQuery>,
) -> Result<Response, Problem> {
    let refused = || Problem::unprocessable("picture_refused", "this picture cannot be shown");
    let url = url::Url::parse(&params.url).map_err(|_| refused())?;
    let host = url
        .host_str()
        .unwrap_or_default()
        .trim_matches(['[', ']'])
        .to_owned();
    let numbers = host
        .parse()
        .is_ok_and(|it| !check_address(it, AddressPolicy::PublicOnly));
    if !matches!(url.scheme(), "http" | "https") || numbers {
        return Err(refused());
    }
    let mut fetched = app.pictures.get(url).send().await.map_err(|_| refused())?;
    if !fetched.status().is_success()
        || fetched
            .content_length()
            .is_some_and(|it| it > LARGEST_PICTURE)
    {
        return Err(refused());
    }
    let mut bytes = Vec::new();
    while let Some(part) = fetched.chunk().await.map_err(|_| refused())? {
        bytes.extend_from_slice(&part);
        if bytes.len() as u64 > LARGEST_PICTURE {
            return Err(refused());
        }
    }
    let media = vigie_listen::media_type(&bytes)
        .filter(|it| it.starts_with("image/"))
        .ok_or_else(refused)?;
    Ok((
        StatusCode::OK,
        [
            (header::CONTENT_TYPE, media),
            (header::CACHE_CONTROL, "private, max-age=86400"),
        ],
        bytes,
    )
        .into_response())
}
