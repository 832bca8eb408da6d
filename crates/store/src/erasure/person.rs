//! Erasing a person: finding their data, everything they wrote and every answer to it, and
//! removing the bytes permanently.

use std::collections::BTreeSet;

use vigie_model::{
    Act, AuthorKey, CaseKey, CustomerKey, Identifier, IdentifierKind, MessageKey, OrderKey, RowKey,
    RuleKey,
};

use crate::{
    Case, FactDraft, ImportedKind, Result, Store, Traces, TracesMut, args, database::Pools,
    messages::OURS, row::marks_of,
};

/// Everything that identifies a person in the database.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct PersonTraces {
    /// Keys of their customers; usually one.
    pub customers: Vec<CustomerKey>,
    /// Keys of their authors, one per account or address.
    pub authors: Vec<AuthorKey>,
    /// What identifies them: addresses, numbers, accounts, names.
    pub traces: Vec<String>,
    /// The traces that are searched for at the end of the erasure.
    pub looked_for: Vec<String>,
}

/// What was erased.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ErasureCounts {
    /// Messages, theirs and the answers to them.
    pub messages: usize,
    pub cases: usize,
    pub orders: u64,
    /// Items that intake had refused.
    pub refused: u64,
    /// Hashes of files that no row names any more.
    pub files: Vec<String>,
    /// Cases of other people that lost their messages.
    pub smaller_cases: Vec<CaseKey>,
}

/// Shorter traces occur in any file by chance.
const SHORTEST: usize = 5;

/// Authors proved to be their customer; ends where their keys follow.
const PROVED_AUTHOR: &str = "FROM author WHERE NOT EXISTS (SELECT 1 FROM customer u WHERE u.key = \
    author.customer_key AND u.claimed_as IS NOT NULL) AND key";
/// Authors who only claim to be their customer; ends where their keys follow.
const CLAIMED_AUTHOR: &str = "FROM author WHERE EXISTS (SELECT 1 FROM customer u WHERE u.key = \
    author.customer_key AND u.claimed_as IS NOT NULL) AND key";

/// Both, each key once, in order.
fn union<K: Ord>(keys: Vec<K>, others: Vec<K>) -> Vec<K> {
    let all: BTreeSet<K> = keys.into_iter().chain(others).collect();
    all.into_iter().collect()
}

/// Escapes pattern characters so that the text is matched literally.
fn escape_like(text: &str) -> String {
    text.replace('\\', "\\\\")
        .replace('%', "\\%")
        .replace('_', "\\_")
}

/// Whether a trace occurs in a text as a whole: `anna@mail.example` does not in
/// `joanna@mail.example`.
fn stands_alone(text: &str, trace: &str) -> bool {
    let (text, trace) = (text.to_lowercase(), trace.to_lowercase());
    let edge = |it: Option<char>| it.is_none_or(|it| !it.is_alphanumeric());
    text.match_indices(&trace).any(|(at, _)| {
        let (before, after) = (text.get(..at), text.get(at + trace.len()..));
        edge(before.and_then(|it| it.chars().next_back()))
            && edge(after.and_then(|it| it.chars().next()))
    })
}

/// Whether a trace is specific to one person: an address, a number, a full name, a long word;
/// not an everyday word, such as an account named `lampe`.
fn is_distinctive(trace: &str) -> bool {
    trace.contains(|it: char| it == '@' || it == ' ' || it.is_ascii_digit())
        || trace.chars().count() >= 10
}

impl Traces {
    /// The identifiers an account name may refer to: the same name on two networks may be two
    /// people.
    pub async fn accounts_named(&mut self, name: &str) -> Result<Vec<Identifier>> {
        let sql = "SELECT DISTINCT value \
            FROM identifier \
            WHERE kind = 'handle' AND (value = $1 OR value LIKE $2 ESCAPE '\\') \
            ORDER BY value \
            LIMIT 20";
        let rows = self
            .0
            .all(sql, args![name, format!("%/{}", escape_like(name))])
            .await?;
        let identifier = |row: &crate::Row| {
            Ok(Identifier {
                kind: IdentifierKind::Handle,
                value: row.text("value")?,
            })
        };
        rows.iter().map(identifier).collect()
    }

    /// Whether the identifier was marked as used by several people.
    pub async fn is_shared(&mut self, identifier: &Identifier) -> Result<bool> {
        let sql = "SELECT 1 AS n FROM shared_identifier WHERE kind = $1 AND value = $2";
        Ok(self
            .0
            .optional(sql, args![identifier.kind.code(), &identifier.value])
            .await?
            .is_some())
    }

