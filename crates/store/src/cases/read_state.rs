//! How far each person has read each case: anything newer is unread for them, and for nobody
//! else.

use crate::{ReadStates, ReadStatesMut, Result, args};
use vigie_model::{CaseKey, PersonKey};

/// A person's unread cases are counted up to this number.
pub const MOST_UNREAD: i64 = 100;

impl ReadStates {
    /// The number of the last message fact of a case that this person saw; 0 when they never
    /// opened it.
    pub async fn last_fact(&mut self, person_key: PersonKey, case_key: CaseKey) -> Result<i64> {
        let sql = "SELECT stamp FROM seen WHERE person_key = $1 AND case_key = $2";
        self.0
            .optional(sql, args![person_key, case_key])
            .await?
            .map_or(Ok(0), |row| row.int("stamp"))
    }

    /// A person's open cases with messages they have not seen, counted up to [`MOST_UNREAD`].
    pub async fn count_unread(&mut self, person_key: PersonKey) -> Result<i64> {
        let sql = "SELECT COUNT(*) AS n \
            FROM (SELECT 1 FROM cases c LEFT JOIN seen s ON s.case_key = c.key AND s.person_key = \
            $1 WHERE c.state = 'open' AND c.owner_key = $1 AND c.stamp > COALESCE(s.stamp, 0) \
            LIMIT $2) AS unread";
        self.0
            .one(sql, args![person_key, MOST_UNREAD])
            .await?
            .int("n")
    }
}

impl ReadStatesMut {
    /// Records that a person saw a case up to that fact. It writes no fact: reading changes
    /// nothing for anybody else.
    pub async fn mark_read(
        &mut self,
        person_key: PersonKey,
        case_key: CaseKey,
        last_message_fact: i64,
    ) -> Result<()> {
        let sql = "INSERT INTO seen (person_key, case_key, stamp) \
            VALUES ($1, $2, $3) \
            ON CONFLICT (person_key, case_key) DO UPDATE SET stamp = excluded.stamp";
        self.0
            .run(sql, args![person_key, case_key, last_message_fact])
            .await?;
        Ok(())
    }

    /// Deletes the record: the case is unread again.
    pub async fn mark_unread(&mut self, person_key: PersonKey, case_key: CaseKey) -> Result<()> {
        self.0
            .run(
                "DELETE FROM seen WHERE person_key = $1 AND case_key = $2",
                args![person_key, case_key],
            )
            .await?;
        Ok(())
    }
}
