//! Teams: who answers together and when, and giving them cases.

use axum::{
    Json,
    extract::{Path, State},
};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use vigie_desk::TeamChange;
use vigie_model::{At, CaseId, PersonId, TeamId};
use vigie_store::{Brand, TeamNamed};
use vigie_triage::Calendar;

use super::{Done, acts::begin, brands::hours_wrong, case_shown::Named, done};
use crate::{Answer, App, Problem, body::Asked, session::SignedIn};

/// A team, as a case names it.
#[derive(Debug, Serialize, ToSchema)]
pub struct TeamOf {
    /// Id.
    pub id: TeamId,
    /// Its name.
    pub name: String,
}

impl From<TeamNamed> for TeamOf {
    fn from(it: TeamNamed) -> Self {
        Self {
            id: it.id,
            name: it.name,
        }
    }
}

/// A team.
#[derive(Serialize, ToSchema)]
pub struct TeamShown {
    /// Id.
    pub id: TeamId,
    /// Its name.
    pub name: String,
    /// Its hours, as `Tu-Sa 10:00-19:00; PH off`; absent means the brand's.
    pub hours: Option<String>,
    /// At work now.
    pub open_now: bool,
    /// When it is at work again; absent while it is.
    pub opens_at: Option<At>,
    /// Who belongs to it.
    pub members: Vec<Named>,
    /// Put away: given no cases.
    pub archived: bool,
    /// Open cases given to it.
    pub open_cases: i64,
    /// Of these, taken by nobody.
    pub waiting: i64,
}

/// Every team by name, those put away too.
#[utoipa::path(
    get,
    path = "/api/v1/teams",
    tag = "teams",
    responses((status = 200, body = Vec<TeamShown>)),
)]
pub async fn list(State(app): State<App>, _: SignedIn) -> Answer<Vec<TeamShown>> {
    let mut session = app.read().await?;
    let now = app.store.now();
    let brand = session.brands().await?.into_iter().next();
    let (counts, mut members) = (session.tally().await?, session.team_members().await?);
    let mut shown = Vec::new();
    for it in session.teams().await? {
        let calendar = brand
            .as_ref()
            .map(|brand| app.calendar(&in_hours(brand, it.hours.as_deref())));
        let open_now = calendar.as_ref().is_none_or(|it| it.is_open(now));
        let members = members.remove(&it.key).unwrap_or_default();
        shown.push(TeamShown {
            open_cases: counts.get(&format!("team:{}", it.key)),
            waiting: counts.get(&format!("team:{}:unowned", it.key)),
            id: it.id,
            name: it.name,
            hours: it.hours,
            open_now,
            opens_at: calendar.filter(|_| !open_now).map(|it| opening(&it, now)),
            members: members
                .into_iter()
                .map(|(id, name)| Named { id, name })
                .collect(),
            archived: it.archived,
        });
    }
    Ok(Json(shown))
}

/// The next opening: a minute before the first open minute is over.
fn opening(calendar: &Calendar, now: At) -> At {
    At::from_millis(calendar.after(now, 1).millis() - 60_000)
}

/// The brand, working when the team does.
fn in_hours(brand: &Brand, hours: Option<&str>) -> Brand {
    let mut brand = brand.clone();
    if let Some(hours) = hours {
        brand.settings.opening_hours = hours.to_owned();
    }
    brand
}

/// A new team.
#[derive(Deserialize, ToSchema)]
pub struct TeamAsked {
    /// 1 to 40 letters.
    pub name: String,
    /// Its hours, as `Tu-Sa 10:00-19:00; PH off`; absent means the brand's.
    pub hours: Option<String>,
    /// Who belongs to it.
    #[serde(default)]
    pub members: Vec<PersonId>,
}

/// The id of what was made.
#[derive(Serialize, ToSchema)]
pub struct TeamMade {
    /// Id.
    pub id: TeamId,
}

