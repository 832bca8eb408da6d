//! Permanently deletes messages, and with them everything that nothing else needs: their
//! cases, threads, authors, customers and files. Facts remain: they hold ids and codes, never
//! text.

use std::collections::BTreeSet;

use vigie_model::{
    Act, AuthorKey, CaseKey, ConversationKey, CustomerKey, Key, MessageKey, NoteKey, OutgoingKey,
};

use crate::{Deletions, DeletionsMut, ImportedKind, Result, args, row::marks_of};

/// Tables whose rows belong to a message.
const OF_MESSAGES: [&str; 5] = ["derived", "revision", "report", "attachment", "imported"];
/// Tables whose rows belong to a case.
const OF_CASES: [&str; 12] = [
    "seen",
    "note",
    "draft",
    "assignment",
    "snooze",
    "closure",
    "case_cause",
    "case_tag",
    "promise",
    "outbox",
    "question",
    "attachment",
];

/// What a deletion left unused, and what it deleted.
#[derive(Debug, Default)]
pub struct RemovedMessages {
    /// Hashes of files that no row names any more: their bytes can be deleted.
    pub files: Vec<String>,
    /// Cases taken out.
    pub cases: usize,
    /// Cases that lost messages and remain.
    pub smaller_cases: Vec<CaseKey>,
}

impl Deletions {
    /// Distinct keys: `SELECT select column IN (keys)`, where `column` begins with `FROM`.
    pub(crate) async fn keys<Found: Key, Given: Key>(
        &mut self,
        select: &str,
        column: &str,
        keys: &[Given],
    ) -> Result<Vec<Found>> {
        let mut found = BTreeSet::new();
        for part in keys.chunks(1_000) {
            let (marks, values) = marks_of(part);
            let sql = format!("SELECT DISTINCT {select} AS k {column} IN {marks}");
            for row in self.0.all(sql, values).await? {
                found.extend(row.opt_key::<Found>("k")?);
            }
        }
        Ok(found.into_iter().collect())
    }

    /// Of these keys, those that no row of the queries refers to.
    async fn unnamed<K: Key>(&mut self, keys: &[K], queries: &[(&str, &str)]) -> Result<Vec<K>> {
        let mut left: BTreeSet<K> = keys.iter().copied().collect();
        for (select, from) in queries {
            let asked: Vec<K> = left.iter().copied().collect();
            for named in self.keys(select, from, &asked).await? {
                left.remove(&named);
            }
        }
        Ok(left.into_iter().collect())
    }
}

impl DeletionsMut {
    /// Deletes messages.
    pub async fn remove_messages(&mut self, keys: &[MessageKey]) -> Result<RemovedMessages> {
        let cases = self
            .keys("case_key", "FROM message WHERE key", keys)
            .await?;
        let mut conversations = self
            .keys("conversation_key", "FROM message WHERE key", keys)
            .await?;
        let mut authors = self
            .keys("author_key", "FROM message WHERE key", keys)
            .await?;
        let mut hashes = self.hashes("message_key", keys).await?;
        let sent: Vec<OutgoingKey> = self
            .keys("key", "FROM outbox WHERE message_key", keys)
            .await?;
        self.delete("delivery", "outbox_key", &sent).await?;
        self.delete("outbox", "key", &sent).await?;
        for table in OF_MESSAGES {
            self.delete(table, "message_key", keys).await?;
        }
        self.delete("message", "key", keys).await?;
        let empty = self
            .unnamed(&cases, &[("case_key", "FROM message WHERE case_key")])
            .await?;
        hashes.extend(self.hashes("case_key", &empty).await?);
        // The author or the thread of a deleted case may have lost its messages in an earlier
        // batch.
        conversations.extend::<Vec<ConversationKey>>(
            self.keys("conversation_key", "FROM cases WHERE key", &empty)
                .await?,
        );
        authors.extend::<Vec<AuthorKey>>(
            self.keys("author_key", "FROM cases WHERE key", &empty)
                .await?,
        );
        self.detach_conversations(&conversations, &empty).await?;
        self.remove_cases(&empty).await?;
        self.remove_conversations(&conversations).await?;
        self.remove_authors(&authors).await?;
        let smaller_cases: Vec<CaseKey> = cases
            .iter()
            .copied()
            .filter(|it| !empty.contains(it))
            .collect();
        for case in self.0.cases().by_keys(&smaller_cases).await? {
            self.0.case_fact(Act::MessagesRemoved, &case);
        }
        Ok(RemovedMessages {
            files: self.unused(hashes).await?,
            cases: empty.len(),
            smaller_cases,
        })
    }

    /// Detaches threads from cases about to be deleted.
    async fn detach_conversations(
        &mut self,
        conversations: &[ConversationKey],
        cases: &[CaseKey],
    ) -> Result<()> {
        for conversation in self.0.conversations().by_keys(conversations).await? {
            if conversation.case_key.is_some_and(|it| cases.contains(&it)) {
                self.0
                    .run(
                        "UPDATE conversation SET case_key = NULL WHERE key = $1",
                        args![conversation.key],
                    )
                    .await?;
            }
        }
        Ok(())
    }

