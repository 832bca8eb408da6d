//! Lists of cases: named views, narrowed by kind and tag, in stored order, by keyset.

use vigie_model::{At, CaseId, CaseState, Channel, HowEnded, Kind, Queue, Sentiment};

use crate::{PartOfPast, Result, Row, Session, TagNamed, Value, args, own_past::OF_IMPORT};

/// A named list.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum View {
    /// Everything to do, most pressing first.
    Open,
    /// One queue of it.
    Queue(Queue),
    /// One queue of it, without owner: what volunteers are offered.
    Offered(Queue),
    /// Those of one owner.
    Owner(i64),
    /// Without owner.
    Unowned,
    /// Past their take-by time without an available owner, at this instant.
    Orphans(At),
    /// Past their due time, at this instant.
    Late(At),
    /// A part of an imported past.
    Past(i64, PartOfPast),
    /// In another state.
    State(CaseState),
}

/// What a view is narrowed by; nothing leaves it whole.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Narrowed {
    /// One kind only.
    pub kind: Option<Kind>,
    /// Key of a tag they all bear.
    pub tag: Option<i64>,
}

/// A place in a list.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Cursor {
    /// Rank of the last row seen.
    pub rank: i64,
    /// Key of the last row seen.
    pub key: i64,
}

/// A row of a list, with the names people need.
#[derive(Debug, Clone, PartialEq)]
pub struct ListedCase {
    /// Where the next page begins.
    pub cursor: Cursor,
    /// Public id.
    pub id: CaseId,
    /// Number.
    pub number: i64,
    /// Subject.
    pub title: String,
    /// First words.
    pub words: String,
    /// Language of the words.
    pub lang: String,
    /// What it is.
    pub kind: Kind,
    /// How it feels.
    pub sentiment: Sentiment,
    /// Medium.
    pub channel: Channel,
    /// State.
    pub state: CaseState,
    /// Queue.
    pub queue: Queue,
    /// Importance.
    pub importance: i64,
    /// Urgency.
    pub urgency: i64,
    /// Has a hard gate.
    pub gated: bool,
    /// Public words.
    pub public: bool,
    /// Due.
    pub due_at: Option<At>,
    /// Last words.
    pub heard_at: At,
    /// Put off until.
    pub snoozed_until: Option<At>,
    /// How it ended.
    pub how: Option<HowEnded>,
    /// Recognised customer.
    pub customer: bool,
    /// Name of the customer, else of the author.
    pub who: String,
    /// Owner's name.
    pub owner: Option<String>,
    /// Messages.
    pub messages: i64,
    /// Tags it bears.
    pub tags: Vec<TagNamed>,
}

const COLUMNS: &str = "c.key, c.rank, c.id, c.number, c.title, c.words, c.lang, c.kind, c.sentiment, c.channel, c.state, \
    c.queue, c.importance, c.urgency, c.gates, c.public, c.due_at, c.heard_at, c.snoozed_until, c.how, c.customer_key, \
    COALESCE(u.name, a.name, a.handle, '') AS who, p.name AS owner, c.messages";

fn read(row: &Row) -> Result<ListedCase> {
    Ok(ListedCase {
        cursor: Cursor { rank: row.int("rank")?, key: row.int("key")? },
        id: CaseId(row.id("id")?),
        number: row.int("number")?,
        title: row.text("title")?,
        words: row.text("words")?,
        lang: row.text("lang")?,
        kind: row.code("kind")?,
        sentiment: row.code("sentiment")?,
        channel: row.code("channel")?,
        state: row.code("state")?,
        queue: row.code("queue")?,
        importance: row.int("importance")?,
        urgency: row.int("urgency")?,
        gated: !row.text("gates")?.is_empty(),
        public: row.flag("public")?,
        due_at: row.opt_at("due_at")?,
        heard_at: row.at("heard_at")?,
        snoozed_until: row.opt_at("snoozed_until")?,
        how: row.opt_code("how")?,
        customer: row.opt_int("customer_key")?.is_some(),
        who: row.text("who")?,
        owner: row.opt_text("owner")?,
        messages: row.int("messages")?,
        tags: Vec::new(),
    })
}

