//! Both databases behind one interface: SQLite in the data folder, or PostgreSQL.

use std::{path::Path, str::FromStr, sync::Arc, time::Duration};

use futures::TryStreamExt as _;
use sqlx::{
    AssertSqlSafe, ConnectOptions as _, Connection as _, Postgres, Sqlite, Transaction,
    pool::PoolConnection,
    postgres::{PgConnectOptions, PgPool, PgPoolOptions},
    sqlite::{
        SqliteConnectOptions, SqliteConnection, SqliteJournalMode, SqlitePool, SqlitePoolOptions,
        SqliteSynchronous,
    },
};

use vigie_model::Key;

use crate::{
    Error, NamedRow, Result, Row, Value,
    keyring::{Keyring, SecretPlace},
};

/// The database that stores everything, and the keys of what it keeps sealed.
#[derive(Clone)]
pub struct Database {
    pub(crate) pools: Pools,
    keyring: Arc<Keyring>,
}

/// The connections to a database.
#[derive(Clone)]
pub enum Pools {
    /// One writer, several readers, on one file.
    Sqlite {
        /// The only connection that writes.
        writer: SqlitePool,
        /// Read-only connections.
        readers: SqlitePool,
    },
    /// A PostgreSQL server.
    Postgres(PgPool),
}

/// A connection, and the keys of what it reads sealed; inside a transaction when it writes, or when
/// everything it reads must come from one snapshot.
pub struct Session {
    connection: Connection,
    keyring: Arc<Keyring>,
}

