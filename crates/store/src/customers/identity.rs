//! Who speaks: authors as reported by the sources, identifiers, and the reversible edges that
//! link them to a customer.

use std::collections::HashMap;

use vigie_model::{
    At, AuthorId, AuthorKey, CustomerId, CustomerKey, Identifier, IdentifierKind, SourceKey,
};

use crate::{
    Authors, AuthorsMut, Customers, CustomersMut, Error, Result, Row, Value, args, named, paired,
    row::marks_of,
};

/// An author as stored.
#[derive(Debug, Clone, PartialEq)]
pub struct Author {
    pub key: AuthorKey,
    pub id: AuthorId,
    pub source_key: SourceKey,
    /// Identifies the author within its source.
    pub external_key: String,
    pub name: Option<String>,
    pub handle: Option<String>,
    pub email: Option<String>,
    pub phone: Option<String>,
    pub shop_id: Option<String>,
    /// The network of the handle.
    pub network: Option<String>,
    pub followers: Option<i64>,
    pub customer_key: Option<CustomerKey>,
    /// Whether nothing proves yet that they are this customer.
    pub claimed: bool,
}

/// An author about to be stored.
#[derive(Debug, Clone, Default)]
pub struct NewAuthor {
    /// Identifies the author within its source.
    pub external_key: String,
    pub name: Option<String>,
    pub handle: Option<String>,
    pub email: Option<String>,
    pub phone: Option<String>,
    pub shop_id: Option<String>,
    /// The network of the handle.
    pub network: Option<String>,
    pub followers: Option<i64>,
    pub customer_key: Option<CustomerKey>,
    /// Whether nothing vouches for their identifiers.
    pub claimed: bool,
}

/// Why an author is linked to a customer.
#[derive(Debug, Clone, PartialEq)]
pub struct Edge {
    pub author: Author,
    /// The evidence: `{"kind": "email"}`, `{"kind": "person"}`…
    pub evidence: serde_json::Value,
    pub made_by: String,
    pub made_at: At,
    /// Whether an identifier of this author is used by several people.
    pub shared: bool,
}

/// Another customer who shares an identifier.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LookAlike {
    pub id: CustomerId,
    pub name: String,
    /// What they share.
    pub kind: IdentifierKind,
    /// Whether nothing proves the other yet.
    pub claimed: bool,
}

const AUTHOR: &str = "a.key, a.id, a.source_key, a.said_key, a.handle, a.name, a.email, a.phone, \
    a.shop_id, a.network, \
    a.followers, a.customer_key, CASE WHEN EXISTS (SELECT 1 FROM customer c WHERE c.key = \
    a.customer_key AND c.claimed_as IS NOT NULL) THEN CAST(1 AS BIGINT) ELSE CAST(0 AS BIGINT) END \
    AS claimed";

fn read_author(row: &Row) -> Result<Author> {
    Ok(Author {
        key: row.key("key")?,
        id: AuthorId(row.id("id")?),
        source_key: row.key("source_key")?,
        external_key: row.text("said_key")?,
        name: row.opt_text("name")?,
        handle: row.opt_text("handle")?,
        email: row.opt_text("email")?,
        phone: row.opt_text("phone")?,
        shop_id: row.opt_text("shop_id")?,
        network: row.opt_text("network")?,
        followers: row.opt_int("followers")?,
        customer_key: row.opt_key("customer_key")?,
        claimed: row.boolean("claimed")?,
    })
}

impl Authors {
    /// The authors of a source with these keys, by key.
    pub async fn by_external_keys(
        &mut self,
        source_key: SourceKey,
        said: &[String],
    ) -> Result<HashMap<String, Author>> {
        let mut found = HashMap::new();
        for part in said.chunks(1_000) {
            let marks = crate::placeholders(2, 1, part.len());
            let sql = format!(
                "SELECT {AUTHOR} FROM author a WHERE a.source_key = $1 AND a.said_key IN {marks}"
            );
            let mut values = args![source_key];
            values.extend(part.iter().map(Value::from));
            for row in self.0.all(sql, values).await? {
                let author = read_author(&row)?;
                found.insert(author.external_key.clone(), author);
            }
        }
        Ok(found)
    }

    /// The author with this key.
    pub async fn by_key(&mut self, key: AuthorKey) -> Result<Author> {
        read_author(
            &self
                .0
                .one(
                    format!("SELECT {AUTHOR} FROM author a WHERE a.key = $1"),
                    args![key],
                )
                .await?,
        )
    }

