//! Erasing a person: who they are in this house, everything they said and whatever was answered them, and what makes
//! the bytes go for good.

use std::collections::BTreeSet;

use vigie_model::{Act, Identifier, IdentifierKind};

use crate::{Database, FactDraft, Result, Session, Store, Thing, Write, args, removing::marks_of};

/// A person, as the house knows them.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Known {
    /// Keys of their customers; usually one.
    pub customers: Vec<i64>,
    /// Keys of their authors, one an account or address.
    pub authors: Vec<i64>,
    /// What tells who they are: addresses, numbers, accounts, names. Looked for when all is done.
    pub traces: Vec<String>,
}

/// What was erased.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Erased {
    /// Messages, theirs and the answers to them.
    pub messages: usize,
    /// Cases.
    pub cases: usize,
    /// Orders.
    pub orders: u64,
    /// Items the door had refused.
    pub refused: u64,
    /// Hashes of files that no row names any more.
    pub files: Vec<String>,
    /// Cases of others that lost their messages.
    pub smaller_cases: Vec<i64>,
}

/// Shorter traces are in every file by chance.
const SHORTEST: usize = 5;

/// What looks like a pattern is only looked for as it stands.
fn as_it_stands(text: &str) -> String {
    text.replace('\\', "\\\\").replace('%', "\\%").replace('_', "\\_")
}

impl Session {
    /// The identifiers an account's name may mean: the same name on two networks may be two people.
    pub async fn accounts_named(&mut self, name: &str) -> Result<Vec<Identifier>> {
        let sql = "SELECT DISTINCT value FROM identifier WHERE kind = 'handle' AND (value = $1 OR value LIKE $2 ESCAPE '\\') \
                   ORDER BY value LIMIT 20";
        let rows = self.all(sql, args![name, format!("%/{}", as_it_stands(name))]).await?;
        let identifier = |row: &crate::Row| Ok(Identifier { kind: IdentifierKind::Handle, value: row.text("value")? });
        rows.iter().map(identifier).collect()
    }

    /// Whether several people were said to use it.
    pub async fn is_shared(&mut self, identifier: &Identifier) -> Result<bool> {
        let sql = "SELECT 1 AS n FROM shared_identifier WHERE kind = $1 AND value = $2";
        Ok(self.maybe(sql, args![identifier.kind.code(), &identifier.value]).await?.is_some())
    }

    /// Everybody one identifier stands for, and whoever is the same customer.
    pub async fn known_by_identifier(&mut self, identifier: &Identifier) -> Result<Known> {
        let sql = "SELECT author_key FROM identifier WHERE kind = $1 AND value = $2";
        let rows = self.all(sql, args![identifier.kind.code(), &identifier.value]).await?;
        let authors = rows.iter().map(|row| row.int("author_key")).collect::<Result<Vec<_>>>()?;
        self.known(authors, Vec::new()).await
    }

    /// A customer and all they are.
    pub async fn known_customer(&mut self, customer_key: i64) -> Result<Known> {
        self.known(Vec::new(), vec![customer_key]).await
    }

    /// One account and all who it is.
    pub async fn known_author(&mut self, author_key: i64) -> Result<Known> {
        self.known(vec![author_key], Vec::new()).await
    }

    async fn known(&mut self, authors: Vec<i64>, customers: Vec<i64>) -> Result<Known> {
        let mut customers: BTreeSet<i64> = customers.into_iter().collect();
        customers.extend(self.keys("customer_key", "FROM author WHERE key", &authors).await?);
        let customers: Vec<i64> = customers.into_iter().collect();
        let mut authors: BTreeSet<i64> = authors.into_iter().collect();
        authors.extend(self.keys("key", "FROM author WHERE customer_key", &customers).await?);
        let authors: Vec<i64> = authors.into_iter().collect();
        let traces = self.traces(&authors, &customers).await?;
        Ok(Known { customers, authors, traces })
    }