enum Connection {
    /// SQLite, outside a transaction.
    Sqlite(PoolConnection<Sqlite>),
    /// SQLite, in a transaction.
    SqliteTransaction(Transaction<'static, Sqlite>),
    /// PostgreSQL, outside a transaction.
    Postgres(PoolConnection<Postgres>),
    /// PostgreSQL, in a transaction.
    PostgresTransaction(Transaction<'static, Postgres>),
}

impl Database {
    /// Opens `vigie.db` in `folder`, creating it if needed. Fails when the folder is not writable
    /// or the file is not a database.
    pub async fn sqlite(folder: &Path, keyring: Arc<Keyring>) -> Result<Self> {
        std::fs::create_dir_all(folder).map_err(|source| Error::Files {
            path: folder.display().to_string(),
            source,
        })?;
        let options = SqliteConnectOptions::new()
            .filename(folder.join("vigie.db"))
            .create_if_missing(true)
            .journal_mode(SqliteJournalMode::Wal)
            .synchronous(SqliteSynchronous::Full)
            .foreign_keys(true)
            .busy_timeout(Duration::from_secs(30))
            .pragma("secure_delete", "ON")
            .pragma("cache_size", "-16000")
            .pragma("temp_store", "MEMORY")
            // A long read lets the log grow; this gives the space back afterwards.
            .pragma("journal_size_limit", "8388608")
            // Nobody reads logged statements, and the longest are megabytes.
            .disable_statement_logging();
        let writer = SqlitePoolOptions::new()
            .max_connections(1)
            .test_before_acquire(false)
            .before_acquire(|connection, _| Box::pin(async move { is_idle(connection).await }))
            .acquire_timeout(Duration::from_secs(60))
            .connect_with(options.clone())
            .await?;
        let readers = SqlitePoolOptions::new()
            .max_connections(6)
            .test_before_acquire(false)
            // All of them share the operating system's cache, so their own can be small.
            .connect_with(
                options
                    .pragma("query_only", "ON")
                    .pragma("cache_size", "-4000"),
            )
            .await?;
        let pools = Pools::Sqlite { writer, readers };
        Ok(Self { pools, keyring })
    }

    /// Connects to a PostgreSQL server; `address` is `postgres://user@host/database`.
    pub async fn postgres(address: &str, keyring: Arc<Keyring>) -> Result<Self> {
        let options = PgConnectOptions::from_str(address)?.disable_statement_logging();
        // The server may have closed the connection since: testing it costs a fraction of a
        // request.
        let pool = PgPoolOptions::new()
            .max_connections(12)
            .test_before_acquire(true)
            .acquire_timeout(Duration::from_secs(60))
            .connect_with(options)
            .await?;
        Ok(Self {
            pools: Pools::Postgres(pool),
            keyring,
        })
    }

    /// The keys of what is kept sealed.
    pub fn keyring(&self) -> &Keyring {
        &self.keyring
    }

    fn session(&self, connection: Connection) -> Session {
        Session {
            connection,
            keyring: self.keyring.clone(),
        }
    }

    /// `sqlite` or `postgresql`.
    pub const fn name(&self) -> &'static str {
        match &self.pools {
            Pools::Sqlite { .. } => "sqlite",
            Pools::Postgres(_) => "postgresql",
        }
    }

    /// A connection for reading.
    pub async fn read(&self) -> Result<Session> {
        Ok(self.session(match &self.pools {
            Pools::Sqlite { readers, .. } => Connection::Sqlite(readers.acquire().await?),
            Pools::Postgres(pool) => Connection::Postgres(pool.acquire().await?),
        }))
    }

    /// A connection whose queries all see the same snapshot, however long it takes and whatever
    /// is written meanwhile.
    pub async fn read_snapshot(&self) -> Result<Session> {
        Ok(self.session(match &self.pools {
            Pools::Sqlite { readers, .. } => Connection::SqliteTransaction(readers.begin().await?),
            Pools::Postgres(pool) => {
                let begun = pool
                    .begin_with("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY")
                    .await?;
                Connection::PostgresTransaction(begun)
            }
        }))
    }

    /// A write transaction; it waits for its turn. Dropped without commit, it has no effect.
    pub async fn begin(&self) -> Result<Session> {
        Ok(self.session(match &self.pools {
            Pools::Sqlite { writer, .. } => {
                Connection::SqliteTransaction(writer.begin_with("BEGIN IMMEDIATE").await?)
            }
            Pools::Postgres(pool) => Connection::PostgresTransaction(pool.begin().await?),
        }))
    }

    /// Closes every connection.
    pub async fn close(&self) {
        match &self.pools {
            Pools::Sqlite { writer, readers } => {
                readers.close().await;
                writer.close().await;
            }
            Pools::Postgres(pool) => pool.close().await,
        }
    }
}

/// Whether a connection is outside any transaction; if not, it is replaced. When the disk is
/// full SQLite rolls a transaction back by itself: the driver's own `ROLLBACK` then fails, and
/// it would count one transaction as open forever.
async fn is_idle(connection: &mut SqliteConnection) -> sqlx::Result<bool> {
    if connection.is_in_transaction() {
        // A connection dropped a moment ago may still be on its way back to the pool.
        connection.ping().await?;
    }
    Ok(!connection.is_in_transaction())
}

/// Above this number of values, a statement is one of many lengths: keeping it prepared would
/// only fill the cache.
const WORTH_KEEPING: usize = 200;

/// The same statement with SQLite's plain placeholders. Named (`$7`) and numbered (`?7`)
/// parameters are looked up in a list, at parsing and again at binding, which is quadratic for
/// a long list of rows; a bare `?` is not. When the numbers are in order, as in every bulk
/// insert, bare placeholders are equivalent. Our statements contain no other dollar sign.
fn with_sqlite_placeholders(sql: String) -> String {
    let mut pieces = sql.split('$');
    let mut bare = pieces.next().unwrap_or_default().to_owned();
    for (expected, piece) in (1_usize..).zip(pieces) {
        let digits = piece.bytes().take_while(u8::is_ascii_digit).count();
        let (number, rest) = piece.split_at_checked(digits).unwrap_or_default();
        if number.parse() != Ok(expected) {
            return sql.replace('$', "?");
        }
        bare.push('?');
        bare.push_str(rest);
    }
    bare
}

macro_rules! bound {
    ($database:ty, $sql:expr, $values:expr) => {{
        let keep = $values.len() < WORTH_KEEPING;
        let mut query = sqlx::query::<$database>(AssertSqlSafe($sql)).persistent(keep);
        for value in $values {
            query = match value {
                Value::Int(it) => query.bind(it),
                Value::Real(it) => query.bind(it),
                Value::Text(it) => query.bind(it),
                Value::Bytes(it) => query.bind(it),
            };
        }
        query
    }};
}

impl Session {
    /// Every row of a query.
    pub async fn all(&mut self, sql: impl Into<String>, values: Vec<Value>) -> Result<Vec<Row>> {
        check_storable(&values)?;
        let sql = sql.into();
        Ok(match &mut self.connection {
            Connection::Sqlite(c) => {
                bound!(Sqlite, with_sqlite_placeholders(sql), values)
                    .fetch(&mut **c)
                    .map_ok(Row::Sqlite)
                    .try_collect()
                    .await?
            }
            Connection::SqliteTransaction(c) => {
                bound!(Sqlite, with_sqlite_placeholders(sql), values)
                    .fetch(&mut **c)
                    .map_ok(Row::Sqlite)
                    .try_collect()
                    .await?
            }
            Connection::Postgres(c) => {
                bound!(Postgres, sql, values)
                    .fetch(&mut **c)
                    .map_ok(Row::Postgres)
                    .try_collect()
                    .await?
            }
            Connection::PostgresTransaction(c) => {
                bound!(Postgres, sql, values)
                    .fetch(&mut **c)
                    .map_ok(Row::Postgres)
                    .try_collect()
                    .await?
            }
        })
    }

