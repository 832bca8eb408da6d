//! What staff heard, and public posts somebody saw; the reporter learns the outcome.

use axum::{Json, extract::State};
use serde::Serialize;
use utoipa::ToSchema;
use vigie_listen::{Batch, Extras, Heard, Item, report, seen_elsewhere};
use vigie_model::{At, AuthorSaid, CaseId, CaseState, Channel, HowEnded, Incoming, SourceKind};

use crate::{Answer, App, Problem, session::SignedIn, upload::Sent};

/// What a colleague heard.
#[derive(Serialize, ToSchema)]
pub struct ReportAsked {
    text: String,
    channel: Channel,
    name: Option<String>,
    email: Option<String>,
    phone: Option<String>,
    order: Option<String>,
    #[schema(value_type = Option<String>, format = Binary)]
    photo: Option<Vec<u8>>,
}

/// A public post a colleague saw.
#[derive(Serialize, ToSchema)]
pub struct SeenAsked {
    url: String,
    text: String,
    handle: Option<String>,
    #[schema(value_type = Option<String>, format = Binary)]
    screenshot: Option<Vec<u8>>,
}

/// The case of a report.
#[derive(Serialize, ToSchema)]
pub struct Reported {
    /// Absent when the same post was reported before.
    pub case: Option<CaseId>,
    /// Whether the post was already stored.
    pub known: bool,
}

/// Reports what was heard in a shop, on the telephone or in after-sales.
#[utoipa::path(
    post,
    path = "/api/v1/reports",
    tag = "reports",
    request_body(content = ReportAsked, content_type = "multipart/form-data"),
    responses((status = 200, body = Reported), (status = 422)),
)]
pub async fn report(State(app): State<App>, me: SignedIn, sent: Sent) -> Answer<Reported> {
    let channel: Channel = sent.field("channel").parse().unwrap_or(Channel::Shop);
    let customer = AuthorSaid {
        name: sent.told("name"),
        email: sent.told("email"),
        phone: sent.told("phone"),
        ..AuthorSaid::default()
    };
    let files = sent.keep_files(&app.store)?;
    let noted = report::Noted {
        text: sent.field("text"),
        channel,
        customer,
        order: sent.told("order"),
    };
    let message = report::read(noted, app.store.id().to_string(), files)?;
    take_in(&app, &me, SourceKind::Report, message).await
}

/// Reports a public post seen elsewhere.
#[utoipa::path(
    post,
    path = "/api/v1/seen-elsewhere",
    tag = "reports",
    request_body(content = SeenAsked, content_type = "multipart/form-data"),
    responses((status = 200, body = Reported), (status = 422)),
)]
pub async fn seen(State(app): State<App>, me: SignedIn, sent: Sent) -> Answer<Reported> {
    let files = sent.keep_files(&app.store)?;
    let seen = seen_elsewhere::Seen {
        url: sent.field("url"),
        text: sent.field("text"),
        handle: sent.told("handle"),
    };
    let message = seen_elsewhere::read(seen, files)?;
    take_in(&app, &me, SourceKind::SeenElsewhere, message).await
}

async fn take_in(
    app: &App,
    me: &SignedIn,
    kind: SourceKind,
    message: Incoming,
) -> Answer<Reported> {
    let sources = app.read().await?.sources().await?;
    let source = sources
        .iter()
        .find(|it| it.kind == kind && it.paused_at.is_none());
    let missing = || {
        Problem::refused(
            "source_missing",
            "no open source of this kind: ask an administrator to make one",
        )
    };
    let source = source.ok_or_else(missing)?.id;
    let item = Item {
        external_id: Some(message.external_id.clone()),
        raw: String::new(),
        read: Ok(message),
    };
    let extras = Extras {
        reporter: Some(me.person.id),
        ..Extras::default()
    };
    let heard = app
        .intake
        .receive(Batch {
            source,
            items: vec![item],
            cursor: None,
            extras,
        })
        .await?;
    match heard.into_iter().next() {
        Some(Heard::Created { case, .. }) => Ok(Json(Reported {
            case: Some(case),
            known: false,
        })),
        Some(Heard::Refused(why)) => Err(why.into()),
        Some(Heard::Unchanged { message } | Heard::Revised { message }) => {
            let mut session = app.read().await?;
            let key = session.message(message).await?.case_key;
            let case = session.case_by_key(key).await?.id;
            Ok(Json(Reported {
                case: Some(case),
                known: true,
            }))
        }
        None => Err(Problem::missing("message")),
    }
}

/// The outcome of a report.
#[derive(Serialize, ToSchema)]
pub struct ReportShown {
    pub case: CaseId,
    pub title: String,
    pub state: CaseState,
    pub how: Option<HowEnded>,
    /// Name of the owner.
    pub owner: Option<String>,
    pub at: At,
    /// Time of the last human act.
    pub touched_at: At,
}

/// The outcomes of the caller's reports.
#[utoipa::path(
    get,
    path = "/api/v1/reports",
    tag = "reports",
    responses((status = 200, body = Vec<ReportShown>)),
)]
pub async fn mine(State(app): State<App>, me: SignedIn) -> Answer<Vec<ReportShown>> {
    let reports = app
        .read()
        .await?
        .reports_of(me.person.key)
        .await?
        .into_iter()
        .map(|it| ReportShown {
            case: it.case,
            title: it.title,
            state: it.state,
            how: it.how,
            owner: it.owner,
            at: it.at,
            touched_at: it.touched_at,
        });
    Ok(Json(reports.collect()))
}