    /// The messages that are these authors' matter: what they said, and what we answered in the cases they opened.
    pub(crate) async fn messages_of(&mut self, authors: &[i64]) -> Result<Vec<i64>> {
        let said = self.keys("key", "FROM message WHERE author_key", authors).await?;
        let cases = self.keys("key", "FROM cases WHERE author_key", authors).await?;
        let ours = "FROM message WHERE emitter IN ('brand', 'employee', 'paid') AND case_key";
        let mut all: BTreeSet<i64> = said.into_iter().collect();
        all.extend(self.keys("key", ours, &cases).await?);
        Ok(all.into_iter().collect())
    }

    /// Of a person's traces, those nobody else has: a name two customers share, or that stands inside another's account,
    /// tells of both, and stays with whoever stays.
    pub async fn own_traces(&mut self, known: &Known) -> Result<Vec<String>> {
        let mut own = Vec::new();
        for trace in &known.traces {
            let pattern = format!("%{}%", as_it_stands(&trace.to_lowercase()));
            let told =
                ["name", "handle", "email", "phone", "shop_id"].map(|it| format!("lower({it}) LIKE $1 ESCAPE '\\'"));
            let sql = format!(
                "SELECT key AS k FROM author WHERE {} UNION SELECT author_key AS k FROM identifier \
                 WHERE lower(value) LIKE $1 ESCAPE '\\' LIMIT $2",
                told.join(" OR ")
            );
            // One more than they are: if all of these are theirs, there is no other.
            let found = self.all(sql, args![&pattern, known.authors.len() as i64 + 1]).await?;
            let found = found.iter().map(|it| it.int("k")).collect::<Result<Vec<_>>>()?;
            let staff = "SELECT key FROM person WHERE lower(name) LIKE $1 ESCAPE '\\' \
                         OR lower(email) LIKE $1 ESCAPE '\\' LIMIT 1";
            let colleague = self.maybe(staff, args![&pattern]).await?.is_some();
            if !colleague && found.iter().all(|it| known.authors.contains(it)) {
                own.push(trace.clone());
            }
        }
        Ok(own)
    }

    async fn traces(&mut self, authors: &[i64], customers: &[i64]) -> Result<Vec<String>> {
        let mut traces = BTreeSet::new();
        for part in authors.chunks(1_000) {
            let (marks, values) = marks_of(part);
            let sql = format!("SELECT handle, name, email, phone, shop_id FROM author WHERE key IN {marks}");
            for row in self.all(sql, values).await? {
                for column in ["handle", "name", "email", "phone", "shop_id"] {
                    traces.extend(row.opt_text(column)?);
                }
            }
            let (marks, values) = marks_of(part);
            let sql = format!("SELECT value FROM identifier WHERE author_key IN {marks}");
            for row in self.all(sql, values).await? {
                traces.insert(row.text("value")?);
            }
        }
        for customer in customers {
            for row in self.all("SELECT name FROM customer WHERE key = $1", args![*customer]).await? {
                traces.insert(row.text("name")?);
            }
        }
        traces.retain(|it| it.len() >= SHORTEST);
        Ok(traces.into_iter().collect())
    }
}

impl Write {
    /// Takes a person out: what they said, the cases they opened with what we answered there, their orders, what the
    /// door refused them, and who they are. Where somebody else speaks in such a case, it stays as theirs.
    pub async fn erase(&mut self, known: &Known) -> Result<Erased> {
        let messages = self.messages_of(&known.authors).await?;
        let mut erased = Erased::default();
        for part in messages.chunks(1_000) {
            let removed = self.remove_messages(part).await?;
            erased.cases += removed.cases;
            erased.files.extend(removed.files);
            erased.smaller_cases.extend(removed.smaller_cases);
        }
        // A case that stays because somebody else speaks in it is theirs no more.
        erased.smaller_cases.sort_unstable();
        erased.smaller_cases.dedup();
        let left: Vec<i64> = self.cases_by_keys(&erased.smaller_cases).await?.iter().map(|it| it.key).collect();
        erased.smaller_cases = left;
        self.hand_over(&erased.smaller_cases, &known.authors).await?;
        let orders = self.keys("key", "FROM orders WHERE author_key", &known.authors).await?;
        self.remove_orders(&orders).await?;
        erased.orders = orders.len() as u64;
        // Not even a file of customers keeps them.
        self.forget_things(Thing::Customer, &known.authors).await?;
        erased.refused = self.erase_refused(&known.traces).await?;
        self.remove_authors(&known.authors).await?;
        self.erase_customers(&known.customers).await?;
        erased.messages = messages.len();
        let fact = FactDraft::new(Act::PersonErased).number("messages", messages.len() as i64);
        self.fact(fact.number("cases", erased.cases as i64).number("orders", orders.len() as i64));
        Ok(erased)
    }