    /// Everybody one identifier refers to, and everybody who is the same customer.
    pub async fn by_identifier(&mut self, identifier: &Identifier) -> Result<PersonTraces> {
        let sql = "SELECT author_key FROM identifier WHERE kind = $1 AND value = $2";
        let rows = self
            .0
            .all(sql, args![identifier.kind.code(), &identifier.value])
            .await?;
        let authors = rows
            .iter()
            .map(|row| row.key("author_key"))
            .collect::<Result<Vec<_>>>()?;
        self.collect(authors, Vec::new()).await
    }

    /// A customer, with all their authors and traces.
    pub async fn of_customer(&mut self, customer_key: CustomerKey) -> Result<PersonTraces> {
        self.collect(Vec::new(), vec![customer_key]).await
    }

    /// One author, with everything known about the same person.
    pub async fn of_author(&mut self, author_key: AuthorKey) -> Result<PersonTraces> {
        self.collect(vec![author_key], Vec::new()).await
    }

    async fn collect(
        &mut self,
        authors: Vec<AuthorKey>,
        customers: Vec<CustomerKey>,
    ) -> Result<PersonTraces> {
        let deletions = self.0.deletions();
        let of_authors: Vec<CustomerKey> = deletions
            .keys("customer_key", PROVED_AUTHOR, &authors)
            .await?;
        let customers = union(customers, of_authors);
        let customers = self.with_joined(customers).await?;
        let deletions = self.0.deletions();
        let of_customers: Vec<AuthorKey> = deletions
            .keys("key", "FROM author WHERE customer_key", &customers)
            .await?;
        let authors = union(authors, of_customers);
        let (authors, customers) = self.with_claims(authors, customers).await?;
        let traces = self.of_authors(&authors, &customers).await?;
        Ok(PersonTraces {
            customers,
            authors,
            looked_for: Vec::new(),
            traces,
        })
    }

    /// With the customers joined into these, who are the same person.
    async fn with_joined(&mut self, customers: Vec<CustomerKey>) -> Result<Vec<CustomerKey>> {
        let deletions = self.0.deletions();
        let joined = deletions
            .keys("key", "FROM customer WHERE joined_into", &customers)
            .await?;
        Ok(union(customers, joined))
    }

    /// With whoever claims to be one of these.
    async fn with_claims(
        &mut self,
        authors: Vec<AuthorKey>,
        customers: Vec<CustomerKey>,
    ) -> Result<(Vec<AuthorKey>, Vec<CustomerKey>)> {
        let claimants = self.claimants(&authors).await?;
        let authors = union(authors, claimants);
        let claimed = self.claimed_customers(&authors).await?;
        Ok((authors, union(customers, claimed)))
    }

    /// Whoever claims an identifier that is proved of one of these: what they left names that
    /// person too. What they claim besides leads no further.
    async fn claimants(&mut self, authors: &[AuthorKey]) -> Result<Vec<AuthorKey>> {
        let mut found = Vec::new();
        for part in authors.chunks(500) {
            let (marks, values) = marks_of(part);
            let sql = format!(
                "SELECT DISTINCT c.author_key \
                    FROM identifier i \
                    JOIN identifier c ON c.kind = i.kind AND c.value = i.value AND c.claimed = 1 \
                    WHERE i.author_key IN {marks} AND i.claimed = 0 AND NOT EXISTS (SELECT 1 \
                    FROM shared_identifier s WHERE s.kind = i.kind AND s.value = i.value) AND NOT \
                    EXISTS (SELECT 1 FROM author a JOIN customer u ON u.key = a.customer_key \
                    WHERE a.key = c.author_key AND u.claimed_as IS NULL)"
            );
            for row in self.0.all(sql, values).await? {
                found.push(row.key("author_key")?);
            }
        }
        Ok(found)
    }

    /// The claimed customers of these authors who are nobody else's.
    async fn claimed_customers(&mut self, authors: &[AuthorKey]) -> Result<Vec<CustomerKey>> {
        let of_authors: Vec<CustomerKey> = self
            .0
            .deletions()
            .keys("customer_key", CLAIMED_AUTHOR, authors)
            .await?;
        let mut whole = Vec::new();
        for customer in of_authors {
            let all = self.0.customers().authors_of(customer).await?;
            if all.iter().all(|author| authors.contains(author)) {
                whole.push(customer);
            }
        }
        Ok(whole)
    }

