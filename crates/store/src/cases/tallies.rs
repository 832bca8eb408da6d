//! How many cases wait where: counters updated by each act, so that no list has to be counted.

use std::collections::BTreeMap;

use vigie_model::{CaseState, PersonKey, TeamKey};

use crate::{Case, Result, Tallies, Write, args};

/// Counters by name: `state:open`, `queue:now`, `owner:<key>`, `unowned`, `team:<key>` and, of
/// these, `team:<key>:unowned`.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Tally(pub BTreeMap<String, i64>);

impl Tally {
    /// Open cases of an owner.
    pub fn owned_by(&self, owner: PersonKey) -> i64 {
        self.get(&format!("owner:{}", owner.number()))
    }

    /// Open cases of a team.
    pub fn of_team(&self, team: TeamKey) -> i64 {
        self.get(&format!("team:{}", team.number()))
    }

    /// Open cases of a team that nobody is in charge of.
    pub fn unowned_of_team(&self, team: TeamKey) -> i64 {
        self.get(&format!("team:{}:unowned", team.number()))
    }

    /// The counter with this name; 0 when nothing was ever counted.
    pub fn get(&self, name: &str) -> i64 {
        self.0.get(name).copied().unwrap_or(0)
    }
}

fn names(case: &Case) -> Vec<String> {
    let mut names = vec![format!("state:{}", case.state)];
    if case.state == CaseState::Open {
        names.push(format!("queue:{}", case.queue));
        names.push(case.owner_key.map_or_else(
            || "unowned".to_owned(),
            |owner| format!("owner:{}", owner.number()),
        ));
        if let Some(team) = case.team_key {
            let team = team.number();
            names.push(format!("team:{team}"));
            names.extend(
                case.owner_key
                    .is_none()
                    .then(|| format!("team:{team}:unowned")),
            );
        }
    }
    names
}

impl Write {
    /// Updates the counters for a case that changed from `before` to `after`.
    pub(crate) fn tally(&mut self, before: Option<&Case>, after: Option<&Case>) {
        for (case, step) in [(before, -1), (after, 1)] {
            for name in case.map(names).unwrap_or_default() {
                *self.tallies.entry(name).or_default() += step;
            }
        }
    }

    pub(crate) async fn write_tallies(&mut self) -> Result<()> {
        let rows: Vec<_> = std::mem::take(&mut self.tallies)
            .into_iter()
            .filter(|(_, step)| *step != 0)
            .map(|(name, step)| args![name, step])
            .collect();
        if rows.is_empty() {
            return Ok(());
        }
        let marks = crate::placeholders(1, rows.len(), 2);
        let sql = format!(
            "INSERT INTO tally (name, value) \
                VALUES {marks} \
                ON CONFLICT (name) DO UPDATE SET value = tally.value + excluded.value"
        );
        self.run(sql, rows.into_iter().flatten().collect()).await?;
        Ok(())
    }
}

impl Tallies {
    /// Every counter.
    pub async fn read(&mut self) -> Result<Tally> {
        let rows = self.0.all("SELECT name, value FROM tally", vec![]).await?;
        let counts = rows
            .iter()
            .map(|row| Ok((row.text("name")?, row.int("value")?)))
            .collect::<Result<_>>()?;
        Ok(Tally(counts))
    }
}