    async fn remove_cases(&mut self, keys: &[CaseKey]) -> Result<()> {
        for case in self.0.cases().by_keys(keys).await? {
            self.0.tally(Some(&case), None);
            self.0.case_fact(Act::CaseRemoved, &case);
        }
        let notes: Vec<NoteKey> = self.keys("key", "FROM note WHERE case_key", keys).await?;
        self.delete("mention", "note_key", &notes).await?;
        let sent: Vec<OutgoingKey> = self.keys("key", "FROM outbox WHERE case_key", keys).await?;
        self.delete("delivery", "outbox_key", &sent).await?;
        for table in OF_CASES {
            self.delete(table, "case_key", keys).await?;
        }
        for part in keys.chunks(1_000) {
            for column in ["continues_key", "joined_key"] {
                let (marks, values) = marks_of(part);
                self.0
                    .run(
                        format!("UPDATE cases SET {column} = NULL WHERE {column} IN {marks}"),
                        values,
                    )
                    .await?;
            }
            for column in ["from_key", "to_key"] {
                let (marks, values) = marks_of(part);
                self.0
                    .run(
                        format!("DELETE FROM move WHERE {column} IN {marks}"),
                        values,
                    )
                    .await?;
            }
        }
        self.delete("cases", "key", keys).await
    }

    async fn remove_conversations(&mut self, keys: &[ConversationKey]) -> Result<()> {
        let named = [
            ("conversation_key", "FROM message WHERE conversation_key"),
            ("conversation_key", "FROM cases WHERE conversation_key"),
        ];
        let empty = self.unnamed(keys, &named).await?;
        self.delete("private_link", "conversation_key", &empty)
            .await?;
        self.delete("conversation", "key", &empty).await
    }

    /// Deletes authors with no data left that no customer import created, and customers who had
    /// no other author.
    pub async fn remove_authors(&mut self, keys: &[AuthorKey]) -> Result<()> {
        let named = [
            ("author_key", "FROM message WHERE author_key"),
            ("author_key", "FROM orders WHERE author_key"),
            ("author_key", "FROM visit WHERE author_key"),
            ("author_key", "FROM cases WHERE author_key"),
            (
                "thing_key",
                "FROM imported_thing WHERE noun = 'customer' AND before IS NULL AND thing_key",
            ),
        ];
        let silent = self.unnamed(keys, &named).await?;
        let customers: Vec<CustomerKey> = self
            .keys("customer_key", "FROM author WHERE key", &silent)
            .await?;
        self.0
            .imported_records()
            .forget(ImportedKind::Customer, &silent)
            .await?;
        for table in ["identifier", "address_check", "edge"] {
            self.delete(table, "author_key", &silent).await?;
        }
        self.delete("author", "key", &silent).await?;
        self.remove_customers(&customers).await
    }

    /// Deletes those of these customers whom nothing names any more.
    async fn remove_customers(&mut self, customers: &[CustomerKey]) -> Result<()> {
        let named = [
            ("customer_key", "FROM author WHERE customer_key"),
            ("customer_key", "FROM cases WHERE customer_key"),
            ("customer_key", "FROM edge WHERE customer_key"),
            ("joined_into", "FROM customer WHERE joined_into"),
            ("kept", "FROM identity_join WHERE kept"),
            ("absorbed", "FROM identity_join WHERE absorbed"),
        ];
        let nobody = self.unnamed(customers, &named).await?;
        self.delete("rule", "customer_key", &nobody).await?;
        self.delete("preference", "customer_key", &nobody).await?;
        self.delete("customer", "key", &nobody).await
    }

    pub(crate) async fn delete<K: Key>(
        &mut self,
        table: &str,
        column: &str,
        keys: &[K],
    ) -> Result<()> {
        for part in keys.chunks(1_000) {
            let (marks, values) = marks_of(part);
            self.0
                .run(
                    format!("DELETE FROM {table} WHERE {column} IN {marks}"),
                    values,
                )
                .await?;
        }
        Ok(())
    }

    async fn hashes<K: Key>(&mut self, column: &str, keys: &[K]) -> Result<Vec<String>> {
        let mut hashes = Vec::new();
        for part in keys.chunks(1_000) {
            let (marks, values) = marks_of(part);
            let sql = format!("SELECT DISTINCT sha256 FROM attachment WHERE {column} IN {marks}");
            for row in self.0.all(sql, values).await? {
                hashes.push(row.text("sha256")?);
            }
            if column == "message_key" {
                let (marks, values) = marks_of(part);
                for row in self
                    .0
                    .all(
                        format!("SELECT details FROM message WHERE key IN {marks}"),
                        values,
                    )
                    .await?
                {
                    let details: crate::MessageDetails = row.json("details")?;
                    hashes.extend(details.mail.map(|it| it.raw).filter(|it| !it.is_empty()));
                }
            }
        }
        Ok(hashes)
    }

    /// Of these hashes, those that no row names: another message may have the same photo.
    async fn unused(&mut self, mut hashes: Vec<String>) -> Result<Vec<String>> {
        hashes.sort_unstable();
        hashes.dedup();
        let mut unused = Vec::new();
        for hash in hashes {
            let named = self
                .0
                .optional(
                    "SELECT 1 AS n FROM attachment WHERE sha256 = $1 LIMIT 1",
                    args![&hash],
                )
                .await?;
            if named.is_none() {
                unused.push(hash);
            }
        }
        Ok(unused)
    }
}
