//! Who may see a case.

use vigie_model::{CaseState, Queue, Role};
use vigie_store::{Case, Person, Session};

/// Whether a person may see a case. Volunteers see their own cases, those of their teams, those
/// that mention them, and the unowned ones of the queue Quick; everyone else sees all.
///
/// # Errors
/// When the store fails.
pub async fn sees(
    session: &mut Session,
    person: &Person,
    case: &Case,
) -> Result<bool, vigie_store::Error> {
    let offered =
        case.queue == Queue::Quick && case.owner_key.is_none() && case.state == CaseState::Open;
    if person.role != Role::Volunteer || case.owner_key == Some(person.key) || offered {
        return Ok(true);
    }
    if let Some(team) = case.team_key
        && session.teams().of_person(person.key).await?.contains(&team)
    {
        return Ok(true);
    }
    let mentions = session.notes().mentions(person.key).await?;
    Ok(mentions
        .iter()
        .any(|(mentioned_in, ..)| *mentioned_in == case.id))
}
