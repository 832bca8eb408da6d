//! Teams: people of the company who answer together, with opening hours of their own if they
//! have any. A case given to a team waits there until a member takes it.

use std::collections::HashMap;

use vigie_model::{PersonId, PersonKey, TeamId, TeamKey};

use crate::{Case, Cases, Error, Result, Row, Teams, TeamsMut, args, named};

/// A team.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Team {
    pub key: TeamKey,
    pub id: TeamId,
    pub name: String,
    /// In the OpenStreetMap notation; `None` means the brand's hours.
    pub hours: Option<String>,
    /// No more cases are given to an archived team.
    pub archived: bool,
}

/// The team of a case.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TeamRef {
    pub id: TeamId,
    pub name: String,
}

const SELECT: &str = "SELECT key, id, name, hours, archived_at FROM team";

fn read(row: &Row) -> Result<Team> {
    Ok(Team {
        key: row.key("key")?,
        id: TeamId(row.id("id")?),
        name: row.text("name")?,
        hours: row.opt_text("hours")?,
        archived: row.opt_int("archived_at")?.is_some(),
    })
}

impl Teams {
    /// Every team by name, including archived ones.
    pub async fn list(&mut self) -> Result<Vec<Team>> {
        self.0
            .all(format!("{SELECT} ORDER BY folded"), vec![])
            .await?
            .iter()
            .map(read)
            .collect()
    }

    /// The team with this public id.
    ///
    /// # Errors
    /// [`Error::Missing`] when there is none.
    pub async fn find(&mut self, id: TeamId) -> Result<Team> {
        let row = self
            .0
            .optional(format!("{SELECT} WHERE id = $1"), args![id.0])
            .await?;
        row.map_or(Err(Error::Missing("team")), |row| read(&row))
    }

    /// The team with this key.
    pub async fn by_key(&mut self, key: TeamKey) -> Result<Team> {
        read(
            &self
                .0
                .one(format!("{SELECT} WHERE key = $1"), args![key])
                .await?,
        )
    }

    /// The team with this folded name.
    pub async fn named(&mut self, folded: &str) -> Result<Option<Team>> {
        self.0
            .optional(format!("{SELECT} WHERE folded = $1"), args![folded])
            .await?
            .map(|row| read(&row))
            .transpose()
    }

    /// The members of each team, by its key; ordered by name.
    pub async fn members(&mut self) -> Result<HashMap<TeamKey, Vec<(PersonId, String)>>> {
        let sql = "SELECT m.team_key, p.id, p.name \
            FROM team_member m \
            JOIN person p ON p.key = m.person_key \
            WHERE p.disabled_at IS NULL \
            ORDER BY p.name, p.key";
        let mut members: HashMap<TeamKey, Vec<(PersonId, String)>> = HashMap::new();
        for row in self.0.all(sql, vec![]).await? {
            members
                .entry(row.key("team_key")?)
                .or_default()
                .push((PersonId(row.id("id")?), row.text("name")?));
        }
        Ok(members)
    }

    /// Keys of the teams a user belongs to.
    pub async fn of_person(&mut self, person_key: PersonKey) -> Result<Vec<TeamKey>> {
        let sql = "SELECT m.team_key \
            FROM team_member m \
            JOIN team t ON t.key = m.team_key \
            WHERE m.person_key = $1 AND t.archived_at IS NULL \
            ORDER BY m.team_key";
        self.0
            .all(sql, args![person_key])
            .await?
            .iter()
            .map(|row| row.key("team_key"))
            .collect()
    }
}

impl Cases {
    /// The cases of a team that are not closed.
    pub async fn of_team(&mut self, team_key: TeamKey) -> Result<Vec<Case>> {
        self.matching(
            "team_key = $1 AND state <> 'closed' ORDER BY key",
            args![team_key],
        )
        .await
    }
}

impl TeamsMut {
    /// Stores a team.
    pub async fn insert(&mut self, name: &str, folded: &str, hours: Option<&str>) -> Result<Team> {
        let (id, at, actor) = (self.0.id(), self.0.at(), self.0.actor().to_string());
        let values = named![id, name, folded, hours, made_by: actor, made_at: at];
        let key = self.0.insert_keyed("team", values).await?;
        Ok(Team {
            key,
            id: TeamId(id),
            name: name.into(),
            hours: hours.map(Into::into),
            archived: false,
        })
    }

    /// Removes a team from its closed cases: one that reopens belongs to everybody.
    pub async fn detach_closed_cases(&mut self, team_key: TeamKey) -> Result<()> {
        self.0
            .run(
                "UPDATE cases SET team_key = NULL WHERE team_key = $1 AND state = 'closed'",
                args![team_key],
            )
            .await?;
        Ok(())
    }

    /// Changes a team.
    pub async fn save(&mut self, team: &Team, folded: &str) -> Result<()> {
        let at = self.0.at();
        let archived_at = team.archived.then_some(at);
        let sql =
            "UPDATE team SET name = $2, folded = $3, hours = $4, archived_at = $5 WHERE key = $1";
        self.0
            .run(
                sql,
                args![team.key, &team.name, folded, &team.hours, archived_at],
            )
            .await?;
        Ok(())
    }

    /// Schedules a team's open cases to be weighed again, because its hours changed.
    pub async fn reweigh(&mut self, team_key: TeamKey) -> Result<()> {
        let at = self.0.at();
        let sql = "UPDATE cases SET next_change_at = $2 WHERE state = 'open' AND team_key = $1";
        self.0.run(sql, args![team_key, at]).await?;
        Ok(())
    }

    /// Sets the members of a team.
    pub async fn set_members(&mut self, team_key: TeamKey, persons: &[PersonKey]) -> Result<()> {
        self.0
            .run(
                "DELETE FROM team_member WHERE team_key = $1",
                args![team_key],
            )
            .await?;
        for person in persons {
            let sql = "INSERT INTO team_member (team_key, person_key) \
                VALUES ($1, $2) \
                ON CONFLICT DO NOTHING";
            self.0.run(sql, args![team_key, *person]).await?;
        }
        Ok(())
    }
}
