//! What the index reads from the database: messages, cases and customers in their current
//! state.

use std::collections::{BTreeMap, BTreeSet};

use vigie_model::{Act, BrandKey, CaseKey, CustomerKey, Key, PersonKey, SourceKey, TagKey};

use crate::{IndexDocuments, Result, Row, Value, args, row::marks_of};

/// What a search looks for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Default)]
pub enum EntityKind {
    /// A message.
    #[default]
    Message,
    /// A case: its subject, and our internal notes, questions and answers.
    Case,
    Customer,
}

impl EntityKind {
    /// Every noun.
    pub const ALL: [Self; 3] = [Self::Message, Self::Case, Self::Customer];

    /// Its stable code.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Message => "message",
            Self::Case => "case",
            Self::Customer => "customer",
        }
    }

    /// The noun with this code.
    pub fn from_code(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|it| it.code() == code)
    }

    /// Its value in the index.
    pub const fn number(self) -> i64 {
        self as i64
    }
}

/// A message, a case or a customer as it is indexed.
#[derive(Debug, Clone)]
pub struct IndexDocument {
    pub noun: EntityKind,
    /// Number of the key of that noun.
    pub key: i64,
    pub at: i64,
    /// Subject and words.
    pub words: Vec<String>,
    /// Names, accounts and addresses of the author.
    pub author: String,
    pub lang: String,
    /// For a message, its case; for a case, itself.
    pub case: Option<CaseFacets>,
}

/// The fields that messages and cases are filtered by.
#[derive(Debug, Clone)]
pub struct CaseFacets {
    pub key: CaseKey,
    pub brand: BrandKey,
    pub source: SourceKey,
    pub channel: String,
    pub kind: String,
    pub feeling: String,
    pub state: String,
    pub tags: Vec<TagKey>,
    pub owner: Option<PersonKey>,
    /// For a message: who wrote it.
    pub by: Option<&'static str>,
    pub attachment: bool,
}

/// What the facts since the last time concern.
#[derive(Debug, Default)]
pub struct ChangedSubjects {
    /// The last fact read.
    pub last: i64,
    /// Cases to index again, with their messages.
    pub cases: Vec<CaseKey>,
    /// Customers to index again.
    pub customers: Vec<CustomerKey>,
    /// A fact does not say which customers it concerns: all of them are indexed again.
    pub everybody: bool,
}

const MESSAGES: &str = "m.key, m.case_key, m.at, m.text, m.title, m.emitter, m.source_key, \
    m.brand_key, m.channel, COALESCE(p.name, a.name, '') AS name, a.handle, a.email, c.kind, \
    c.sentiment, c.state, c.owner_key, c.lang, CAST(CASE WHEN EXISTS (SELECT 1 FROM attachment t \
    WHERE t.message_key = m.key) THEN 1 ELSE 0 END AS BIGINT) AS attached \
    FROM message m \
    JOIN cases c ON c.key = m.case_key \
    LEFT JOIN author a ON a.key = m.author_key \
    LEFT JOIN person p ON p.key = m.person_key";

const CASES: &str = "c.key, c.key AS case_key, c.number, c.heard_at AS at, c.title, c.source_key, \
    c.brand_key, c.channel, c.kind, c.sentiment, c.state, c.owner_key, c.lang, u.name AS customer, \
    a.name, a.handle, a.email \
    FROM cases c \
    JOIN author a ON a.key = c.author_key \
    LEFT JOIN customer u ON u.key = c.customer_key";

const CUSTOMERS: &str = "u.key, u.name, u.created_at AS at FROM customer u";

fn message(row: &Row) -> Result<IndexDocument> {
    let own = row.code::<vigie_model::Emitter>("emitter")?.is_ours();
    let mut case = of_case(row)?;
    case.by = Some(if own { "brand" } else { "customer" });
    case.attachment = row.boolean("attached")?;
    Ok(IndexDocument {
        noun: EntityKind::Message,
        key: row.int("key")?,
        at: row.int("at")?,
        words: vec![
            row.opt_text("title")?.unwrap_or_default(),
            row.text("text")?,
        ],
        author: joined_columns(row, &["name", "handle", "email"])?,
        lang: row.text("lang")?,
        case: Some(case),
    })
}

