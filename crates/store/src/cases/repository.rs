//! The queries and writes of cases.

use vigie_model::{At, AuthorKey, CaseId, CaseKey, CustomerKey, Key, PersonKey};

use super::case::{COLUMNS, Case};
use crate::{Cases, CasesMut, Error, Result, Value, args, row::marks_of};

impl Cases {
    /// The case with this public id.
    ///
    /// # Errors
    /// [`Error::Missing`] when there is none.
    pub async fn find(&mut self, id: CaseId) -> Result<Case> {
        let sql = format!("SELECT {COLUMNS} FROM cases WHERE id = $1");
        self.0
            .optional(sql, args![id.0])
            .await?
            .map_or(Err(Error::Missing("case")), |row| Case::read(&row))
    }

    /// The case with this number, the one people use to refer to it.
    pub async fn by_number(&mut self, number: i64) -> Result<Option<Case>> {
        let sql = format!("SELECT {COLUMNS} FROM cases WHERE number = $1");
        self.0
            .optional(sql, args![number])
            .await?
            .map(|row| Case::read(&row))
            .transpose()
    }

    /// The case with this key.
    pub async fn by_key(&mut self, key: CaseKey) -> Result<Case> {
        let sql = format!("SELECT {COLUMNS} FROM cases WHERE key = $1");
        Case::read(&self.0.one(sql, args![key]).await?)
    }

    /// The cases of these keys, in any order.
    pub async fn by_keys(&mut self, keys: &[CaseKey]) -> Result<Vec<Case>> {
        self.where_in("key", keys).await
    }

    /// The cases whose `column` is one of `keys`.
    pub(crate) async fn where_in<K: Key>(&mut self, column: &str, keys: &[K]) -> Result<Vec<Case>> {
        let mut cases = Vec::new();
        for part in keys.chunks(1_000) {
            let (marks, values) = marks_of(part);
            let sql = format!("SELECT {COLUMNS} FROM cases WHERE {column} IN {marks} ORDER BY key");
            let rows = self.0.all(sql, values).await?;
            for row in &rows {
                cases.push(Case::read(row)?);
            }
        }
        Ok(cases)
    }

    /// Cases selected by a condition written in the store, never by a caller.
    pub(crate) async fn matching(
        &mut self,
        condition: &str,
        values: Vec<Value>,
    ) -> Result<Vec<Case>> {
        let rows = self
            .0
            .all(
                format!("SELECT {COLUMNS} FROM cases WHERE {condition}"),
                values,
            )
            .await?;
        rows.iter().map(Case::read).collect()
    }

    /// Every case of a customer, newest first.
    pub async fn of_customer(&mut self, customer_key: CustomerKey) -> Result<Vec<Case>> {
        self.matching(
            "customer_key = $1 ORDER BY key DESC LIMIT 500",
            args![customer_key],
        )
        .await
    }

    /// Cases started by an author.
    pub async fn of_author(&mut self, author_key: AuthorKey) -> Result<Vec<Case>> {
        self.matching(
            "author_key = $1 ORDER BY key DESC LIMIT 500",
            args![author_key],
        )
        .await
    }

    /// Cases of an owner that are not closed.
    pub async fn of_owner(&mut self, owner_key: PersonKey) -> Result<Vec<Case>> {
        self.matching(
            "owner_key = $1 AND state <> 'closed' ORDER BY key",
            args![owner_key],
        )
        .await
    }

    /// Cases whose snooze has ended at `at`.
    pub async fn to_wake(&mut self, at: At, limit: i64) -> Result<Vec<Case>> {
        self.matching(
            "state = 'snoozed' AND snoozed_until <= $1 ORDER BY snoozed_until LIMIT $2",
            args![at, limit],
        )
        .await
    }
}

impl CasesMut {
    /// Reserves `count` consecutive case numbers; returns the first.
    pub async fn take_numbers(&mut self, count: i64) -> Result<i64> {
        let sql = "UPDATE counter SET value = value + $1 WHERE name = 'case' RETURNING value";
        Ok(self.0.one(sql, args![count]).await?.int("value")? - count + 1)
    }

    /// Weighs and stores new cases in bulk. Their keys must be their numbers, reserved with
    /// [`CasesMut::take_numbers`](crate::CasesMut::take_numbers).
    pub async fn insert_many(&mut self, cases: &mut [Case]) -> Result<()> {
        for case in cases.iter_mut() {
            self.weigh_new(case).await?;
            self.0.tally(None, Some(case));
        }
        self.0
            .insert_plain("cases", cases.iter().map(Case::columns).collect())
            .await
    }

    /// Removes the owner of a case that comes back to the team, unless that person is available.
    pub async fn release_absent_owner(&mut self, case: &mut Case) -> Result<()> {
        let Some(owner) = case.owner_key else {
            return Ok(());
        };
        if !self.0.people().by_key(owner).await?.available(self.0.at()) {
            case.owner_key = None;
            self.0.assignments().assign(case.key, None).await?;
        }
        Ok(())
    }

    /// Weighs and stores what changed in a case; `before` is what was read in this same write. No
    /// case is ever stored unweighed, so that every open one has a due time and either an owner
    /// or a take-by time.
    pub async fn save(&mut self, before: &Case, after: &mut Case) -> Result<()> {
        self.weigh(after).await?;
        self.0.tally(Some(before), Some(after));
        let (names, values): (Vec<_>, Vec<_>) = after.columns().into_iter().unzip();
        let sets = names.iter().zip(1..).skip(1); // The key stays.
        let sets: Vec<String> = sets
            .map(|(name, place)| format!("{name} = ${place}"))
            .collect();
        let sql = format!("UPDATE cases SET {} WHERE key = $1", sets.join(", "));
        self.0.run(sql, values).await?;
        Ok(())
    }
}