    /// The authors with these keys.
    pub async fn by_keys(&mut self, keys: &[AuthorKey]) -> Result<Vec<Author>> {
        let mut found = Vec::with_capacity(keys.len());
        for part in keys.chunks(1_000) {
            let (marks, values) = marks_of(part);
            let sql =
                format!("SELECT {AUTHOR} FROM author a WHERE a.key IN {marks} ORDER BY a.key");
            for row in self.0.all(sql, values).await? {
                found.push(read_author(&row)?);
            }
        }
        Ok(found)
    }

    /// The author with this public id.
    pub async fn find(&mut self, id: AuthorId) -> Result<Author> {
        let row = self
            .0
            .optional(
                format!("SELECT {AUTHOR} FROM author a WHERE a.id = $1"),
                args![id.0],
            )
            .await?;
        row.map_or(Err(Error::Missing("author")), |row| read_author(&row))
    }
}

impl Customers {
    /// Customers already linked to these identifiers; shared and claimed identifiers prove nothing
    /// and are left out.
    pub async fn by_identifiers(
        &mut self,
        identifiers: &[Identifier],
    ) -> Result<HashMap<Identifier, CustomerKey>> {
        let mut found = HashMap::new();
        for part in identifiers.chunks(500) {
            let pairs = crate::placeholders(1, part.len(), 2);
            let sql = format!(
                "SELECT i.kind, i.value, MIN(a.customer_key) AS customer_key \
                    FROM identifier i \
                    JOIN author a ON a.key = i.author_key \
                    WHERE (i.kind, i.value) IN (VALUES {pairs}) AND i.claimed = 0 AND \
                    a.customer_key IS NOT NULL AND \
                    NOT EXISTS (SELECT 1 FROM shared_identifier s WHERE s.kind = i.kind AND \
                    s.value = i.value) \
                    GROUP BY i.kind, i.value"
            );
            let values = part
                .iter()
                .flat_map(|it| args![it.kind.code(), &it.value])
                .collect();
            for row in self.0.all(sql, values).await? {
                if let Some(kind) = IdentifierKind::from_code(&row.text("kind")?) {
                    found.insert(
                        Identifier {
                            kind,
                            value: row.text("value")?,
                        },
                        row.key("customer_key")?,
                    );
                }
            }
        }
        Ok(found)
    }

    /// The edges of a customer.
    pub async fn edges(&mut self, customer_key: CustomerKey) -> Result<Vec<Edge>> {
        let sql = format!(
            "SELECT {AUTHOR}, e.evidence, e.made_by, e.made_at, CASE WHEN EXISTS (SELECT 1 FROM \
                identifier i JOIN shared_identifier s ON s.kind = i.kind AND s.value = i.value \
                WHERE i.author_key = a.key) THEN CAST(1 AS BIGINT) ELSE CAST(0 AS BIGINT) END AS \
                shared \
                FROM edge e \
                JOIN author a ON a.key = e.author_key \
                WHERE e.customer_key = $1 AND e.undone_at IS NULL \
                ORDER BY e.key"
        );
        let rows = self.0.all(sql, args![customer_key]).await?;
        rows.iter()
            .map(|row| {
                Ok(Edge {
                    author: read_author(row)?,
                    evidence: row.json("evidence")?,
                    made_by: row.text("made_by")?,
                    made_at: row.at("made_at")?,
                    shared: row.boolean("shared")?,
                })
            })
            .collect()
    }

    /// Other customers who share an identifier with this one. Each identifier is looked up once:
    /// whoever claims an address in a thousand threads has it a thousand times.
    pub async fn look_alikes(&mut self, customer_key: CustomerKey) -> Result<Vec<LookAlike>> {
        let sql = "SELECT DISTINCT u.id, u.name, other.kind, CASE WHEN u.claimed_as IS NULL THEN \
            CAST(0 AS BIGINT) ELSE CAST(1 AS BIGINT) END AS claimed \
            FROM (SELECT DISTINCT i.kind, i.value \
            FROM author a \
            JOIN identifier i ON i.author_key = a.key \
            WHERE a.customer_key = $1) mine \
            JOIN identifier other ON other.kind = mine.kind AND other.value = mine.value \
            JOIN author theirs ON theirs.key = other.author_key \
            JOIN customer u ON u.key = theirs.customer_key \
            WHERE theirs.customer_key <> $1 \
            ORDER BY claimed, u.name, u.id \
            LIMIT 20";
        let rows = self.0.all(sql, args![customer_key]).await?;
        let mut found = Vec::new();
        for row in &rows {
            if let Some(kind) = IdentifierKind::from_code(&row.text("kind")?) {
                found.push(LookAlike {
                    id: CustomerId(row.id("id")?),
                    name: row.text("name")?,
                    kind,
                    claimed: row.boolean("claimed")?,
                });
            }
        }
        Ok(found)
    }
}

