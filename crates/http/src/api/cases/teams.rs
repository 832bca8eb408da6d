//! Teams: who answers together and when, and giving them cases.

use axum::{
    Json,
    extract::{Path, State},
};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use vigie_desk::TeamUpdate;
use vigie_model::{At, CaseId, PersonId, TeamId};
use vigie_store::Brand;
use vigie_triage::Calendar;

use crate::api::{
    DoneResponse, acting::begin, cases::summaries::PersonSummary, done,
    settings::brands::opening_hours_problem,
};
use crate::{ApiResult, AppState, Problem, body::JsonBody, session::SignedIn};

/// A team.
#[derive(Serialize, ToSchema)]
pub struct TeamResponse {
    pub id: TeamId,
    pub name: String,
    /// Opening hours, such as `Tu-Sa 10:00-19:00; PH off`; absent means the brand's.
    pub hours: Option<String>,
    /// At work now.
    pub open_now: bool,
    /// When it works again; absent while it does.
    pub opens_at: Option<At>,
    pub members: Vec<PersonSummary>,
    /// No cases are given to an archived team.
    pub archived: bool,
    /// Open cases given to it.
    pub open_cases: i64,
    /// Of these, cases without owner.
    pub waiting: i64,
}

/// Every team by name, including archived ones.
#[utoipa::path(
    get,
    path = "/api/v1/teams",
    tag = "teams",
    responses((status = 200, body = Vec<TeamResponse>)),
)]
pub async fn list(State(app): State<AppState>, _: SignedIn) -> ApiResult<Vec<TeamResponse>> {
    let mut session = app.read().await?;
    let now = app.store.now();
    let brand = session.brands().list().await?.into_iter().next();
    let (counts, mut members) = (
        session.tallies().read().await?,
        session.teams().members().await?,
    );
    let mut responses = Vec::new();
    for it in session.teams().list().await? {
        let calendar = brand
            .as_ref()
            .map(|brand| app.calendar(&in_hours(brand, it.hours.as_deref())));
        let open_now = calendar.as_ref().is_none_or(|it| it.is_open(now));
        let members = members.remove(&it.key).unwrap_or_default();
        responses.push(TeamResponse {
            open_cases: counts.of_team(it.key),
            waiting: counts.unowned_of_team(it.key),
            id: it.id,
            name: it.name,
            hours: it.hours,
            open_now,
            opens_at: calendar.filter(|_| !open_now).map(|it| opening(&it, now)),
            members: members
                .into_iter()
                .map(|(id, name)| PersonSummary { id, name })
                .collect(),
            archived: it.archived,
        });
    }
    Ok(Json(responses))
}

/// The next opening: one minute before the first open minute ends.
fn opening(calendar: &Calendar, now: At) -> At {
    At::from_millis(calendar.after(now, 1).millis() - 60_000)
}

/// The brand with the team's hours.
fn in_hours(brand: &Brand, hours: Option<&str>) -> Brand {
    let mut brand = brand.clone();
    if let Some(hours) = hours {
        brand.settings.opening_hours = hours.to_owned();
    }
    brand
}

/// A new team.
#[derive(Deserialize, ToSchema)]
pub struct TeamRequest {
    /// 1 to 40 letters.
    pub name: String,
    /// Opening hours, such as `Tu-Sa 10:00-19:00; PH off`; absent means the brand's.
    pub hours: Option<String>,
    #[serde(default)]
    pub members: Vec<PersonId>,
}

/// A team just created.
#[derive(Serialize, ToSchema)]
pub struct TeamCreatedResponse {
    pub id: TeamId,
}

/// Creates a team.
#[utoipa::path(post, path = "/api/v1/teams", tag = "teams", request_body = TeamRequest,
    responses((status = 200, body = TeamCreatedResponse), (status = 409), (status = 422)))]
pub async fn make(
    State(app): State<AppState>,
    me: SignedIn,
    JsonBody(request): JsonBody<TeamRequest>,
) -> ApiResult<TeamCreatedResponse> {
    check_hours(&app, request.hours.as_deref()).await?;
    let mut write = app.store.write(me.actor()).await?;
    let id = vigie_desk::make_team(
        &mut write,
        &request.name,
        request.hours.as_deref(),
        &request.members,
    )
    .await?;
    write.commit().await?;
    Ok(Json(TeamCreatedResponse { id }))
}

/// The changes to a team; absent fields stay unchanged.
#[derive(Deserialize, ToSchema)]
pub struct UpdateTeamRequest {
    pub name: Option<String>,
    /// An empty text means the brand's hours.
    pub hours: Option<String>,
    /// The complete list of members.
    pub members: Option<Vec<PersonId>>,
    /// An archived team's cases go back to everybody.
    pub archived: Option<bool>,
}

/// Changes a team. Its open cases are counted in its new hours within a minute.
#[utoipa::path(
    patch,
    path = "/api/v1/teams/{id}",
    tag = "teams",
    params(("id" = TeamId, Path)),
    request_body = UpdateTeamRequest,
    responses((status = 200, body = DoneResponse), (status = 404), (status = 409), (status = 422)),
)]
pub async fn change(
    State(app): State<AppState>,
    me: SignedIn,
    Path(id): Path<TeamId>,
    JsonBody(request): JsonBody<UpdateTeamRequest>,
) -> ApiResult<DoneResponse> {
    check_hours(&app, request.hours.as_deref()).await?;
    let mut write = app.store.write(me.actor()).await?;
    let UpdateTeamRequest {
        name,
        hours,
        members,
        archived,
    } = request;
    vigie_desk::change_team(
        &mut write,
        id,
        TeamUpdate {
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

/// Refuses hours that cannot be read in a brand's country.
async fn check_hours(app: &AppState, hours: Option<&str>) -> Result<(), Problem> {
    let Some(hours) = hours.filter(|it| !it.trim().is_empty()) else {
        return Ok(());
    };
    for brand in app.read().await?.brands().list().await? {
        Calendar::new(
            hours,
            &brand.settings.country,
            &brand.settings.timezone,
            app.store.now(),
        )
        .map_err(opening_hours_problem)?;
    }
    Ok(())
}

/// The team to give a case to.
#[derive(Deserialize, ToSchema)]
pub struct AssignTeamRequest {
    pub team: TeamId,
}

/// Gives a case to a team: it waits there until a member takes it. An owner who is not in that
/// team loses the case.
#[utoipa::path(
    put,
    path = "/api/v1/cases/{id}/team",
    tag = "acts",
    params(("id" = CaseId, Path)),
    request_body = AssignTeamRequest,
    responses((status = 200, body = DoneResponse), (status = 422)),
)]
pub async fn assign_team(
    State(app): State<AppState>,
    me: SignedIn,
    Path(id): Path<CaseId>,
    JsonBody(request): JsonBody<AssignTeamRequest>,
) -> ApiResult<DoneResponse> {
    let mut write = begin(&app, &me, id).await?;
    vigie_desk::assign_team(&mut write, id, Some(request.team)).await?;
    write.commit().await?;
    Ok(done())
}

/// Gives a case to no team.
#[utoipa::path(
    delete,
    path = "/api/v1/cases/{id}/team",
    tag = "acts",
    params(("id" = CaseId, Path)),
    responses((status = 200, body = DoneResponse)),
)]
pub async fn unassign_team(
    State(app): State<AppState>,
    me: SignedIn,
    Path(id): Path<CaseId>,
) -> ApiResult<DoneResponse> {
    let mut write = begin(&app, &me, id).await?;
    vigie_desk::assign_team(&mut write, id, None).await?;
    write.commit().await?;
    Ok(done())
}