    /// The messages concerning these authors: what they wrote, and what we answered in the cases
    /// they opened.
    pub(crate) async fn messages_of(&mut self, authors: &[AuthorKey]) -> Result<Vec<MessageKey>> {
        let said: Vec<MessageKey> = self
            .0
            .deletions()
            .keys("key", "FROM message WHERE author_key", authors)
            .await?;
        let cases: Vec<CaseKey> = self
            .0
            .deletions()
            .keys("key", "FROM cases WHERE author_key", authors)
            .await?;
        let ours = format!("FROM message WHERE emitter IN {OURS} AND case_key");
        let mut all: BTreeSet<MessageKey> = said.into_iter().collect();
        all.extend::<Vec<MessageKey>>(self.0.deletions().keys("key", &ours, &cases).await?);
        Ok(all.into_iter().collect())
    }

    /// Keeps only the traces of a person that nobody else has: a name shared by two customers
    /// stays with the one who is not erased. The remaining traces can be searched for when they
    /// occur inside no name or address of another person.
    pub async fn drop_shared(&mut self, person: &mut PersonTraces) -> Result<()> {
        for trace in std::mem::take(&mut person.traces) {
            let others = self.others_bearing(&trace, &person.authors).await?;
            let folded = trace.to_lowercase();
            if others.iter().all(|it| !it.contains(&folded)) {
                person.looked_for.push(trace.clone());
            }
            if others.iter().all(|it| *it != folded) {
                person.traces.push(trace);
            }
        }
        Ok(())
    }

    /// Names and addresses of other people that contain a trace, in lower case.
    async fn others_bearing(&mut self, trace: &str, authors: &[AuthorKey]) -> Result<Vec<String>> {
        // SQLite only lowercases ASCII: the trace is also searched for as written.
        let patterns =
            [trace.to_lowercase(), trace.to_owned()].map(|it| format!("%{}%", escape_like(&it)));
        let told = |column: &str| {
            format!("(lower({column}) LIKE $1 ESCAPE '\\' OR {column} LIKE $2 ESCAPE '\\')")
        };
        let mut queries: Vec<String> = ["name", "handle", "email", "phone", "shop_id"]
            .iter()
            .map(|column| {
                format!(
                    "SELECT key AS k, {column} AS told FROM author WHERE {}",
                    told(column)
                )
            })
            .collect();
        queries.push(format!(
            "SELECT author_key AS k, value AS told FROM identifier WHERE {}",
            told("value")
        ));
        // Colleagues are not authors, and are searched separately.
        queries.extend(
            ["name", "email"]
                .map(|it| format!("SELECT 0 AS k, {it} AS told FROM person WHERE {}", told(it))),
        );
        let [lower, written] = patterns;
        let mut others = Vec::new();
        for sql in queries {
            let sql = format!("{sql} LIMIT {}", authors.len() + 20);
            for row in self.0.all(sql, args![&lower, &written]).await? {
                if !authors.contains(&row.key("k")?) {
                    others.push(row.text("told")?.to_lowercase());
                }
            }
        }
        Ok(others)
    }

    async fn of_authors(
        &mut self,
        authors: &[AuthorKey],
        customers: &[CustomerKey],
    ) -> Result<Vec<String>> {
        let mut traces = BTreeSet::new();
        for part in authors.chunks(1_000) {
            let (marks, values) = marks_of(part);
            let sql = format!(
                "SELECT handle, name, email, phone, shop_id FROM author WHERE key IN {marks}"
            );
            for row in self.0.all(sql, values).await? {
                for column in ["handle", "name", "email", "phone", "shop_id"] {
                    traces.extend(row.opt_text(column)?);
                }
            }
            let (marks, values) = marks_of(part);
            let sql = format!("SELECT value FROM identifier WHERE author_key IN {marks}");
            for row in self.0.all(sql, values).await? {
                traces.insert(row.text("value")?);
            }
        }
        for customer in customers {
            for row in self
                .0
                .all("SELECT name FROM customer WHERE key = $1", args![*customer])
                .await?
            {
                traces.insert(row.text("name")?);
            }
        }
        traces.retain(|it| it.len() >= SHORTEST);
        Ok(traces.into_iter().collect())
    }
}