fn case(row: &Row) -> Result<IndexDocument> {
    Ok(IndexDocument {
        noun: EntityKind::Case,
        key: row.int("key")?,
        at: row.int("at")?,
        words: vec![row.text("title")?, row.int("number")?.to_string()],
        author: joined_columns(row, &["customer", "name", "handle", "email"])?,
        lang: row.text("lang")?,
        case: Some(of_case(row)?),
    })
}

fn of_case(row: &Row) -> Result<CaseFacets> {
    Ok(CaseFacets {
        key: row.key("case_key")?,
        brand: row.key("brand_key")?,
        source: row.key("source_key")?,
        channel: row.text("channel")?,
        kind: row.text("kind")?,
        feeling: row.text("sentiment")?,
        state: row.text("state")?,
        tags: Vec::new(),
        owner: row.opt_key("owner_key")?,
        by: None,
        attachment: false,
    })
}

fn customer(row: &Row) -> Result<IndexDocument> {
    let name = row.text("name")?;
    Ok(IndexDocument {
        noun: EntityKind::Customer,
        key: row.int("key")?,
        at: row.int("at")?,
        words: vec![name.clone()],
        author: name,
        lang: String::new(),
        case: None,
    })
}

fn joined_columns(row: &Row, columns: &[&str]) -> Result<String> {
    let joined_columns = columns
        .iter()
        .map(|it| row.opt_text(it))
        .collect::<Result<Vec<_>>>()?;
    Ok(joined_columns
        .into_iter()
        .flatten()
        .collect::<Vec<_>>()
        .join(" "))
}

impl IndexDocuments {
    /// What the facts after `seen` concern, at most `limit` of them.
    pub async fn touched(&mut self, seen: i64, limit: i64) -> Result<ChangedSubjects> {
        let sql = "SELECT number, act, case_key, ids \
            FROM fact \
            WHERE number > $1 \
            ORDER BY number \
            LIMIT $2";
        let mut touched = ChangedSubjects {
            last: seen,
            ..ChangedSubjects::default()
        };
        let (mut cases, mut named) = (BTreeSet::new(), FactSubjects::default());
        for row in self.0.all(sql, args![seen, limit]).await? {
            touched.last = row.int("number")?;
            cases.extend(row.opt_key::<CaseKey>("case_key")?);
            match Act::from_code(&row.text("act")?) {
                Some(
                    Act::AuthorRecognised
                    | Act::AuthorSeparated
                    | Act::CustomersJoined
                    | Act::CustomersSeparated,
                ) => named.people(&row.json("ids")?),
                // Messages moved between two cases; the fact names only one of them.
                Some(Act::CaseSplit | Act::CaseJoined | Act::MoveUndone) => {
                    named.case(&row.json("ids")?)
                }
                // Such a fact does not name the customers that were deleted or changed.
                Some(Act::PersonErased | Act::ImportEnded | Act::ImportUndone) => {
                    touched.everybody = true
                }
                _ => {}
            }
        }
        cases.extend::<Vec<CaseKey>>(
            self.keys_of("SELECT key AS k FROM cases WHERE id", &named.cases)
                .await?,
        );
        let moved: Vec<CustomerKey> = self
            .keys_of("SELECT key AS k FROM customer WHERE id", &named.customers)
            .await?;
        // The customers whose identity changed: their cases show the name.
        cases.extend::<Vec<CaseKey>>(
            self.0
                .deletions()
                .keys("key", "FROM cases WHERE customer_key", &moved)
                .await?,
        );
        touched.cases = cases.into_iter().collect();
        // When every customer is indexed again, those named are already included and would appear
        // twice.
        if !touched.everybody {
            let recognised = self
                .keys_of(
                    "SELECT customer_key AS k FROM author WHERE id",
                    &named.authors,
                )
                .await?;
            let customers: BTreeSet<CustomerKey> = recognised.into_iter().chain(moved).collect();
            touched.customers = customers.into_iter().collect();
        }
        Ok(touched)
    }