    /// The first row, if any.
    pub async fn optional(
        &mut self,
        sql: impl Into<String>,
        values: Vec<Value>,
    ) -> Result<Option<Row>> {
        Ok(self.all(sql, values).await?.into_iter().next())
    }

    /// The first row; its absence is an error.
    pub async fn one(&mut self, sql: impl Into<String>, values: Vec<Value>) -> Result<Row> {
        self.optional(sql, values)
            .await?
            .ok_or(Error::Database(sqlx::Error::RowNotFound))
    }

    /// Runs a statement; returns how many rows it affected.
    pub async fn run(&mut self, sql: impl Into<String>, values: Vec<Value>) -> Result<u64> {
        check_storable(&values)?;
        let sql = sql.into();
        Ok(match &mut self.connection {
            Connection::Sqlite(c) => bound!(Sqlite, with_sqlite_placeholders(sql), values)
                .execute(&mut **c)
                .await?
                .rows_affected(),
            Connection::SqliteTransaction(c) => {
                bound!(Sqlite, with_sqlite_placeholders(sql), values)
                    .execute(&mut **c)
                    .await?
                    .rows_affected()
            }
            Connection::Postgres(c) => bound!(Postgres, sql, values)
                .execute(&mut **c)
                .await?
                .rows_affected(),
            Connection::PostgresTransaction(c) => bound!(Postgres, sql, values)
                .execute(&mut **c)
                .await?
                .rows_affected(),
        })
    }

    /// Inserts one row.
    pub async fn insert(&mut self, table: &str, row: NamedRow) -> Result<()> {
        self.insert_plain(table, vec![row]).await
    }

    /// Inserts one row and returns its key.
    pub async fn insert_keyed<K: Key>(&mut self, table: &str, row: NamedRow) -> Result<K> {
        let keys = self.insert_many(table, vec![row]).await?;
        let key = keys.first().copied();
        key.ok_or_else(|| Error::Inconsistent(format!("{table}: a row was stored without a key")))
    }

    /// Inserts many rows in as few statements as the databases allow; returns their keys in
    /// order, since both databases assign them in ascending order within one statement.
    pub async fn insert_many<K: Key>(
        &mut self,
        table: &str,
        rows: Vec<NamedRow>,
    ) -> Result<Vec<K>> {
        let expected = rows.len();
        let mut keys = Vec::with_capacity(expected);
        for (sql, values) in inserts(table, rows, " RETURNING key")? {
            let mut part = Vec::new();
            for row in self.all(sql, values).await? {
                part.push(row.int("key")?);
            }
            part.sort_unstable();
            keys.extend(part);
        }
        if keys.len() != expected {
            let found = keys.len();
            let detail = format!("{table}: {found} keys for {expected} rows");
            return Err(Error::Inconsistent(detail));
        }
        Ok(keys.into_iter().map(K::from_number).collect())
    }

    /// Inserts many rows into a table that has no key column.
    pub async fn insert_plain(&mut self, table: &str, rows: Vec<NamedRow>) -> Result<()> {
        for (sql, values) in inserts(table, rows, "")? {
            self.run(sql, values).await?;
        }
        Ok(())
    }

    /// The same, leaving existing rows unchanged.
    pub async fn insert_if_absent(&mut self, table: &str, rows: Vec<NamedRow>) -> Result<()> {
        for (sql, values) in inserts(table, rows, " ON CONFLICT DO NOTHING")? {
            self.run(sql, values).await?;
        }
        Ok(())
    }

    /// Opens a secret that was sealed for its place.
    pub(crate) fn open_secret(&self, place: SecretPlace<'_>, sealed: &str) -> Result<String> {
        self.keyring.open(place, sealed).map_err(Error::Sealed)
    }