impl TracesMut {
    /// Erases a person: what they wrote, the cases they opened with our answers in them, their
    /// orders, their refused items, and their identity. A case in which somebody else also wrote
    /// stays as that person's.
    pub async fn erase(&mut self, person: &PersonTraces) -> Result<ErasureCounts> {
        let messages = self.messages_of(&person.authors).await?;
        let mut erased = ErasureCounts::default();
        for part in messages.chunks(1_000) {
            let removed = self.0.deletions().remove_messages(part).await?;
            erased.cases += removed.cases;
            erased.files.extend(removed.files);
            erased.smaller_cases.extend(removed.smaller_cases);
        }
        // A case kept because somebody else wrote in it no longer belongs to the erased person.
        erased.smaller_cases.sort_unstable();
        erased.smaller_cases.dedup();
        let left: Vec<CaseKey> = self
            .0
            .cases()
            .by_keys(&erased.smaller_cases)
            .await?
            .iter()
            .map(|it| it.key)
            .collect();
        erased.smaller_cases = left;
        self.reassign_cases(&erased.smaller_cases, &person.authors)
            .await?;
        let orders: Vec<OrderKey> = self
            .0
            .deletions()
            .keys("key", "FROM orders WHERE author_key", &person.authors)
            .await?;
        self.0.orders().remove(&orders).await?;
        erased.orders = orders.len() as u64;
        self.0
            .deletions()
            .delete("visit", "author_key", &person.authors)
            .await?;
        // The traces of customer imports go too.
        self.0
            .imported_records()
            .forget(ImportedKind::Customer, &person.authors)
            .await?;
        erased.refused = self.erase_refused(&person.traces).await?;
        self.0.deletions().remove_authors(&person.authors).await?;
        self.erase_customers(&person.customers).await?;
        erased.messages = messages.len();
        let fact = FactDraft::new(Act::PersonErased).number("messages", messages.len() as i64);
        self.0.fact(
            fact.number("cases", erased.cases as i64)
                .number("orders", orders.len() as i64),
        );
        Ok(erased)
    }

    /// Cases in which other people wrote pass to the first remaining author.
    async fn reassign_cases(&mut self, cases: &[CaseKey], authors: &[AuthorKey]) -> Result<()> {
        for case in self
            .0
            .cases()
            .by_keys(cases)
            .await?
            .into_iter()
            .filter(|it| authors.contains(&it.author_key))
        {
            let sql = "UPDATE cases \
                SET title = '', words = '', customer_key = NULL, claimed = 0, author_key = COALESCE((SELECT \
                m.author_key FROM message m WHERE m.case_key = $1 AND m.author_key IS NOT NULL \
                ORDER BY m.at, m.key LIMIT 1), author_key) \
                WHERE key = $1";
            self.0.run(sql, args![case.key]).await?;
            // Our internal notes there were about the person who opened the case.
            let notes =
                "DELETE FROM mention WHERE note_key IN (SELECT key FROM note WHERE case_key = $1)";
            self.0.run(notes, args![case.key]).await?;
            for table in ["note", "draft", "promise", "question"] {
                self.0
                    .run(
                        format!("DELETE FROM {table} WHERE case_key = $1"),
                        args![case.key],
                    )
                    .await?;
            }
            self.0
                .run(
                    "UPDATE closure SET reference = NULL WHERE case_key = $1",
                    args![case.key],
                )
                .await?;
        }
        Ok(())
    }

    async fn erase_refused(&mut self, traces: &[String]) -> Result<u64> {
        let mut gone = 0;
        for trace in traces {
            let pattern = format!("%{}%", escape_like(trace));
            let sql = "SELECT key, payload, external_id \
                FROM refused \
                WHERE payload LIKE $1 ESCAPE '\\' OR external_id LIKE $1 ESCAPE '\\'";
            let mut theirs = Vec::new();
            for row in self.0.all(sql, args![pattern]).await? {
                let text = format!(
                    "{} {}",
                    row.text("payload")?,
                    row.opt_text("external_id")?.unwrap_or_default()
                );
                theirs.extend(stands_alone(&text, trace).then_some(row.key::<RowKey>("key")?));
            }
            self.0.deletions().delete("refused", "key", &theirs).await?;
            gone += theirs.len() as u64;
            for sql in [
                "DELETE FROM letter WHERE to_email = $1",
                "DELETE FROM shared_identifier WHERE value = $1",
            ] {
                self.0.run(sql, args![trace]).await?;
            }
            if is_distinctive(trace) {
                self.erase_marks(trace).await?;
            }
        }
        Ok(gone)
    }

    /// Deletes drafts in other people's cases that contain somebody's name or address.
    async fn erase_drafts(&mut self, trace: &str) -> Result<()> {
        let folded = trace.to_lowercase();
        let sql = "SELECT case_key, person_key, text FROM draft";
        for row in self.0.all(sql, vec![]).await? {
            if row.text("text")?.to_lowercase().contains(&folded) {
                let (case, person) = (row.int("case_key")?, row.int("person_key")?);
                let sql = "DELETE FROM draft WHERE case_key = $1 AND person_key = $2";
                self.0.run(sql, args![case, person]).await?;
            }
        }
        Ok(())
    }

