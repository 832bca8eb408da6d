//! How long customers wait for the first answer by a person, and what is late: by kind and
//! channel, never by person.

use std::collections::BTreeMap;

use axum::{Json, extract::State};
use serde::Serialize;
use utoipa::ToSchema;
use vigie_measure::{Quantile, quantile};
use vigie_model::{At, BrandKey, Channel, Kind};
use vigie_store::{Brand, FirstContact};
use vigie_triage::Calendar;

use crate::{ApiResult, AppState, session::SignedIn};

/// Cases opened in this many last days are counted.
const DAYS: i64 = 30;

/// The wait until a first human contact.
#[derive(Serialize, ToSchema)]
pub struct FirstContactResponse {
    /// Cases opened in this many last days are counted.
    pub days: i64,
    pub kinds: Vec<KindWaitResponse>,
    /// What is past its due time now.
    pub late: Vec<LateCasesResponse>,
}

/// Waiting times for one kind.
#[derive(Serialize, ToSchema)]
pub struct KindWaitResponse {
    pub kind: Kind,
    /// The median, in opening minutes.
    pub median: Option<WaitResponse>,
    /// 90 % waited at most this long, in opening minutes.
    pub p90: Option<WaitResponse>,
    /// The median in wall-clock minutes.
    pub wall_median: Option<WaitResponse>,
    /// Number of customers still waiting; not included in the figures above.
    pub waiting: u64,
    /// The longest current wait so far, in opening minutes.
    pub longest_wait: Option<f64>,
}

/// A duration in minutes with its interval and number of observations.
#[derive(Serialize, ToSchema)]
pub struct WaitResponse {
    /// In minutes.
    pub estimate: f64,
    /// Lower bound of the 95 % interval, with enough observations.
    pub low: Option<f64>,
    /// Upper bound of the 95 % interval, with enough observations.
    pub high: Option<f64>,
    /// Number of cases or messages.
    pub n: u64,
}

impl From<Quantile> for WaitResponse {
    fn from(it: Quantile) -> Self {
        Self {
            estimate: it.estimate,
            low: it.low,
            high: it.high,
            n: it.n,
        }
    }
}

/// Late cases of one kind and channel.
#[derive(Serialize, ToSchema)]
pub struct LateCasesResponse {
    pub kind: Kind,
    pub channel: Channel,
    pub cases: i64,
    /// The earliest due time among them.
    pub since: At,
}

/// The wait from a customer's first message to the first answer by a person (a receipt does
/// not count), and what is late.
#[utoipa::path(
    get,
    path = "/api/v1/first-contact",
    tag = "cases",
    responses((status = 200, body = FirstContactResponse)),
)]
pub async fn first_contact(
    State(app): State<AppState>,
    _: SignedIn,
) -> ApiResult<FirstContactResponse> {
    let now = app.store.now();
    let mut session = app.read().await?;
    let brands = session.brands().list().await?;
    let calendars: BTreeMap<BrandKey, Calendar> = brands
        .iter()
        .map(|it: &Brand| (it.key, app.calendar(it)))
        .collect();
    let mut kinds: BTreeMap<&str, Vec<FirstContact>> = BTreeMap::new();
    for it in session
        .measures()
        .first_contacts(now.plus_days(-DAYS))
        .await?
    {
        kinds.entry(it.kind.code()).or_default().push(it);
    }
    let late = session.measures().late_signals(now).await?.into_iter();
    let late = late.map(|it| LateCasesResponse {
        kind: it.kind,
        channel: it.channel,
        cases: it.cases,
        since: it.since,
    });
    let kinds = kinds
        .into_values()
        .filter_map(|it| wait(&it, &calendars, now))
        .collect();
    Ok(Json(FirstContactResponse {
        days: DAYS,
        kinds,
        late: late.collect(),
    }))
}

fn wait(
    contacts: &[FirstContact],
    calendars: &BTreeMap<BrandKey, Calendar>,
    now: At,
) -> Option<KindWaitResponse> {
    let minutes = |contact: &FirstContact, until: At| {
        calendars
            .get(&contact.brand_key)
            .map(|hours| hours.minutes(contact.said_at, until))
    };
    let answered = || contacts.iter().filter_map(|it| Some((it, it.answered_at?)));
    let open: Vec<f64> = answered().filter_map(|(it, at)| minutes(it, at)).collect();
    let wall: Vec<f64> = answered()
        .map(|(it, at)| at.minutes_since(it.said_at))
        .collect();
    let waits: Vec<f64> = contacts
        .iter()
        .filter(|it| it.answered_at.is_none())
        .filter_map(|it| minutes(it, now))
        .collect();
    Some(KindWaitResponse {
        kind: contacts.first()?.kind,
        median: quantile(&open, 0.5).map(WaitResponse::from),
        p90: quantile(&open, 0.9).map(WaitResponse::from),
        wall_median: quantile(&wall, 0.5).map(WaitResponse::from),
        waiting: waits.len() as u64,
        longest_wait: waits.into_iter().reduce(f64::max),
    })
}
