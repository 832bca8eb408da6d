//! Today: what awaits me and the team. Nobody's figures, only what is to be done.

use std::collections::BTreeMap;

use axum::{Json, extract::State};
use serde::Serialize;
use utoipa::ToSchema;
use vigie_model::{At, CaseId};
use vigie_store::{Narrowed, View};

use super::{case_shown::PromiseShown, shown::CaseRow};
use crate::{Answer, App, session::SignedIn};

/// What awaits.
#[derive(Serialize, ToSchema)]
pub struct Today {
    /// How many in each view, by name.
    pub counts: BTreeMap<String, i64>,
    /// Cases without a keeper past their take-by time.
    pub orphans: i64,
    /// The first of the list.
    pub first: Vec<CaseRow>,
    /// Mine.
    pub mine: Vec<CaseRow>,
    /// Promises due within two days, or late.
    pub promises: Vec<PromiseShown>,
    /// Where I am mentioned.
    pub mentions: Vec<MentionShown>,
    /// Last words of a customer.
    pub last_heard_at: Option<At>,
    /// Open by the brand's hours.
    pub open_now: bool,
    /// Answers refused or uncertain: a person decides.
    pub stuck_answers: i64,
    /// Items the door refused.
    pub refused: i64,
}

/// Where I am mentioned.
#[derive(Serialize, ToSchema)]
pub struct MentionShown {
    /// Case.
    pub case: CaseId,
    /// Subject.
    pub title: String,
    /// By whom.
    pub by: String,
    /// When.
    pub at: At,
}

/// What awaits me and the team.
#[utoipa::path(get, path = "/api/v1/today", tag = "cases", responses((status = 200, body = Today)))]
pub async fn today(State(app): State<App>, me: SignedIn) -> Answer<Today> {
    use vigie_model::OutState::{Refused, Uncertain};
    let now = app.store.now();
    let mut session = app.read().await?;
    let mut counts = session.tally().await?.0;
    counts.insert("mine".into(), counts.get(&format!("owner:{}", me.person.key)).copied().unwrap_or(0));
    counts.retain(|name, _| !name.starts_with("owner:"));
    let volunteer = me.is_volunteer();
    let first = if volunteer { View::Offered(vigie_model::Queue::Quick) } else { View::Open };
    let first = session.list_cases(first, Narrowed::default(), None, 8).await?;
    let mine = session.list_cases(View::Owner(me.person.key), Narrowed::default(), None, 8).await?;
    let promises = if volunteer { Vec::new() } else { session.promises_in_view(now.plus_days(2)).await? };
    let mentions = session.mentions(me.person.key).await?.into_iter();
    let mentions = mentions.map(|(case, title, by, at)| MentionShown { case, title, by, at }).collect();
    let brand = session.brands().await?.into_iter().next();
    let last_heard_at = session.sources().await?.iter().filter_map(|it| it.last_received_at).max();
    let stuck = session.list_outgoing(&[Refused, Uncertain], None, 100).await?.len();
    let refused = session.list_refused(false, None, 100).await?.len();
    Ok(Json(Today {
        counts,
        orphans: session.count_orphans(now).await?,
        first: first.into_iter().map(Into::into).collect(),
        mine: mine.into_iter().map(Into::into).collect(),
        promises: promises.into_iter().map(Into::into).collect(),
        mentions,
        last_heard_at,
        open_now: brand.is_none_or(|brand| app.calendar(&brand).is_open(now)),
        stuck_answers: stuck as i64,
        refused: refused as i64,
    }))
}
