//! A brand's own settings: hours, target delays, rehearsal.

use axum::{
    Json,
    extract::{Path, State},
};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use vigie_model::{Act, BrandId, Kind};
use vigie_store::{Brand, ResponseTargets, RetentionTerms};
use vigie_triage::{Calendar, InvalidOpeningHours};

use crate::api::{acting::setting_fact, erasure::retention::BrandRetention};
use crate::{ApiResult, AppState, Problem, body::JsonBody, session::SignedIn};

/// Target delays, in opening minutes.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct BrandTargets {
    pub complaint: i64,
    pub question: i64,
    pub praise: i64,
    pub market: i64,
    pub rumour: i64,
    pub noise: i64,
    pub unknown: i64,
    /// For any hard gate.
    pub gate: i64,
}

/// A brand.
#[derive(Serialize, ToSchema)]
pub struct BrandResponse {
    pub id: BrandId,
    pub name: String,
    /// IANA time zone.
    pub timezone: String,
    /// Country whose public holidays apply.
    pub country: String,
    pub opening_hours: String,
    pub targets: BrandTargets,
    /// Rehearsal mode: nothing is sent.
    pub rehearsal: bool,
    /// How long people's data is kept.
    pub retention: BrandRetention,
}

fn to_response(it: Brand) -> BrandResponse {
    let t = it.settings.targets;
    BrandResponse {
        id: it.id,
        name: it.name,
        timezone: it.settings.timezone,
        country: it.settings.country,
        opening_hours: it.settings.opening_hours,
        targets: BrandTargets {
            complaint: t.complaint,
            question: t.question,
            praise: t.praise,
            market: t.market,
            rumour: t.rumour,
            noise: t.noise,
            unknown: t.unknown,
            gate: t.gate,
        },
        rehearsal: it.settings.rehearsal,
        retention: BrandRetention {
            customers: it.settings.retention.customers,
            contacts: it.settings.retention.contacts,
            strangers: it.settings.retention.strangers,
        },
    }
}

/// A problem naming the hours, time zone or country that cannot be read.
pub(crate) fn opening_hours_problem(error: InvalidOpeningHours) -> Problem {
    let kind = match error {
        InvalidOpeningHours::Zone => "timezone_wrong",
        InvalidOpeningHours::Country => "country_wrong",
        InvalidOpeningHours::NeverOpen => "hours_never",
        InvalidOpeningHours::Hours(_) | InvalidOpeningHours::Beyond => "hours_wrong",
    };
    Problem::unprocessable(kind, error.to_string())
}

/// Every brand.
#[utoipa::path(
    get,
    path = "/api/v1/brands",
    tag = "brands",
    responses((status = 200, body = Vec<BrandResponse>)),
)]
pub async fn list(State(app): State<AppState>, _: SignedIn) -> ApiResult<Vec<BrandResponse>> {
    Ok(Json(
        app.read()
            .await?
            .brands()
            .list()
            .await?
            .into_iter()
            .map(to_response)
            .collect(),
    ))
}

/// The changes to a brand; absent fields stay unchanged.
#[derive(Deserialize, ToSchema)]
pub struct UpdateBrandRequest {
    pub name: Option<String>,
    /// IANA time zone.
    pub timezone: Option<String>,
    /// Country whose public holidays apply.
    pub country: Option<String>,
    pub opening_hours: Option<String>,
    pub targets: Option<BrandTargets>,
    /// Rehearsal mode: nothing is sent.
    pub rehearsal: Option<bool>,
    /// How long people's data is kept.
    pub retention: Option<BrandRetention>,
}

/// Changes a brand. Unreadable hours are refused.
#[utoipa::path(
    patch,
    path = "/api/v1/brands/{id}",
    tag = "brands",
    params(("id" = BrandId, Path)),
    request_body = UpdateBrandRequest,
    responses((status = 200, body = BrandResponse), (status = 422)),
)]
pub async fn change(
    State(app): State<AppState>,
    me: SignedIn,
    Path(id): Path<BrandId>,
    JsonBody(request): JsonBody<UpdateBrandRequest>,
) -> ApiResult<BrandResponse> {
    let mut write = app.store.write(me.actor()).await?;
    let mut brand = write.brands().find(id).await?;
    request.apply(&mut brand)?;

    let set = &brand.settings;
    Calendar::new(&set.opening_hours, &set.country, &set.timezone, write.at())
        .map_err(opening_hours_problem)?;
    write.brands().save(&brand).await?;
    let fact = setting_fact(Act::SettingChanged, "brand", id.0);
    write.fact(fact.number("rehearsal", brand.settings.rehearsal.into()));
    write.commit().await?;
    Ok(Json(to_response(brand)))
}

impl UpdateBrandRequest {
    /// Changes what is given; opening hours are checked by the caller, who knows the time.
    fn apply(self, brand: &mut Brand) -> Result<(), Problem> {
        let named = self.name.map(|name| name.trim().to_owned());
        if let Some(name) = named.filter(|name| !name.is_empty()) {
            brand.name = name;
        }
        let set = &mut brand.settings;
        replace(&mut set.timezone, self.timezone);
        replace(&mut set.country, self.country);
        replace(&mut set.opening_hours, self.opening_hours);
        replace(&mut set.rehearsal, self.rehearsal);
        replace(&mut set.retention, self.retention.map(terms).transpose()?);
        replace(&mut set.targets, self.targets.map(targets).transpose()?);
        Ok(())
    }
}

fn replace<T>(current: &mut T, given: Option<T>) {
    if let Some(given) = given {
        *current = given;
    }
}

fn terms(given: BrandRetention) -> Result<RetentionTerms, Problem> {
    let all = [given.customers, given.contacts, given.strangers];
    if all
        .iter()
        .flatten()
        .any(|months| !(1..=240).contains(months))
    {
        return Err(Problem::unprocessable(
            "term_wrong",
            "a term lies between 1 and 240 months; leave it empty to keep forever",
        ));
    }
    Ok(RetentionTerms {
        customers: given.customers,
        contacts: given.contacts,
        strangers: given.strangers,
    })
}

fn targets(given: BrandTargets) -> Result<ResponseTargets, Problem> {
    let targets = ResponseTargets {
        complaint: given.complaint,
        question: given.question,
        praise: given.praise,
        market: given.market,
        rumour: given.rumour,
        noise: given.noise,
        unknown: given.unknown,
        gate: given.gate,
    };
    let minutes = Kind::ALL.iter().map(|kind| targets.minutes(*kind));
    if minutes
        .chain([targets.gate])
        .any(|minutes| !(5..=60_000).contains(&minutes))
    {
        return Err(Problem::unprocessable(
            "target_wrong",
            "a delay is between 5 minutes and 60,000",
        ));
    }
    Ok(targets)
}
