//! How far each person has read each case: what is newer than that is unread for them, and for
//! nobody else.

use crate::{Result, Session, Write, args};

/// Unread cases of one's own are counted to this many.
pub const MOST_UNREAD: i64 = 100;

impl Session {
    /// The number of the fact of the last words of a case this person saw; 0 when they never
    /// looked.
    pub async fn seen(&mut self, person_key: i64, case_key: i64) -> Result<i64> {
        let sql = "SELECT stamp FROM seen WHERE person_key = $1 AND case_key = $2";
        self.maybe(sql, args![person_key, case_key])
            .await?
            .map_or(Ok(0), |row| row.int("stamp"))
    }

    /// Cases of theirs to do that hold words they have not seen, counted to [`MOST_UNREAD`].
    pub async fn count_unread(&mut self, person_key: i64) -> Result<i64> {
        let sql = "SELECT COUNT(*) AS n FROM (SELECT 1 FROM cases c \
                   LEFT JOIN seen s ON s.case_key = c.key AND s.person_key = $1 \
                   WHERE c.state = 'open' AND c.owner_key = $1 AND c.stamp > COALESCE(s.stamp, 0) \
                   LIMIT $2) AS unread";
        self.one(sql, args![person_key, MOST_UNREAD])
            .await?
            .int("n")
    }
}

impl Write {
    /// Remembers that a person saw a case up to that fact. No fact of its own: reading changes
    /// nothing for anybody else.
    pub async fn see(&mut self, person_key: i64, case_key: i64, stamp: i64) -> Result<()> {
        let sql = "INSERT INTO seen (person_key, case_key, stamp) VALUES ($1, $2, $3) \
                   ON CONFLICT (person_key, case_key) DO UPDATE SET stamp = excluded.stamp";
        self.run(sql, args![person_key, case_key, stamp]).await?;
        Ok(())
    }

    /// Forgets it: the case is unread again.
    pub async fn unsee(&mut self, person_key: i64, case_key: i64) -> Result<()> {
        self.run(
            "DELETE FROM seen WHERE person_key = $1 AND case_key = $2",
            args![person_key, case_key],
        )
        .await?;
        Ok(())
    }
}