    /// Seals a secret for its place; `nonce` is 32 unguessable bytes.
    pub(crate) fn seal_secret(
        &self,
        place: SecretPlace<'_>,
        secret: &str,
        nonce: [u8; 32],
    ) -> Result<String> {
        self.keyring
            .seal(place, secret, nonce)
            .map_err(Error::Sealed)
    }

    /// Whether the key that seals today sealed this.
    pub(crate) fn is_current_seal(&self, sealed: &str) -> bool {
        self.keyring.is_current(sealed)
    }

    /// Makes the transaction durable.
    pub async fn commit(self) -> Result<()> {
        match self.connection {
            Connection::SqliteTransaction(transaction) => transaction.commit().await?,
            Connection::PostgresTransaction(transaction) => transaction.commit().await?,
            Connection::Sqlite(_) | Connection::Postgres(_) => {}
        }
        Ok(())
    }

    /// Whether this is PostgreSQL, for the few statements that differ.
    pub const fn is_postgres(&self) -> bool {
        matches!(
            self.connection,
            Connection::Postgres(_) | Connection::PostgresTransaction(_)
        )
    }
}

/// Refuses what PostgreSQL cannot keep, whichever database is used.
fn check_storable(values: &[Value]) -> Result<()> {
    let holds_nul = |value: &Value| matches!(value, Value::Text(Some(it)) if it.contains('\0'));
    match values.iter().any(holds_nul) {
        true => Err(Error::Unstorable),
        false => Ok(()),
    }
}

/// The statements that insert these rows, each of as many as the databases allow.
///
/// # Errors
/// [`Error::Inconsistent`] when two rows do not name the same columns.
fn inserts(table: &str, rows: Vec<NamedRow>, ending: &str) -> Result<Vec<(String, Vec<Value>)>> {
    let names = |row: &NamedRow| row.iter().map(|(name, _)| *name).collect::<Vec<_>>();
    let Some(columns) = rows.first().map(names) else {
        return Ok(Vec::new());
    };
    if rows.iter().any(|row| names(row) != columns) {
        return Err(Error::Inconsistent(format!(
            "{table}: rows of other columns"
        )));
    }

    let width = columns.len().max(1);
    let most = (MOST_VALUES / width).clamp(1, MOST_ROWS);
    let named = columns.join(", ");
    let mut statements = Vec::new();
    let mut rows = rows.into_iter().peekable();
    while rows.peek().is_some() {
        let part: Vec<NamedRow> = rows.by_ref().take(most).collect();
        let marks = crate::placeholders(1, part.len(), width);
        let values = part.into_iter().flatten().map(|(_, value)| value);
        let sql = format!("INSERT INTO {table} ({named}) VALUES {marks}{ending}");
        statements.push((sql, values.collect()));
    }
    Ok(statements)
}

/// Values of one statement: SQLite takes 32,766.
const MOST_VALUES: usize = 30_000;
const MOST_ROWS: usize = 1_000;

#[cfg(test)]
mod tests {
    use super::{inserts, with_sqlite_placeholders};
    use crate::named;

    #[test]
    fn marks_are_bare_only_when_they_come_in_order() {
        let own = |sql: &str| with_sqlite_placeholders(sql.to_owned());
        assert_eq!(own("VALUES ($1,$2),($3,$4)"), "VALUES (?,?),(?,?)");
        assert_eq!(
            own("SET a = $2 WHERE key = $1"),
            "SET a = ?2 WHERE key = ?1"
        );
        assert_eq!(own("$1 AND $1"), "?1 AND ?1");
        assert_eq!(own("SELECT 1"), "SELECT 1");
    }

    #[test]
    fn rows_are_inserted_by_the_names_of_their_columns() {
        let rows = vec![named![id: 1, text: "a"], named![id: 2, text: "b"]];
        let statements = inserts("note", rows, " RETURNING key").unwrap();
        let [(sql, values)] = statements.as_slice() else {
            panic!("one statement is enough");
        };
        assert_eq!(
            sql,
            "INSERT INTO note (id, text) VALUES ($1,$2),($3,$4) RETURNING key"
        );
        assert_eq!(*values, crate::args![1, "a", 2, "b"]);

        let mixed = vec![named![id: 1, text: "a"], named![text: "b", id: 2]];
        let refused = inserts("note", mixed, "").unwrap_err();
        assert!(refused.to_string().contains("note"), "{refused}");
    }
}
