//! API keys: only their hash is stored.

use vigie_model::{ApiKeyId, ApiKeyKey, At, SourceKey};

use crate::{ApiKeys, ApiKeysMut, Error, Result, Row, Source, args, named};

/// What a key may do.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Scope {
    MessagesWrite,
    OrdersWrite,
    VisitsWrite,
    FactsRead,
}

impl Scope {
    /// Every scope.
    pub const ALL: &'static [Self] = &[
        Self::MessagesWrite,
        Self::OrdersWrite,
        Self::VisitsWrite,
        Self::FactsRead,
    ];

    /// The stable code.
    pub const fn code(self) -> &'static str {
        match self {
            Self::MessagesWrite => "messages:write",
            Self::OrdersWrite => "orders:write",
            Self::VisitsWrite => "visits:write",
            Self::FactsRead => "facts:read",
        }
    }

    /// The scope with this code.
    pub fn from_code(code: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|scope| scope.code() == code)
    }
}

/// A key, without its secret.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ApiKey {
    pub key: ApiKeyKey,
    pub id: ApiKeyId,
    /// The name people gave it.
    pub name: String,
    /// First characters, to recognise it.
    pub prefix: String,
    pub scopes: Vec<Scope>,
    /// The source it writes to.
    pub source_key: SourceKey,
    pub created_at: At,
    pub revoked_at: Option<At>,
    /// To the hour.
    pub last_used_at: Option<At>,
}

const COLUMNS: &str =
    "key, id, name, prefix, scopes, source_key, created_at, revoked_at, last_used_at";

fn read(row: &Row) -> Result<ApiKey> {
    Ok(ApiKey {
        key: row.key("key")?,
        id: ApiKeyId(row.id("id")?),
        name: row.text("name")?,
        prefix: row.text("prefix")?,
        scopes: row
            .text("scopes")?
            .split(' ')
            .filter_map(Scope::from_code)
            .collect(),
        source_key: row.key("source_key")?,
        created_at: row.at("created_at")?,
        revoked_at: row.opt_at("revoked_at")?,
        last_used_at: row.opt_at("last_used_at")?,
    })
}

impl ApiKeys {
    /// Every key, newest first.
    pub async fn list(&mut self) -> Result<Vec<ApiKey>> {
        self.0
            .all(
                format!("SELECT {COLUMNS} FROM api_key ORDER BY key DESC"),
                vec![],
            )
            .await?
            .iter()
            .map(read)
            .collect()
    }

    /// The key with this public id.
    pub async fn find(&mut self, id: ApiKeyId) -> Result<ApiKey> {
        let row = self
            .0
            .optional(
                format!("SELECT {COLUMNS} FROM api_key WHERE id = $1"),
                args![id.0],
            )
            .await?;
        row.map_or(Err(Error::Missing("key")), |row| read(&row))
    }

    /// The valid key with that hash.
    pub async fn by_hash(&mut self, hash: &[u8]) -> Result<Option<ApiKey>> {
        let sql =
            format!("SELECT {COLUMNS} FROM api_key WHERE key_hash = $1 AND revoked_at IS NULL");
        self.0
            .optional(sql, args![hash])
            .await?
            .map(|row| read(&row))
            .transpose()
    }
}

impl ApiKeysMut {
    /// Stores a key.
    pub async fn insert(
        &mut self,
        name: &str,
        prefix: &str,
        hash: &[u8],
        scopes: &[Scope],
        source: &Source,
    ) -> Result<ApiKeyId> {
        let (id, at, actor) = (self.0.id(), self.0.at(), self.0.actor().to_string());
        let scopes: Vec<_> = scopes.iter().map(|scope| scope.code()).collect();
        let values = named![
            id,
            name,
            key_hash: hash,
            prefix,
            scopes: scopes.join(" "),
            source_key: source.key,
            made_by: actor,
            created_at: at,
        ];
        self.0.insert("api_key", values).await?;
        Ok(ApiKeyId(id))
    }

    /// Revokes a key.
    pub async fn revoke(&mut self, key: ApiKeyKey) -> Result<()> {
        let at = self.0.at();
        self.0
            .run(
                "UPDATE api_key SET revoked_at = $2 WHERE key = $1 AND revoked_at IS NULL",
                args![key, at],
            )
            .await?;
        Ok(())
    }

    /// Records that a key was used.
    pub async fn mark_used(&mut self, key: ApiKeyKey) -> Result<()> {
        let at = self.0.at();
        self.0
            .run(
                "UPDATE api_key SET last_used_at = $2 WHERE key = $1",
                args![key, at],
            )
            .await?;
        Ok(())
    }
}