/// Where clause and its values; every value has its place before the cursor's and the limit's.
fn condition(view: View, narrowed: Narrowed) -> (String, Vec<Value>) {
    let (mut text, mut values) = match view {
        View::Open => ("c.state = 'open'".to_owned(), vec![]),
        View::Queue(queue) => ("c.state = 'open' AND c.queue = $1".to_owned(), args![queue.code()]),
        View::Offered(queue) => {
            ("c.state = 'open' AND c.queue = $1 AND c.owner_key IS NULL".to_owned(), args![queue.code()])
        }
        View::Owner(owner) => ("c.state = 'open' AND c.owner_key = $1".to_owned(), args![owner]),
        View::Unowned => ("c.state = 'open' AND c.owner_key IS NULL".to_owned(), vec![]),
        View::Orphans(at) => ("c.state = 'open' AND c.owner_key IS NULL AND c.take_by <= $1".to_owned(), args![at]),
        View::Late(at) => ("c.state = 'open' AND c.due_at <= $1".to_owned(), args![at]),
        View::Past(import_key, part) => {
            let (more, values) = part.condition(2);
            let text = format!("c.key IN ({OF_IMPORT}$1){more}");
            (text, args![import_key].into_iter().chain(values).collect())
        }
        // Written out, so that the planner sees the partial index.
        View::State(CaseState::Open) => ("c.state = 'open'".to_owned(), vec![]),
        View::State(state) => ("c.state <> 'open' AND c.state = $1".to_owned(), args![state.code()]),
    };
    if let Some(kind) = narrowed.kind {
        values.push(Value::from(kind.code()));
        text.push_str(&format!(" AND c.kind = ${}", values.len()));
    }
    if let Some(tag) = narrowed.tag {
        values.push(Value::from(tag));
        let bears = "SELECT m.case_key FROM case_tag m WHERE m.undone_at IS NULL AND m.tag_key";
        text.push_str(&format!(" AND c.key IN ({bears} = ${})", values.len()));
    }
    (text, values)
}

impl Session {
    /// A page of a view after `after`, in stored order.
    pub async fn list_cases(
        &mut self,
        view: View,
        narrowed: Narrowed,
        after: Option<Cursor>,
        limit: i64,
    ) -> Result<Vec<ListedCase>> {
        let (mut condition, mut values) = condition(view, narrowed);
        if let Some(after) = after {
            let first = values.len() + 1;
            condition.push_str(&format!(" AND (c.rank, c.key) > (${first}, ${})", first + 1));
            values.extend(args![after.rank, after.key]);
        }
        values.push(Value::from(limit));
        let sql = format!(
            "SELECT {COLUMNS} FROM cases c JOIN author a ON a.key = c.author_key \
             LEFT JOIN customer u ON u.key = c.customer_key LEFT JOIN person p ON p.key = c.owner_key \
             WHERE {condition} ORDER BY c.rank, c.key LIMIT ${}",
            values.len()
        );
        self.listed(sql, values).await
    }

    /// The rows of a query, each with its tags.
    async fn listed(&mut self, sql: String, values: Vec<Value>) -> Result<Vec<ListedCase>> {
        let mut rows = self.all(sql, values).await?.iter().map(read).collect::<Result<Vec<_>>>()?;
        let keys: Vec<i64> = rows.iter().map(|it| it.cursor.key).collect();
        let mut tags = self.tags_of_cases(&keys).await?;
        for row in &mut rows {
            row.tags = tags.remove(&row.cursor.key).unwrap_or_default();
        }
        Ok(rows)
    }

    /// The cases of an import that never had an answer, the oldest first.
    pub async fn oldest_without_answer(&mut self, import_key: i64, limit: i64) -> Result<Vec<ListedCase>> {
        let sql = format!(
            "SELECT {COLUMNS} FROM cases c JOIN author a ON a.key = c.author_key \
             LEFT JOIN customer u ON u.key = c.customer_key LEFT JOIN person p ON p.key = c.owner_key \
             WHERE c.key IN ({OF_IMPORT}$1) AND c.messages > 0 AND c.answered_at IS NULL \
             AND c.kind NOT IN ('praise', 'noise') ORDER BY c.opened_at, c.key LIMIT $2"
        );
        self.listed(sql, args![import_key, limit]).await
    }

    /// How many orphans there are at `at`, counted to a thousand.
    pub async fn count_orphans(&mut self, at: At) -> Result<i64> {
        let sql = "SELECT COUNT(*) AS n FROM (SELECT 1 FROM cases WHERE state = 'open' AND owner_key IS NULL \
                   AND take_by <= $1 LIMIT 1000) AS late";
        self.one(sql, args![at]).await?.int("n")
    }

    /// Public ids of open cases that break the invariant: no due time, or neither an owner nor a take-by time, or
    /// an owner who is disabled or absent. Always empty; a story looks.
    pub async fn cases_without_keeper(&mut self, at: At) -> Result<Vec<CaseId>> {
        let sql = "SELECT c.id FROM cases c LEFT JOIN person p ON p.key = c.owner_key WHERE c.state = 'open' AND \
                   (c.due_at IS NULL OR (c.owner_key IS NULL AND c.take_by IS NULL) OR p.disabled_at IS NOT NULL \
                    OR p.absent_until > $1)";
        self.all(sql, args![at]).await?.iter().map(|row| Ok(CaseId(row.id("id")?))).collect()
    }
}