impl AuthorsMut {
    /// Stores authors in bulk with their identifiers; returns them with their keys, in order.
    pub async fn insert_many(
        &mut self,
        source_key: SourceKey,
        new: Vec<(NewAuthor, Vec<Identifier>)>,
    ) -> Result<Vec<Author>> {
        let at = self.0.at();
        let mut rows = Vec::with_capacity(new.len());
        let mut drafts = Vec::with_capacity(new.len());
        let mut identifiers = Vec::with_capacity(new.len());
        for (author, known_by) in new {
            let id = self.0.id();
            rows.push(named![
                id,
                source_key,
                said_key: &author.external_key,
                handle: &author.handle,
                name: &author.name,
                email: &author.email,
                phone: &author.phone,
                shop_id: &author.shop_id,
                followers: author.followers,
                network: &author.network,
                customer_key: author.customer_key,
                created_at: at,
            ]);
            identifiers.push((known_by, author.claimed));
            drafts.push((author, id));
        }

        let keys = self.0.insert_many("author", rows).await?;
        let identified = paired("authors and their identifiers", keys.clone(), identifiers)?;
        let rows = identified.flat_map(|(key, (identifiers, claimed))| {
            let identifiers = identifiers.into_iter();
            identifiers.map(move |one| {
                named![
                    kind: one.kind.code(),
                    value: one.value,
                    author_key: key,
                    claimed,
                ]
            })
        });
        let rows = rows.collect();
        let authors = paired("authors and their keys", drafts, keys)?
            .map(|((author, id), key)| author_of(author, key, id, source_key))
            .collect();
        self.0.insert_plain("identifier", rows).await?;
        Ok(authors)
    }

    /// Moves an author from its customer to another; the old edge is kept, marked as undone.
    pub async fn move_to_customer(
        &mut self,
        author_key: AuthorKey,
        to: Option<CustomerKey>,
        evidence: serde_json::Value,
    ) -> Result<()> {
        let (at, actor) = (self.0.at(), self.0.actor().to_string());
        let undo = "UPDATE edge \
            SET undone_at = $2, undone_by = $3 \
            WHERE author_key = $1 AND undone_at IS NULL";
        self.0.run(undo, args![author_key, at, actor]).await?;
        self.0
            .run(
                "UPDATE author SET customer_key = $2 WHERE key = $1",
                args![author_key, to],
            )
            .await?;
        if let Some(customer_key) = to {
            self.0
                .customers()
                .insert_edges(vec![(author_key, customer_key, evidence)])
                .await?;
        }
        Ok(())
    }
}

impl CustomersMut {
    /// Creates edges from authors to customers, in bulk.
    pub async fn insert_edges(
        &mut self,
        edges: Vec<(AuthorKey, CustomerKey, serde_json::Value)>,
    ) -> Result<()> {
        let (at, actor) = (self.0.at(), self.0.actor().to_string());
        let rows = edges
            .into_iter()
            .map(|(author, customer, why)| {
                named![
                    author_key: author,
                    customer_key: customer,
                    evidence: why,
                    made_by: &actor,
                    made_at: at,
                ]
            })
            .collect();
        self.0.insert_plain("edge", rows).await
    }

    /// Marks an identifier as used by several people: it proves nothing from now on.
    pub async fn share_identifier(&mut self, kind: IdentifierKind, value: &str) -> Result<()> {
        let (at, actor) = (self.0.at(), self.0.actor().to_string());
        let sql = "INSERT INTO shared_identifier (kind, value, flagged_by, flagged_at) \
            VALUES ($1, $2, $3, $4) \
            ON CONFLICT (kind, value) DO NOTHING";
        self.0
            .run(sql, args![kind.code(), value, actor, at])
            .await?;
        Ok(())
    }
}

fn author_of(new: NewAuthor, key: AuthorKey, id: uuid::Uuid, source_key: SourceKey) -> Author {
    Author {
        key,
        id: AuthorId(id),
        source_key,
        external_key: new.external_key,
        name: new.name,
        handle: new.handle,
        email: new.email,
        phone: new.phone,
        shop_id: new.shop_id,
        network: new.network,
        followers: new.followers,
        customer_key: new.customer_key,
        claimed: new.claimed,
    }
}
