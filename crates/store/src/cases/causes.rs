//! Causes: why problems happen, below the six top-level ones, each with an owner who sees its
//! cases.

use vigie_model::{
    At, BrandKey, CaseKey, CauseId, CauseKey, CustomerKey, PersonId, PersonKey, TopCause,
};

use crate::{Cases, Causes, CausesMut, Error, Result, Row, args, named};

/// A cause.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Cause {
    pub key: CauseKey,
    pub id: CauseId,
    pub brand_key: BrandKey,
    pub top: TopCause,
    /// Short name; empty for the top-level cause itself.
    pub code: String,
    pub name_fr: String,
    pub name_en: String,
    /// Who can remove the cause.
    pub owner: Option<PersonId>,
    pub owner_name: Option<String>,
    /// Cases with this cause that are not closed.
    pub open_cases: i64,
    /// All cases with this cause.
    pub cases: i64,
}

const SELECT: &str = "SELECT k.key, k.id, k.brand_key, k.top, k.code, k.name_fr, k.name_en, p.id \
    AS owner, p.name, (SELECT COUNT(*) FROM cases c WHERE c.cause_key = k.key AND c.state <> \
    'closed') AS open_cases, (SELECT COUNT(*) FROM cases c WHERE c.cause_key = k.key) AS all_cases \
    FROM cause k \
    LEFT JOIN person p ON p.key = k.owner_key";

fn read(row: &Row) -> Result<Cause> {
    Ok(Cause {
        key: row.key("key")?,
        id: CauseId(row.id("id")?),
        brand_key: row.key("brand_key")?,
        top: row.code("top")?,
        code: row.text("code")?,
        name_fr: row.text("name_fr")?,
        name_en: row.text("name_en")?,
        owner: row.opt_id("owner")?.map(PersonId),
        owner_name: row.opt_text("name")?,
        open_cases: row.int("open_cases")?,
        cases: row.int("all_cases")?,
    })
}

impl Causes {
    /// Every cause in use.
    pub async fn list(&mut self) -> Result<Vec<Cause>> {
        let sql = format!("{SELECT} WHERE k.archived_at IS NULL ORDER BY k.brand_key, k.key");
        self.0.all(sql, vec![]).await?.iter().map(read).collect()
    }

    /// The cause with this public id.
    pub async fn find(&mut self, id: CauseId) -> Result<Cause> {
        let row = self
            .0
            .optional(format!("{SELECT} WHERE k.id = $1"), args![id.0])
            .await?;
        row.map_or(Err(Error::Missing("cause")), |row| read(&row))
    }

    /// Distinct customers with a case of this cause opened since `since`; an unknown author
    /// counts as one.
    pub async fn count_customers(&mut self, cause_key: CauseKey, since: At) -> Result<i64> {
        let sql = "SELECT COUNT(DISTINCT COALESCE(customer_key, -author_key)) AS n \
            FROM cases \
            WHERE cause_key = $1 AND opened_at >= $2";
        self.0.one(sql, args![cause_key, since]).await?.int("n")
    }

    /// Earlier cases of a customer with the same cause, not closed as solved, other than
    /// `case_key`.
    pub async fn count_unsolved(
        &mut self,
        customer_key: CustomerKey,
        cause_key: CauseKey,
        case_key: CaseKey,
    ) -> Result<i64> {
        let sql = "SELECT COUNT(*) AS n \
            FROM cases \
            WHERE customer_key = $1 AND cause_key = $2 AND key <> $3 AND (how IS NULL OR how <> \
            'solved')";
        self.0
            .one(sql, args![customer_key, cause_key, case_key])
            .await?
            .int("n")
    }
}

impl Cases {
    /// The cases with a cause, newest first.
    pub async fn of_cause(&mut self, cause_key: CauseKey) -> Result<Vec<crate::Case>> {
        self.matching(
            "cause_key = $1 ORDER BY key DESC LIMIT 200",
            args![cause_key],
        )
        .await
    }
}

impl CausesMut {
    /// Stores a cause.
    pub async fn insert(
        &mut self,
        brand: BrandKey,
        top: TopCause,
        code: &str,
        fr: &str,
        en: &str,
    ) -> Result<(CauseKey, CauseId)> {
        let id = self.0.id();
        let key = self
            .0
            .insert_keyed(
                "cause",
                named![
                    id,
                    brand_key: brand,
                    top: top.code(),
                    code,
                    name_fr: fr,
                    name_en: en,
                ],
            )
            .await?;
        Ok((key, CauseId(id)))
    }

    /// Changes a cause's names and owner.
    pub async fn save(
        &mut self,
        key: CauseKey,
        fr: &str,
        en: &str,
        owner_key: Option<PersonKey>,
    ) -> Result<()> {
        let sql = "UPDATE cause SET name_fr = $2, name_en = $3, owner_key = $4 WHERE key = $1";
        self.0.run(sql, args![key, fr, en, owner_key]).await?;
        Ok(())
    }

    /// Archives a cause, or restores it.
    pub async fn archive(&mut self, key: CauseKey, archived: bool) -> Result<()> {
        let at = archived.then(|| self.0.at());
        self.0
            .run(
                "UPDATE cause SET archived_at = $2 WHERE key = $1",
                args![key, at],
            )
            .await?;
        Ok(())
    }
}