    async fn keys_of<K: Key>(
        &mut self,
        select: &str,
        ids: &BTreeSet<uuid::Uuid>,
    ) -> Result<Vec<K>> {
        let (ids, mut keys): (Vec<_>, Vec<K>) = (ids.iter().copied().collect(), Vec::new());
        for part in ids.chunks(500) {
            let sql = format!("{select} IN {}", crate::placeholders(1, 1, part.len()));
            for row in self
                .0
                .all(sql, part.iter().map(|it| Value::from(*it)).collect())
                .await?
            {
                keys.extend(row.opt_key::<K>("k")?);
            }
        }
        Ok(keys)
    }

    /// These cases and their messages.
    pub async fn of_cases(&mut self, cases: &[CaseKey]) -> Result<Vec<IndexDocument>> {
        let mut found = Vec::new();
        for part in cases.chunks(500) {
            let marks = crate::placeholders(1, 1, part.len());
            let values = || part.iter().map(|it| Value::from(*it)).collect();
            let sql = format!("SELECT {MESSAGES} WHERE m.case_key IN {marks}");
            for row in self.0.all(sql, values()).await? {
                found.push(message(&row)?);
            }
            let sql = format!("SELECT {CASES} WHERE c.key IN {marks}");
            let selves = self
                .0
                .all(sql, values())
                .await?
                .iter()
                .map(case)
                .collect::<Result<Vec<_>>>()?;
            found.extend(self.with_notes(selves).await?);
        }
        self.with_tags(found).await
    }

    /// These customers; those deleted or joined into another are left out.
    pub async fn of_customers(&mut self, keys: &[CustomerKey]) -> Result<Vec<IndexDocument>> {
        let mut found = Vec::new();
        for part in keys.chunks(500) {
            let (marks, values) = marks_of(part);
            let sql =
                format!("SELECT {CUSTOMERS} WHERE u.joined_into IS NULL AND u.key IN {marks}");
            for row in self.0.all(sql, values).await? {
                found.push(customer(&row)?);
            }
        }
        self.with_accounts(found).await
    }

    /// Up to `limit` documents of a noun after a key.
    pub async fn after(
        &mut self,
        noun: EntityKind,
        after: i64,
        limit: i64,
    ) -> Result<Vec<IndexDocument>> {
        let (columns, read, key): (_, fn(&Row) -> Result<IndexDocument>, _) = match noun {
            EntityKind::Message => (MESSAGES, message, "m.key"),
            EntityKind::Case => (CASES, case, "c.key"),
            EntityKind::Customer => (CUSTOMERS, customer, "u.joined_into IS NULL AND u.key"),
        };
        let order = key.rsplit(' ').next().unwrap_or(key);
        let sql = format!("SELECT {columns} WHERE {key} > $1 ORDER BY {order} LIMIT $2");
        let found = self
            .0
            .all(sql, args![after, limit])
            .await?
            .iter()
            .map(read)
            .collect::<Result<Vec<_>>>()?;
        match noun {
            EntityKind::Message => self.with_tags(found).await,
            EntityKind::Case => {
                let found = self.with_notes(found).await?;
                self.with_tags(found).await
            }
            EntityKind::Customer => self.with_accounts(found).await,
        }
    }

    async fn with_tags(&mut self, mut all: Vec<IndexDocument>) -> Result<Vec<IndexDocument>> {
        let cases: BTreeSet<CaseKey> = all
            .iter()
            .filter_map(|it| it.case.as_ref())
            .map(|it| it.key)
            .collect();
        let tags = self
            .0
            .tags()
            .of_cases(&cases.into_iter().collect::<Vec<_>>())
            .await?;
        for case in all.iter_mut().filter_map(|it| it.case.as_mut()) {
            case.tags = tags
                .get(&case.key)
                .into_iter()
                .flatten()
                .map(|it| it.key)
                .collect();
        }
        Ok(all)
    }

