//! Customers whom nothing proves yet: what they say of themselves, and the mails that ask the
//! owner of an address whether it was them.

use std::collections::HashMap;

use vigie_model::{AddressCheckKey, At, AuthorKey, CustomerKey, Identifier, IdentifierKind};

use crate::{
    AddressChecks, AddressChecksMut, Authors, AuthorsMut, Customers, CustomersMut, LookAlike,
    Result, Row, args, named,
};

/// Whether the owner of an address wrote: asked by a mail, answered on a page.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AddressCheck {
    pub key: AddressCheckKey,
    /// Who claims the address.
    pub author_key: AuthorKey,
    pub asked_at: At,
    pub answered_at: Option<At>,
    /// What its owner said.
    pub theirs: Option<bool>,
}

impl Customers {
    /// The customers who only claim to be known by these identifiers.
    pub async fn by_claims(
        &mut self,
        claims: &[Identifier],
    ) -> Result<HashMap<Identifier, CustomerKey>> {
        let by_tag: HashMap<String, &Identifier> =
            claims.iter().map(|it| (it.tagged(), it)).collect();
        let mut found = HashMap::new();
        for part in claims.chunks(500) {
            let marks = crate::placeholders(1, 1, part.len());
            let sql = format!(
                "SELECT claimed_as, MIN(key) AS key \
                    FROM customer \
                    WHERE claimed_as IN {marks} AND joined_into IS NULL \
                    GROUP BY claimed_as"
            );
            let values = part.iter().flat_map(|it| args![it.tagged()]).collect();
            for row in self.0.all(sql, values).await? {
                let claimed = by_tag.get(&row.text("claimed_as")?);
                let key = row.key("key")?;
                found.extend(claimed.map(|claim| ((*claim).clone(), key)));
            }
        }
        Ok(found)
    }

    /// The proved customers whom a claimed one may be: they are known by an identifier that was
    /// claimed.
    pub async fn proposed(&mut self, customer_key: CustomerKey) -> Result<Vec<LookAlike>> {
        let mut alike = self.look_alikes(customer_key).await?;
        alike.retain(|other| !other.claimed);
        Ok(alike)
    }

    /// The accounts linked to a customer.
    pub async fn authors_of(&mut self, customer_key: CustomerKey) -> Result<Vec<AuthorKey>> {
        let sql = "SELECT key FROM author WHERE customer_key = $1 ORDER BY key";
        let rows = self.0.all(sql, args![customer_key]).await?;
        rows.iter().map(|row| row.key("key")).collect()
    }
}

impl Authors {
    /// Whether something vouches for an identifier of an author.
    pub async fn is_proved(&mut self, author_key: AuthorKey) -> Result<bool> {
        let sql = "SELECT COUNT(*) AS n FROM identifier WHERE author_key = $1 AND claimed = 0";
        Ok(self.0.one(sql, args![author_key]).await?.int("n")? > 0)
    }
}

impl CustomersMut {
    /// Sets what a customer is claimed to be, `None` once they are proved; their cases follow, and
    /// are weighed again at the next occasion.
    pub async fn set_claimed(
        &mut self,
        customer_key: CustomerKey,
        claimed_as: Option<String>,
    ) -> Result<()> {
        let (at, claimed) = (self.0.at(), claimed_as.is_some());
        let sql = "UPDATE customer SET claimed_as = $2 WHERE key = $1";
        self.0.run(sql, args![customer_key, claimed_as]).await?;
        let sql = "UPDATE cases \
            SET claimed = $2, next_change_at = CASE WHEN state = 'open' THEN $3 ELSE \
            next_change_at END \
            WHERE customer_key = $1 AND claimed <> $2";
        let claimed = i64::from(claimed);
        self.0.run(sql, args![customer_key, claimed, at]).await?;
        Ok(())
    }
}

impl AuthorsMut {
    /// Notes that an identifier an author claimed is theirs.
    pub async fn prove(&mut self, author_key: AuthorKey, kind: IdentifierKind) -> Result<()> {
        let sql = "UPDATE identifier SET claimed = 0 WHERE author_key = $1 AND kind = $2";
        self.0.run(sql, args![author_key, kind.code()]).await?;
        Ok(())
    }
}

impl AddressChecks {
    /// The check this token answers, unless it is over at `at`.
    pub async fn by_token(&mut self, token_hash: &[u8], at: At) -> Result<Option<AddressCheck>> {
        let sql = "SELECT key, author_key, asked_at, answered_at, theirs \
            FROM address_check \
            WHERE token_hash = $1 AND expires_at > $2";
        let row = self.0.optional(sql, args![token_hash, at]).await?;
        row.as_ref().map(read).transpose()
    }

    /// How many mails asked an address since `since`, whoever claimed it.
    pub async fn asked_since(&mut self, email: &str, since: At) -> Result<i64> {
        let sql = "SELECT COUNT(*) AS n \
            FROM identifier i \
            JOIN address_check k ON k.author_key = i.author_key \
            WHERE i.kind = 'email' AND i.value = $1 AND k.asked_at > $2";
        self.0.one(sql, args![email, since]).await?.int("n")
    }

    /// The last check of an author.
    pub async fn last_of(&mut self, author_key: AuthorKey) -> Result<Option<AddressCheck>> {
        let sql = "SELECT key, author_key, asked_at, answered_at, theirs \
            FROM address_check \
            WHERE author_key = $1 \
            ORDER BY asked_at DESC, key DESC \
            LIMIT 1";
        let row = self.0.optional(sql, args![author_key]).await?;
        row.as_ref().map(read).transpose()
    }
}

impl AddressChecksMut {
    /// Notes that the owner of an author's address is asked; the token is only kept as a hash.
    pub async fn insert(
        &mut self,
        author_key: AuthorKey,
        token_hash: &[u8],
        expires_at: At,
    ) -> Result<()> {
        let asked_at = self.0.at();
        let values = named![token_hash: token_hash.to_vec(), author_key, asked_at, expires_at];
        self.0.insert("address_check", values).await?;
        Ok(())
    }

    /// Notes what the owner of the address said; false when they had answered before.
    pub async fn answer(&mut self, key: AddressCheckKey, theirs: bool) -> Result<bool> {
        let at = self.0.at();
        let sql = "UPDATE address_check \
            SET answered_at = $2, theirs = $3 \
            WHERE key = $1 AND answered_at IS NULL";
        let changed = self.0.run(sql, args![key, at, i64::from(theirs)]).await?;
        Ok(changed == 1)
    }
}

fn read(row: &Row) -> Result<AddressCheck> {
    Ok(AddressCheck {
        key: row.key("key")?,
        author_key: row.key("author_key")?,
        asked_at: row.at("asked_at")?,
        answered_at: row.opt_at("answered_at")?,
        theirs: row.opt_int("theirs")?.map(|theirs| theirs != 0),
    })
}
