//! A brand's own settings: hours, target delays, rehearsal.

use axum::{
    Json,
    extract::{Path, State},
};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use vigie_model::{Act, BrandId};
use vigie_store::{Brand, Targets, Terms};
use vigie_triage::{BadHours, Calendar};

use super::{acts::setting_fact, retention::TermsShown};
use crate::{Answer, App, Problem, body::Asked, session::SignedIn};

/// Target delays, in opening minutes.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct TargetsShown {
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
pub struct BrandShown {
    pub id: BrandId,
    pub name: String,
    /// IANA time zone.
    pub timezone: String,
    /// Country whose public holidays apply.
    pub country: String,
    pub opening_hours: String,
    pub targets: TargetsShown,
    /// Rehearsal mode: nothing is sent.
    pub rehearsal: bool,
    /// How long people's data is kept.
    pub retention: TermsShown,
}

fn shown(it: Brand) -> BrandShown {
    let t = it.settings.targets;
    BrandShown {
        id: it.id,
        name: it.name,
        timezone: it.settings.timezone,
        country: it.settings.country,
        opening_hours: it.settings.opening_hours,
        targets: TargetsShown {
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
        retention: TermsShown {
            customers: it.settings.retention.customers,
            contacts: it.settings.retention.contacts,
            strangers: it.settings.retention.strangers,
        },
    }
}

/// A problem naming the hours, time zone or country that cannot be read.
pub(super) fn hours_wrong(why: BadHours) -> Problem {
    let kind = match why {
        BadHours::Zone => "timezone_wrong",
        BadHours::Country => "country_wrong",
        BadHours::NeverOpen => "hours_never",
        BadHours::Hours(_) => "hours_wrong",
    };
    Problem::refused(kind, why.to_string())
}

/// Every brand.
#[utoipa::path(
    get,
    path = "/api/v1/brands",
    tag = "brands",
    responses((status = 200, body = Vec<BrandShown>)),
)]
pub async fn list(State(app): State<App>, _: SignedIn) -> Answer<Vec<BrandShown>> {
    Ok(Json(
        app.read()
            .await?
            .brands()
            .await?
            .into_iter()
            .map(shown)
            .collect(),
    ))
}

/// The changes to a brand; absent fields stay unchanged.
#[derive(Deserialize, ToSchema)]
pub struct BrandChange {
    pub name: Option<String>,
    /// IANA time zone.
    pub timezone: Option<String>,
    /// Country whose public holidays apply.
    pub country: Option<String>,
    pub opening_hours: Option<String>,
    pub targets: Option<TargetsShown>,
    /// Rehearsal mode: nothing is sent.
    pub rehearsal: Option<bool>,
    /// How long people's data is kept.
    pub retention: Option<TermsShown>,
}

/// Changes a brand. Unreadable hours are refused.
#[utoipa::path(
    patch,
    path = "/api/v1/brands/{id}",
    tag = "brands",
    params(("id" = BrandId, Path)),
    request_body = BrandChange,
    responses((status = 200, body = BrandShown), (status = 422)),
)]
pub async fn change(
    State(app): State<App>,
    me: SignedIn,
    Path(id): Path<BrandId>,
    Asked(asked): Asked<BrandChange>,
) -> Answer<BrandShown> {
    let mut write = app.store.write(me.actor()).await?;
    let mut brand = write.brand_by_id(id).await?;
    let set = &mut brand.settings;
    brand.name = asked
        .name
        .map(|it| it.trim().to_owned())
        .filter(|it| !it.is_empty())
        .unwrap_or(brand.name);
    set.timezone = asked.timezone.unwrap_or_else(|| set.timezone.clone());
    set.country = asked.country.unwrap_or_else(|| set.country.clone());
    set.opening_hours = asked
        .opening_hours
        .unwrap_or_else(|| set.opening_hours.clone());
    set.rehearsal = asked.rehearsal.unwrap_or(set.rehearsal);
    if let Some(t) = asked.retention {
        if [t.customers, t.contacts, t.strangers]
            .iter()
            .flatten()
            .any(|it| !(1..=240).contains(it))
        {
            return Err(Problem::refused(
                "term_wrong",
                "a term lies between 1 and 240 months; leave it empty to keep for ever",
            ));
        }
        set.retention = Terms {
            customers: t.customers,
            contacts: t.contacts,
            strangers: t.strangers,
        };
    }
    if let Some(t) = asked.targets {
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
            return Err(Problem::refused(
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
        set.targets = Targets {
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
        .map_err(hours_wrong)?;
    write.save_brand(&brand).await?;
    write.fact(
        setting_fact(Act::SettingChanged, "brand", id.0)
            .number("rehearsal", brand.settings.rehearsal.into()),
    );
    write.commit().await?;
    Ok(Json(shown(brand)))
}