    async fn with_notes(&mut self, mut cases: Vec<IndexDocument>) -> Result<Vec<IndexDocument>> {
        let keys: Vec<CaseKey> = cases
            .iter()
            .map(|it| CaseKey::from_number(it.key))
            .collect();
        let mut notes = self.internal_texts(&keys).await?;
        for case in &mut cases {
            case.words.extend(
                notes
                    .remove(&CaseKey::from_number(case.key))
                    .into_iter()
                    .flatten(),
            );
        }
        Ok(cases)
    }

    async fn with_accounts(
        &mut self,
        mut customers: Vec<IndexDocument>,
    ) -> Result<Vec<IndexDocument>> {
        let keys: Vec<CustomerKey> = customers
            .iter()
            .map(|it| CustomerKey::from_number(it.key))
            .collect();
        let mut accounts = self.account_texts(&keys).await?;
        // Former identifiers too, and telephone numbers in comparable form.
        let exact = "i.value AS words FROM identifier i JOIN author a ON a.key = i.author_key";
        self.add_words(&mut accounts, "a.customer_key", exact, &keys)
            .await?;
        for customer in &mut customers {
            customer.words.extend(
                accounts
                    .remove(&CustomerKey::from_number(customer.key))
                    .into_iter()
                    .flatten(),
            );
            customer.author = customer.words.join(" ");
        }
        Ok(customers)
    }

    /// Our internal text about these cases: notes, questions and their answers, references of
    /// evidence.
    pub async fn internal_texts(&mut self, cases: &[CaseKey]) -> Result<TextsByKey<CaseKey>> {
        let mut found = TextsByKey::new();
        for words in [
            "text AS words FROM note",
            "text AS words FROM question",
            "answer AS words FROM question",
            "reference AS words FROM closure",
        ] {
            self.add_words(&mut found, "case_key", words, cases).await?;
        }
        Ok(found)
    }

    /// Names and identifiers of these customers, without duplicates.
    pub async fn account_texts(
        &mut self,
        customers: &[CustomerKey],
    ) -> Result<TextsByKey<CustomerKey>> {
        let mut found = TextsByKey::new();
        for column in ["name", "handle", "email", "phone", "shop_id"] {
            self.add_words(
                &mut found,
                "customer_key",
                &format!("{column} AS words FROM author"),
                customers,
            )
            .await?;
        }
        for words in found.values_mut() {
            let mut seen = BTreeSet::new();
            words.retain(|it| seen.insert(it.clone()));
        }
        Ok(found)
    }

    async fn add_words<K: Key>(
        &mut self,
        found: &mut TextsByKey<K>,
        column: &str,
        words: &str,
        keys: &[K],
    ) -> Result<()> {
        for part in keys.chunks(500) {
            let (marks, values) = marks_of(part);
            let sql =
                format!("SELECT {column} AS k, {words} WHERE {column} IN {marks} ORDER BY key");
            for row in self.0.all(sql, values).await? {
                if let Some(words) = row.opt_text("words")?.filter(|it| !it.is_empty()) {
                    found.entry(row.key("k")?).or_default().push(words);
                }
            }
        }
        Ok(())
    }
}

/// Texts by the key of what they are about.
pub type TextsByKey<K> = BTreeMap<K, Vec<String>>;

/// Authors, customers and cases that facts name.
#[derive(Debug, Default)]
struct FactSubjects {
    authors: BTreeSet<uuid::Uuid>,
    customers: BTreeSet<uuid::Uuid>,
    cases: BTreeSet<uuid::Uuid>,
}

impl FactSubjects {
    fn people(&mut self, ids: &BTreeMap<String, uuid::Uuid>) {
        self.authors.extend(ids.get("author"));
        self.customers
            .extend(ids.get("customer").into_iter().chain(ids.get("other")));
    }

    fn case(&mut self, ids: &BTreeMap<String, uuid::Uuid>) {
        self.cases.extend(ids.get("other"));
    }
}
