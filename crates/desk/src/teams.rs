//! Teams: who answers together, when they work, and which cases wait for them.

use vigie_model::{Act, Actor, CaseId, PersonId, PersonKey, TeamId, TeamKey};
use vigie_store::{Case, FactDraft, Team, Write};

use crate::{Error, Result, assignment::assign, tags::clean};

/// The changes to a team; absent fields stay unchanged.
#[derive(Debug, Clone, Default)]
pub struct TeamUpdate {
    pub name: Option<String>,
    /// Opening hours, checked by the caller; an empty text means the brand's.
    pub hours: Option<String>,
    /// The complete list of members.
    pub members: Option<Vec<PersonId>>,
    /// An archived team's cases wait for everybody again.
    pub archived: Option<bool>,
}

/// Creates a team.
///
/// # Errors
/// [`Error::TeamName`], or [`Error::TeamExists`] when another team has that name.
pub async fn make_team(
    write: &mut Write,
    name: &str,
    hours: Option<&str>,
    members: &[PersonId],
) -> Result<TeamId> {
    let (name, folded) = free_name(write, name, None).await?;
    let team = write
        .teams()
        .insert(
            &name,
            &folded,
            hours.map(str::trim).filter(|it| !it.is_empty()),
        )
        .await?;
    let keys = keys_of(write, members).await?;
    write.teams().set_members(team.key, &keys).await?;
    write.fact(FactDraft::new(Act::TeamChanged).on("team", team.id.0));
    Ok(team.id)
}

/// Changes a team.
///
/// # Errors
/// As [`make_team`].
pub async fn change_team(write: &mut Write, id: TeamId, change: TeamUpdate) -> Result<()> {
    let mut team = write.teams().find(id).await?;
    let name = change.name.unwrap_or_else(|| team.name.clone());
    let (name, folded) = free_name(write, &name, Some(team.key)).await?;
    let hours_before = team.hours.clone();
    team.name = name;
    if let Some(hours) = change.hours {
        team.hours = Some(hours.trim().to_owned()).filter(|it| !it.is_empty());
    }
    team.archived = change.archived.unwrap_or(team.archived);
    write.teams().save(&team, &folded).await?;
    if team.hours != hours_before {
        write.teams().reweigh(team.key).await?;
    }
    if let Some(members) = change.members {
        let keys = keys_of(write, &members).await?;
        write.teams().set_members(team.key, &keys).await?;
    }
    if team.archived {
        release_cases(write, &team).await?;
    }
    write.fact(FactDraft::new(Act::TeamChanged).on("team", id.0));
    Ok(())
}

/// Gives a case to a team, or to none. An owner who is not in that team loses the case.
///
/// # Errors
/// [`Error::TeamAway`] when the team is archived.
pub async fn assign_team(write: &mut Write, case: CaseId, team: Option<TeamId>) -> Result<Case> {
    let team = match team {
        Some(id) => Some(write.teams().find(id).await?),
        None => None,
    };
    if team.as_ref().is_some_and(|it| it.archived) {
        return Err(Error::TeamAway);
    }
    let mut before = write.cases().find(case).await?;
    if before.team_key == team.as_ref().map(|it| it.key) {
        return Ok(before);
    }
    if let (Some(team), Some(owner)) = (&team, before.owner_key)
        && !write.teams().of_person(owner).await?.contains(&team.key)
    {
        before = assign(write, case, None).await?;
    }
    let mut after = before.clone();
    let actor = write.actor();
    apply_team(write, &mut after, team.as_ref(), actor);
    after.touched_at = write.at();
    write.cases().save(&before, &mut after).await?;
    Ok(after)
}

/// Sets the team of a case and clears its take-by time, which then follows the team's hours;
/// the caller stores the case.
pub(crate) fn apply_team(write: &mut Write, case: &mut Case, team: Option<&Team>, by: Actor) {
    case.team_key = team.map(|it| it.key);
    case.take_by = None;
    let fact = FactDraft::new(Act::CaseGiven).of_case(case).by(by);
    write.fact(
        team.iter()
            .fold(fact, |fact, team| fact.on("team", team.id.0)),
    );
}

/// An archived team leaves no case behind.
async fn release_cases(write: &mut Write, team: &Team) -> Result<()> {
    for before in write.cases().of_team(team.key).await? {
        let mut after = before.clone();
        apply_team(write, &mut after, None, Actor::System);
        write.cases().save(&before, &mut after).await?;
    }
    write.teams().detach_closed_cases(team.key).await?;
    Ok(())
}

async fn keys_of(write: &mut Write, members: &[PersonId]) -> Result<Vec<PersonKey>> {
    let mut keys = Vec::new();
    for id in members {
        keys.push(write.people().find(*id).await?.key);
    }
    Ok(keys)
}

/// A name no other team has, and its comparable form.
async fn free_name(
    write: &mut Write,
    name: &str,
    mine: Option<TeamKey>,
) -> Result<(String, String)> {
    let (name, folded) = clean(name).ok_or(Error::TeamName)?;
    if write
        .teams()
        .named(&folded)
        .await?
        .is_some_and(|it| Some(it.key) != mine)
    {
        return Err(Error::TeamExists);
    }
    Ok((name, folded))
}