/// Makes a team.
#[utoipa::path(post, path = "/api/v1/teams", tag = "teams", request_body = TeamAsked,
    responses((status = 200, body = TeamMade), (status = 409), (status = 422)))]
pub async fn make(
    State(app): State<App>,
    me: SignedIn,
    Asked(asked): Asked<TeamAsked>,
) -> Answer<TeamMade> {
    check_hours(&app, asked.hours.as_deref()).await?;
    let mut write = app.store.write(me.actor()).await?;
    let id = vigie_desk::make_team(
        &mut write,
        &asked.name,
        asked.hours.as_deref(),
        &asked.members,
    )
    .await?;
    write.commit().await?;
    Ok(Json(TeamMade { id }))
}

/// What may change; absent stays.
#[derive(Deserialize, ToSchema)]
pub struct TeamChanged {
    /// Its name.
    pub name: Option<String>,
    /// Its hours; an empty text means the brand's.
    pub hours: Option<String>,
    /// Who belongs to it, all of them.
    pub members: Option<Vec<PersonId>>,
    /// Put away: its cases are given back to everybody.
    pub archived: Option<bool>,
}

/// Changes a team. Its open cases are counted in its new hours within a minute.
#[utoipa::path(
    patch,
    path = "/api/v1/teams/{id}",
    tag = "teams",
    params(("id" = TeamId, Path)),
    request_body = TeamChanged,
    responses((status = 200, body = Done), (status = 404), (status = 409), (status = 422)),
)]
pub async fn change(
    State(app): State<App>,
    me: SignedIn,
    Path(id): Path<TeamId>,
    Asked(asked): Asked<TeamChanged>,
) -> Answer<Done> {
    check_hours(&app, asked.hours.as_deref()).await?;
    let mut write = app.store.write(me.actor()).await?;
    let TeamChanged {
        name,
        hours,
        members,
        archived,
    } = asked;
    vigie_desk::change_team(
        &mut write,
        id,
        TeamChange {
            name,
            hours,
            members,
            archived,
        },
    )
    .await?;
    write.commit().await?;
    Ok(done())
}

/// Hours that cannot be read, in any brand's country, are refused.
async fn check_hours(app: &App, hours: Option<&str>) -> Result<(), Problem> {
    let Some(hours) = hours.filter(|it| !it.trim().is_empty()) else {
        return Ok(());
    };
    for brand in app.read().await?.brands().await? {
        Calendar::new(
            hours,
            &brand.settings.country,
            &brand.settings.timezone,
            app.store.now(),
        )
        .map_err(hours_wrong)?;
    }
    Ok(())
}

/// Giving a case.
#[derive(Deserialize, ToSchema)]
pub struct GiftAsked {
    /// To this team.
    pub team: TeamId,
}

/// Gives a case to a team: it waits there until one of them takes it. Whoever is in charge and not
/// of that team hands it over.
#[utoipa::path(
    put,
    path = "/api/v1/cases/{id}/team",
    tag = "acts",
    params(("id" = CaseId, Path)),
    request_body = GiftAsked,
    responses((status = 200, body = Done), (status = 422)),
)]
pub async fn give(
    State(app): State<App>,
    me: SignedIn,
    Path(id): Path<CaseId>,
    Asked(asked): Asked<GiftAsked>,
) -> Answer<Done> {
    let mut write = begin(&app, &me, id).await?;
    vigie_desk::give(&mut write, id, Some(asked.team)).await?;
    write.commit().await?;
    Ok(done())
}

/// Gives it to no team.
#[utoipa::path(
    delete,
    path = "/api/v1/cases/{id}/team",
    tag = "acts",
    params(("id" = CaseId, Path)),
    responses((status = 200, body = Done)),
)]
pub async fn take_back(
    State(app): State<App>,
    me: SignedIn,
    Path(id): Path<CaseId>,
) -> Answer<Done> {
    let mut write = begin(&app, &me, id).await?;
    vigie_desk::give(&mut write, id, None).await?;
    write.commit().await?;
    Ok(done())
}