    /// Cases that somebody else speaks in are of whoever spoke first among those who are left.
    async fn hand_over(&mut self, cases: &[i64], authors: &[i64]) -> Result<()> {
        for case in self.cases_by_keys(cases).await?.into_iter().filter(|it| authors.contains(&it.author_key)) {
            let sql = "UPDATE cases SET title = '', words = '', customer_key = NULL, author_key = COALESCE((SELECT m.author_key \
                       FROM message m WHERE m.case_key = $1 AND m.author_key IS NOT NULL ORDER BY m.at, m.key LIMIT 1), author_key) \
                       WHERE key = $1";
            self.run(sql, args![case.key]).await?;
            // What we wrote among ourselves there was about who opened it.
            let notes = "DELETE FROM mention WHERE note_key IN (SELECT key FROM note WHERE case_key = $1)";
            self.run(notes, args![case.key]).await?;
            for table in ["note", "draft", "promise", "question"] {
                self.run(format!("DELETE FROM {table} WHERE case_key = $1"), args![case.key]).await?;
            }
            self.run("UPDATE closure SET reference = NULL WHERE case_key = $1", args![case.key]).await?;
        }
        Ok(())
    }

    async fn erase_refused(&mut self, traces: &[String]) -> Result<u64> {
        let mut gone = 0;
        for trace in traces {
            let sql = "DELETE FROM refused WHERE payload LIKE $1 ESCAPE '\\' OR external_id LIKE $1 ESCAPE '\\'";
            gone += self.run(sql, args![format!("%{}%", as_it_stands(trace))]).await?;
            let kept = "DELETE FROM saved_search WHERE query LIKE $1 ESCAPE '\\' OR name LIKE $1 ESCAPE '\\'";
            self.run(kept, args![format!("%{}%", as_it_stands(trace))]).await?;
            for sql in [
                "DELETE FROM letter WHERE to_email = $1",
                "DELETE FROM shared_identifier WHERE value = $1",
                "DELETE FROM case_tag WHERE tag_key IN (SELECT key FROM tag WHERE lower(name) = lower($1))",
                "DELETE FROM tag WHERE lower(name) = lower($1)",
            ] {
                self.run(sql, args![trace]).await?;
            }
        }
        Ok(gone)
    }

    async fn erase_customers(&mut self, customers: &[i64]) -> Result<()> {
        for customer in customers {
            for sql in [
                "DELETE FROM identity_join WHERE kept = $1 OR absorbed = $1",
                "UPDATE customer SET joined_into = NULL WHERE joined_into = $1",
                "UPDATE cases SET customer_key = NULL WHERE customer_key = $1",
                "DELETE FROM edge WHERE customer_key = $1",
                "DELETE FROM customer WHERE key = $1",
            ] {
                self.run(sql, args![*customer]).await?;
            }
        }
        Ok(())
    }
}

impl Store {
    /// Makes what was deleted go from the disk: freed pages are zeroed as they are freed, the log of pages is emptied.
    /// PostgreSQL forgets its own dead rows; its log and its backups have their own terms.
    ///
    /// # Errors
    /// When the database refuses.
    pub async fn scrub(&self) -> Result<()> {
        let mut session = self.database().read().await?;
        match self.database() {
            Database::Sqlite { writer, .. } => {
                drop(session);
                // The writer's own connection: nobody writes while the log is emptied.
                sqlx::query("PRAGMA wal_checkpoint(TRUNCATE)").execute(writer).await?;
            }
            Database::Postgres(_) => {
                session.run("VACUUM", vec![]).await?;
            }
        }
        Ok(())
    }
}
