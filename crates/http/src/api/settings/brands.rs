//! A brand's own settings: hours, target delays, rehearsal.

use axum::{
    Json,
    extract::{Path, State},
};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use vigie_model::{Act, BrandId};
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
        InvalidOpeningHours::Hours(_) => "hours_wrong",
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
    let set = &mut brand.settings;
    brand.name = request
        .name
        .map(|it| it.trim().to_owned())
        .filter(|it| !it.is_empty())
        .unwrap_or(brand.name);
    set.timezone = request.timezone.unwrap_or_else(|| set.timezone.clone());
    set.country = request.country.unwrap_or_else(|| set.country.clone());
    set.opening_hours = request
        .opening_hours
        .unwrap_or_else(|| set.opening_hours.clone());
    set.rehearsal = request.rehearsal.unwrap_or(set.rehearsal);
    if let Some(t) = request.retention {
        if [t.customers, t.contacts, t.strangers]
            .iter()
            .flatten()
            .any(|it| !(1..=240).contains(it))
        {
            return Err(Problem::unprocessable(
                "term_wrong",
                "a term lies between 1 and 240 months; leave it empty to keep for ever",
            ));
        }
        set.retention = RetentionTerms {
            customers: t.customers,
            contacts: t.contacts,
            strangers: t.strangers,
        };
    }
    if let Some(t) = request.targets {
        let all = [
            t.complaint,
            t.question,
            t.praise,
            t.market,
            t.rumour,
            t.noise,
            t.unknown,
            t.gate,
        ];
        if all.iter().any(|it| !(5..=60_000).contains(it)) {
            return Err(Problem::unprocessable(
                "target_wrong",
                "a delay is between 5 minutes and 60,000",
            ));
        }
        let [
            complaint,
            question,
            praise,
            market,
            rumour,
            noise,
            unknown,
            gate,
        ] = all;
        set.targets = ResponseTargets {
            complaint,
            question,
            praise,
            market,
            rumour,
            noise,
            unknown,
            gate,
        };
    }
    Calendar::new(&set.opening_hours, &set.country, &set.timezone, write.at())
        .map_err(opening_hours_problem)?;
    write.brands().save(&brand).await?;
    write.fact(
        setting_fact(Act::SettingChanged, "brand", id.0)
            .number("rehearsal", brand.settings.rehearsal.into()),
    );
    write.commit().await?;
    Ok(Json(to_response(brand)))
}