    /// Deletes saved searches, views, rules and tags that contain somebody's name or address.
    async fn erase_marks(&mut self, trace: &str) -> Result<()> {
        self.erase_drafts(trace).await?;
        let folded = trace.to_lowercase();
        for (table, words) in [
            ("saved_search", "query || ' ' || name"),
            ("saved_view", "name || ' ' || filters"),
            ("rule", "query"),
        ] {
            let mut theirs = Vec::new();
            for row in self
                .0
                .all(format!("SELECT key, {words} AS words FROM {table}"), vec![])
                .await?
            {
                theirs.extend(
                    row.text("words")?
                        .to_lowercase()
                        .contains(&folded)
                        .then_some(row.key::<RowKey>("key")?),
                );
            }
            if table == "rule" {
                let rules = theirs.iter().map(|key| RuleKey::from_number(key.number()));
                self.clear_rule(&rules.collect::<Vec<_>>()).await?;
            }
            self.0.deletions().delete(table, "key", &theirs).await?;
        }
        for tag in self
            .0
            .tags()
            .list()
            .await?
            .into_iter()
            .filter(|it| it.name.to_lowercase() == folded)
        {
            let bearing = self
                .0
                .deletions()
                .keys(
                    "case_key",
                    "FROM case_tag WHERE undone_at IS NULL AND tag_key",
                    &[tag.key],
                )
                .await?;
            for case in self.0.cases().by_keys(&bearing).await? {
                self.0.fact(
                    FactDraft::new(Act::CaseUntagged)
                        .of_case(&case)
                        .on("tag", tag.id.0),
                );
            }
            self.0
                .deletions()
                .delete("case_tag", "tag_key", &[tag.key])
                .await?;
            self.0
                .run(
                    "UPDATE rule SET tag_key = NULL WHERE tag_key = $1",
                    args![tag.key],
                )
                .await?;
            self.0.deletions().delete("tag", "key", &[tag.key]).await?;
        }
        Ok(())
    }

    /// Cases decided by a deleted rule return, once weighed again, to the queue their reasons
    /// give.
    async fn clear_rule(&mut self, rules: &[RuleKey]) -> Result<()> {
        for rule in rules {
            for before in self.0.cases().ruled_by(*rule).await? {
                let mut after = Case {
                    ruled: 0,
                    rule_key: None,
                    ..before.clone()
                };
                self.0.cases().save(&before, &mut after).await?;
            }
        }
        Ok(())
    }

    async fn erase_customers(&mut self, customers: &[CustomerKey]) -> Result<()> {
        let rules = self
            .0
            .deletions()
            .keys("key", "FROM rule WHERE customer_key", customers)
            .await?;
        self.clear_rule(&rules).await?;
        for customer in customers {
            for sql in [
                "DELETE FROM identity_join WHERE kept = $1 OR absorbed = $1",
                "UPDATE customer SET joined_into = NULL WHERE joined_into = $1",
                "UPDATE cases SET customer_key = NULL, claimed = 0 WHERE customer_key = $1",
                "DELETE FROM edge WHERE customer_key = $1",
                "DELETE FROM rule WHERE customer_key = $1",
                "DELETE FROM preference WHERE customer_key = $1",
                "DELETE FROM customer WHERE key = $1",
            ] {
                self.0.run(sql, args![*customer]).await?;
            }
        }
        Ok(())
    }
}

impl Store {
    /// Makes deleted data disappear from the disk: freed pages are zeroed, and the write-ahead
    /// log is emptied. PostgreSQL vacuums its own dead rows; its log and its backups have their
    /// own retention.
    pub async fn scrub(&self) -> Result<()> {
        let mut session = self.database().read().await?;
        match &self.database().pools {
            Pools::Sqlite { writer, .. } => {
                drop(session);
                // On the writer's own connection, so that nothing is written while the log is
                // emptied.
                sqlx::query("PRAGMA wal_checkpoint(TRUNCATE)")
                    .execute(writer)
                    .await?;
            }
            Pools::Postgres(_) => {
                session.run("VACUUM", vec![]).await?;
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_trace_inside_a_word_is_another_s() {
        assert!(stands_alone(
            r#"{"email":"Anna@mail.example"}"#,
            "anna@mail.example"
        ));
        assert!(!stands_alone(
            r#"{"email":"joanna@mail.example"}"#,
            "anna@mail.example"
        ));
        assert!(!stands_alone("100231", "10023") && stands_alone("100231 10023", "10023"));
        assert!(!stands_alone("élodie", "lodie") && stands_alone("", "") && !stands_alone("", "x"));
        assert!(
            is_distinctive("odile kerjean")
                && is_distinctive("+33612345678")
                && !is_distinctive("lampe")
        );
    }
}
