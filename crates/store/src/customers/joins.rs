//! Joins of two customers who are one person, as a person found; each can be undone.

use serde::{Deserialize, Serialize};
use vigie_model::{At, AuthorKey, CaseKey, CustomerId, CustomerKey, IdentityJoinId};

use crate::{Customer, Customers, CustomersMut, Error, Result, args, named, row::json_text};

/// A join of two customers found to be one person.
#[derive(Debug, Clone, PartialEq)]
pub struct IdentityJoin {
    pub id: IdentityJoinId,
    pub surviving: CustomerId,
    pub absorbed: CustomerId,
    /// Name of the absorbed customer.
    pub absorbed_name: String,
    pub made_at: At,
}

/// Everything a join moved, so that it can move back.
#[derive(Serialize, Deserialize)]
struct MovedRows {
    authors: Vec<AuthorKey>,
    cases: Vec<CaseKey>,
    /// What the kept customer was claimed to be, when the join proved them.
    #[serde(default)]
    claimed_as: Option<String>,
}

impl Customers {
    /// Joins into this customer that were not undone.
    pub async fn joins(&mut self, customer_key: CustomerKey) -> Result<Vec<IdentityJoin>> {
        let sql = "SELECT j.id, k.id AS kept, b.id AS absorbed, b.name, j.made_at \
            FROM identity_join j \
            JOIN customer k ON k.key = j.kept \
            JOIN customer b ON b.key = j.absorbed \
            WHERE j.kept = $1 AND j.undone_at IS NULL \
            ORDER BY j.key DESC";
        let rows = self.0.all(sql, args![customer_key]).await?;
        rows.iter()
            .map(|row| {
                Ok(IdentityJoin {
                    id: IdentityJoinId(row.id("id")?),
                    surviving: CustomerId(row.id("kept")?),
                    absorbed: CustomerId(row.id("absorbed")?),
                    absorbed_name: row.text("name")?,
                    made_at: row.at("made_at")?,
                })
            })
            .collect()
    }
}

impl CustomersMut {
    /// Joins two customers. Whoever joins somebody proved and somebody claimed vouches for both.
    pub async fn join(
        &mut self,
        surviving: &Customer,
        absorbed: &Customer,
    ) -> Result<IdentityJoinId> {
        let is_proof = surviving.claimed_as.is_some() && absorbed.claimed_as.is_none();
        let moved = MovedRows {
            authors: self.authors_of(absorbed.key).await?,
            cases: self.cases_of(absorbed.key).await?,
            claimed_as: surviving.claimed_as.clone().filter(|_| is_proof),
        };
        self.move_authors(&moved.authors, surviving.key, "person")
            .await?;
        for sql in [
            "UPDATE cases SET customer_key = $2 WHERE customer_key = $1",
            "UPDATE customer SET joined_into = $2 WHERE key = $1",
        ] {
            let both = args![absorbed.key, surviving.key];
            self.0.run(sql, both).await?;
        }
        let claimed_as = surviving.claimed_as.clone().filter(|_| !is_proof);
        self.set_claimed(surviving.key, claimed_as).await?;
        self.record(surviving, absorbed, &moved).await
    }

    async fn record(
        &mut self,
        surviving: &Customer,
        absorbed: &Customer,
        moved: &MovedRows,
    ) -> Result<IdentityJoinId> {
        let (id, at, actor) = (self.0.id(), self.0.at(), self.0.actor().to_string());
        let moved = json_text(moved)?;
        let values = named![
            id,
            kept: surviving.key,
            absorbed: absorbed.key,
            moved,
            made_by: actor,
            made_at: at,
        ];
        self.0.insert("identity_join", values).await?;
        Ok(IdentityJoinId(id))
    }

    /// Undoes a join: what moved then moves back, what came since stays with the kept customer.
    pub async fn undo_join(&mut self, id: IdentityJoinId) -> Result<(CustomerKey, CustomerKey)> {
        let sql = "SELECT key, kept, absorbed, moved \
            FROM identity_join \
            WHERE id = $1 AND undone_at IS NULL";
        let row = self.0.optional(sql, args![id.0]).await?;
        let row = row.ok_or(Error::Missing("join"))?;
        let (key, surviving, absorbed) = (row.int("key")?, row.key("kept")?, row.key("absorbed")?);
        let moved: MovedRows = row.json("moved")?;

        self.move_back(&moved, absorbed).await?;
        let kept = self.by_key(surviving).await?;
        let claimed_as = moved.claimed_as.or(kept.claimed_as);
        self.set_claimed(surviving, claimed_as).await?;

        let (at, actor) = (self.0.at(), self.0.actor().to_string());
        let sql = "UPDATE identity_join SET undone_at = $2, undone_by = $3 WHERE key = $1";
        self.0.run(sql, args![key, at, actor]).await?;
        Ok((surviving, absorbed))
    }

    /// What a join moved is the absorbed customer's again, proved or claimed as they were.
    async fn move_back(&mut self, moved: &MovedRows, absorbed: CustomerKey) -> Result<()> {
        let sql = "UPDATE customer SET joined_into = NULL WHERE key = $1";
        self.0.run(sql, args![absorbed]).await?;
        self.move_authors(&moved.authors, absorbed, "separated")
            .await?;
        for case in &moved.cases {
            let sql = "UPDATE cases SET customer_key = $2 WHERE key = $1";
            self.0.run(sql, args![*case, absorbed]).await?;
        }
        let claimed_as = self.by_key(absorbed).await?.claimed_as;
        self.set_claimed(absorbed, claimed_as).await
    }

    async fn move_authors(
        &mut self,
        authors: &[AuthorKey],
        to: CustomerKey,
        kind: &str,
    ) -> Result<()> {
        for author in authors {
            let (all, evidence) = (self.0.authors(), serde_json::json!({"kind": kind}));
            all.move_to_customer(*author, Some(to), evidence).await?;
        }
        Ok(())
    }

    async fn cases_of(&mut self, customer_key: CustomerKey) -> Result<Vec<CaseKey>> {
        let sql = "SELECT key FROM cases WHERE customer_key = $1";
        let rows = self.0.all(sql, args![customer_key]).await?;
        rows.iter().map(|row| row.key("key")).collect()
    }
}
