//! Lists of cases: named views, filtered by kind and tag, in stored order, with keyset
//! pagination.

use vigie_model::{
    At, CaseId, CaseKey, CaseState, Channel, CustomerKey, HowEnded, ImportKey, Kind, PersonKey,
    Queue, Sentiment, TagKey, TeamId, TeamKey,
};

use crate::{
    Cases, ImportSegment, Result, Row, TagRef, TeamRef, Value, args, past::insights::OF_IMPORT,
};

/// A named list.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum View {
    /// Everything to do, most pressing first.
    Open,
    /// One queue of the open cases.
    Queue(Queue),
    /// One queue of the open cases, without owner: what volunteers are offered.
    Offered(Queue),
    /// Open cases of one owner.
    Owner(PersonKey),
    /// Without owner, given to a team of this person.
    OfTeams(PersonKey),
    /// Without owner, given to this team.
    OfTeam(TeamKey),
    /// Without owner.
    Unowned,
    /// Past their take-by time without an available owner, at this instant.
    Orphans(At),
    /// Past their due time, at this instant.
    Late(At),
    /// A part of an import.
    Past(ImportKey, ImportSegment),
    /// Cases in another state.
    State(CaseState),
}

/// The filters of a view; none of them means the whole view.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct CaseFilters {
    pub kind: Option<Kind>,
    /// Key of a tag that every case has.
    pub tag: Option<TagKey>,
    /// Key of the team the cases are given to.
    pub team: Option<TeamKey>,
    /// Feeling of the last message.
    pub sentiment: Option<Sentiment>,
    pub channel: Option<Channel>,
    pub lang: Option<String>,
    /// Only cases with messages that this person, by key, has not seen.
    pub unread_by: Option<PersonKey>,
}

/// The order of a list.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum CaseSort {
    /// As stored: most pressing first.
    #[default]
    Priority,
    /// Most recent message first.
    Newest,
    /// Oldest last message first.
    Oldest,
}

/// A page of a view.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CaseListParams {
    pub view: View,
    pub narrowed: CaseFilters,
    pub sorting: CaseSort,
    /// Rows after this one.
    pub after: Option<Cursor>,
    /// Rows up to and including this one.
    pub until: Option<Cursor>,
    /// Largest number of rows.
    pub limit: i64,
    /// Key of the person for whom `unread` is computed.
    pub reader: PersonKey,
}

impl CaseListParams {
    /// The first page of a view.
    pub fn of(view: View, reader: PersonKey, limit: i64) -> Self {
        let (narrowed, sorting) = (CaseFilters::default(), CaseSort::default());
        Self {
            view,
            narrowed,
            sorting,
            after: None,
            until: None,
            limit,
            reader,
        }
    }
}

/// A position in a list.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Cursor {
    /// Rank of the last row seen.
    pub rank: i64,
    /// Key of the last row seen.
    pub key: CaseKey,
}

/// A row of a list, with the names it shows.
#[derive(Debug, Clone, PartialEq)]
pub struct CaseListRow {
    /// Where the next page begins.
    pub cursor: Cursor,
    pub id: CaseId,
    pub number: i64,
    pub title: String,
    /// Beginning of the last message.
    pub excerpt: String,
    /// Language of the last message.
    pub lang: String,
    pub kind: Kind,
    pub sentiment: Sentiment,
    pub channel: Channel,
    pub state: CaseState,
    pub queue: Queue,
    pub importance: i64,
    pub urgency: i64,
    /// Whether a hard gate applies.
    pub gated: bool,
    pub public: bool,
    pub due_at: Option<At>,
    /// Time of the customer's last message.
    pub heard_at: At,
    pub snoozed_until: Option<At>,
    pub how: Option<HowEnded>,
    /// Whether the customer is recognised.
    pub customer: bool,
    /// Whether they only say so: nothing proves it yet.
    pub claimed: bool,
    /// Name of the customer, else of the author.
    pub who: String,
    pub owner: Option<String>,
    /// The team it is given to.
    pub team: Option<TeamRef>,
    pub messages: i64,
    pub tags: Vec<TagRef>,
    /// Whether it holds messages the reader has not seen.
    pub unread: bool,
}

/// The rank that locates a row, and its columns; `rank` is what orders the list.
fn columns(rank: &str) -> String {
    format!(
        "c.key, {rank} AS rank, c.id, c.number, c.title, c.words, c.lang, c.kind, \
    c.sentiment, c.channel, c.state, \
    c.queue, c.importance, c.urgency, c.gates, c.public, c.due_at, c.heard_at, c.snoozed_until, \
    c.how, c.customer_key, c.claimed, \
    COALESCE(CASE WHEN c.claimed = 0 THEN u.name END, a.name, a.handle, u.name, '') AS who, p.name AS owner, t.id AS team, t.name AS \
    team_name, c.messages, \
    CASE WHEN c.stamp > COALESCE(s.stamp, 0) THEN CAST(1 AS BIGINT) ELSE CAST(0 AS BIGINT) END AS \
    unread"
    )
}

/// The tables that a row takes names from; `reader` is the place of the person who reads, among the
/// values.
fn names(reader: usize) -> String {
    format!(
        "JOIN author a ON a.key = c.author_key \
    LEFT JOIN customer u ON u.key = c.customer_key \
    LEFT JOIN person p ON p.key = c.owner_key \
    LEFT JOIN team t ON t.key = c.team_key \
    LEFT JOIN seen s ON s.case_key = c.key AND s.person_key = ${reader}"
    )
}

impl CaseSort {
    /// The expression that orders rows, smallest first; a direction can reverse it.
    const fn place(self) -> &'static str {
        match self {
            Self::Priority => "c.rank",
            Self::Newest | Self::Oldest => "c.heard_at",
        }
    }

    /// The sort direction, and the comparisons for rows after a cursor and up to one.
    const fn direction(self) -> (&'static str, &'static str, &'static str) {
        match self {
            Self::Priority | Self::Oldest => ("", ">", "<="),
            Self::Newest => (" DESC", "<", ">="),
        }
    }
}

fn read(row: &Row) -> Result<CaseListRow> {
    Ok(CaseListRow {
        cursor: Cursor {
            rank: row.int("rank")?,
            key: row.key("key")?,
        },
        id: CaseId(row.id("id")?),
        number: row.int("number")?,
        title: row.text("title")?,
        excerpt: row.text("words")?,
        lang: row.text("lang")?,
        kind: row.code("kind")?,
        sentiment: row.code("sentiment")?,
        channel: row.code("channel")?,
        state: row.code("state")?,
        queue: row.code("queue")?,
        importance: row.int("importance")?,
        urgency: row.int("urgency")?,
        gated: !row.text("gates")?.is_empty(),
        public: row.boolean("public")?,
        due_at: row.opt_at("due_at")?,
        heard_at: row.at("heard_at")?,
        snoozed_until: row.opt_at("snoozed_until")?,
        how: row.opt_code("how")?,
        customer: row.opt_key::<CustomerKey>("customer_key")?.is_some(),
        claimed: row.boolean("claimed")?,
        who: row.text("who")?,
        owner: row.opt_text("owner")?,
        team: row
            .opt_id("team")?
            .zip(row.opt_text("team_name")?)
            .map(|(id, name)| TeamRef {
                id: TeamId(id),
                name,
            }),
        messages: row.int("messages")?,
        tags: Vec::new(),
        unread: row.boolean("unread")?,
    })
}

/// The WHERE clause and its values; they precede those of the cursor and the limit.
fn condition(view: View, narrowed: &CaseFilters) -> (String, Vec<Value>) {
    let (mut text, mut values) = of_view(view);
    let codes = [
        ("kind", narrowed.kind.map(Kind::code)),
        ("sentiment", narrowed.sentiment.map(Sentiment::code)),
        ("channel", narrowed.channel.map(Channel::code)),
        ("lang", narrowed.lang.as_deref()),
    ];
    for (column, code) in codes
        .into_iter()
        .filter_map(|(column, code)| code.map(|code| (column, code)))
    {
        values.push(Value::from(code));
        text.push_str(&format!(" AND c.{column} = ${}", values.len()));
    }
    if let Some(tag) = narrowed.tag {
        values.push(Value::from(tag));
        let bears = "SELECT m.case_key FROM case_tag m WHERE m.undone_at IS NULL AND m.tag_key";
        text.push_str(&format!(" AND c.key IN ({bears} = ${})", values.len()));
    }
    if let Some(team) = narrowed.team {
        values.push(Value::from(team));
        text.push_str(&format!(" AND c.team_key = ${}", values.len()));
    }
    if let Some(person) = narrowed.unread_by {
        values.push(Value::from(person));
        let saw =
            "SELECT 1 FROM seen w WHERE w.case_key = c.key AND w.stamp >= c.stamp AND w.person_key";
        text.push_str(&format!(" AND NOT EXISTS ({saw} = ${})", values.len()));
    }
    (text, values)
}

fn of_view(view: View) -> (String, Vec<Value>) {
    match view {
        View::Open => ("c.state = 'open'".to_owned(), vec![]),
        View::Queue(queue) => (
            "c.state = 'open' AND c.queue = $1".to_owned(),
            args![queue.code()],
        ),
        View::Offered(queue) => (
            "c.state = 'open' AND c.queue = $1 AND c.owner_key IS NULL".to_owned(),
            args![queue.code()],
        ),
        View::Owner(owner) => (
            "c.state = 'open' AND c.owner_key = $1".to_owned(),
            args![owner],
        ),
        View::OfTeams(person) => {
            let mine = "SELECT m.team_key \
                FROM team_member m \
                JOIN team g ON g.key = m.team_key \
                WHERE g.archived_at IS NULL AND m.person_key = $1";
            (
                format!("c.state = 'open' AND c.owner_key IS NULL AND c.team_key IN ({mine})"),
                args![person],
            )
        }
        View::OfTeam(team) => (
            "c.state = 'open' AND c.owner_key IS NULL AND c.team_key = $1".to_owned(),
            args![team],
        ),
        View::Unowned => (
            "c.state = 'open' AND c.owner_key IS NULL".to_owned(),
            vec![],
        ),
        View::Orphans(at) => (
            "c.state = 'open' AND c.owner_key IS NULL AND c.take_by <= $1".to_owned(),
            args![at],
        ),
        View::Late(at) => ("c.state = 'open' AND c.due_at <= $1".to_owned(), args![at]),
        View::Past(import_key, part) => {
            let (more, values) = part.condition(2);
            let text = format!("c.key IN ({OF_IMPORT}$1){more}");
            (text, args![import_key].into_iter().chain(values).collect())
        }
        // Written out, so that the planner uses the partial index.
        View::State(CaseState::Open) => ("c.state = 'open'".to_owned(), vec![]),
        View::State(state) => (
            "c.state <> 'open' AND c.state = $1".to_owned(),
            args![state.code()],
        ),
    }
}

impl Cases {
    /// A page of a view.
    pub async fn list(&mut self, params: &CaseListParams) -> Result<Vec<CaseListRow>> {
        match params.view {
            View::OfTeams(person) => self.list_of_team(params, person).await,
            _ => self.page_of(params).await,
        }
    }

    /// Reads each team's rows in order from their index, merges them and cuts the result to a
    /// page. One query over all teams would sort all their rows.
    async fn list_of_team(
        &mut self,
        params: &CaseListParams,
        person_key: PersonKey,
    ) -> Result<Vec<CaseListRow>> {
        let mut rows = Vec::new();
        for team in self.0.teams().of_person(person_key).await? {
            rows.extend(
                self.page_of(&CaseListParams {
                    view: View::OfTeam(team),
                    ..params.clone()
                })
                .await?,
            );
        }
        rows.sort_by_key(|it| (it.cursor.rank, it.cursor.key));
        if params.sorting == CaseSort::Newest {
            rows.reverse();
        }
        rows.truncate(usize::try_from(params.limit).unwrap_or(0));
        Ok(rows)
    }

    /// Finds the keys of a page first, always from a position, even for the first page: SQLite's
    /// planner then follows the ordered index. Joined with the names, it would rather sort a
    /// million cases.
    async fn page_of(&mut self, params: &CaseListParams) -> Result<Vec<CaseListRow>> {
        let (mut condition, mut values) = condition(params.view, &params.narrowed);
        let (place, (down, beyond, within)) = (params.sorting.place(), params.sorting.direction());
        let end = if down.is_empty() { i64::MIN } else { i64::MAX };
        let after = params.after.unwrap_or(Cursor {
            rank: end,
            key: CaseKey::from_number(end),
        });
        for (cursor, sign) in [(Some(after), beyond), (params.until, within)] {
            if let Some(cursor) = cursor {
                let first = values.len() + 1;
                condition.push_str(&format!(
                    " AND ({place}, c.key) {sign} (${first}, ${})",
                    first + 1
                ));
                values.extend(args![cursor.rank, cursor.key]);
            }
        }
        values.extend(args![params.reader, params.limit]);
        let (columns, names) = (columns(place), names(values.len() - 1));
        let order = format!("ORDER BY {place}{down}, c.key{down}");
        let keys = format!(
            "SELECT c.key AS found FROM cases c WHERE {condition} {order} LIMIT ${}",
            values.len()
        );
        let sql = format!(
            "SELECT {columns} \
                FROM ({keys}) AS page \
                JOIN cases c ON c.key = page.found {names} {order}"
        );
        self.listed(sql, values).await
    }

    /// How many cases a filtered view holds, counted up to `most`.
    pub async fn count(&mut self, view: View, narrowed: &CaseFilters, most: i64) -> Result<i64> {
        let (condition, mut values) = condition(view, narrowed);
        values.push(Value::from(most));
        let sql = format!(
            "SELECT COUNT(*) AS n \
                FROM (SELECT 1 FROM cases c WHERE {condition} LIMIT ${}) AS found",
            values.len()
        );
        self.0.one(sql, values).await?.int("n")
    }

    /// The rows of these cases, in the given order, for one reader; missing cases are left out.
    pub async fn listed_by_ids(
        &mut self,
        ids: &[CaseId],
        reader: PersonKey,
    ) -> Result<Vec<CaseListRow>> {
        let mut values: Vec<Value> = ids.iter().map(|it| Value::from(it.0)).collect();
        let marks = crate::placeholders(1, 1, ids.len().max(1));
        if ids.is_empty() {
            return Ok(Vec::new());
        }
        values.push(Value::from(reader));
        let (columns, names) = (columns("c.rank"), names(values.len()));
        let mut rows = self
            .listed(
                format!("SELECT {columns} FROM cases c {names} WHERE c.id IN {marks}"),
                values,
            )
            .await?;
        rows.sort_by_key(|row| ids.iter().position(|it| *it == row.id));
        Ok(rows)
    }

    /// The rows of a query, each with its tags.
    async fn listed(&mut self, sql: String, values: Vec<Value>) -> Result<Vec<CaseListRow>> {
        let mut rows = self
            .0
            .all(sql, values)
            .await?
            .iter()
            .map(read)
            .collect::<Result<Vec<_>>>()?;
        let keys: Vec<CaseKey> = rows.iter().map(|it| it.cursor.key).collect();
        let mut tags = self.0.tags().of_cases(&keys).await?;
        for row in &mut rows {
            row.tags = tags.remove(&row.cursor.key).unwrap_or_default();
        }
        Ok(rows)
    }

    /// The cases of an import that were never answered, oldest first.
    pub async fn oldest_without_answer(
        &mut self,
        import_key: ImportKey,
        reader: PersonKey,
        limit: i64,
    ) -> Result<Vec<CaseListRow>> {
        let (columns, names) = (columns("c.rank"), names(3));
        let sql = format!(
            "SELECT {columns} \
                FROM cases c {names} \
                WHERE c.key IN ({OF_IMPORT}$1) AND c.messages > 0 AND c.answered_at IS NULL AND \
                c.kind NOT IN ('praise', 'noise') \
                ORDER BY c.opened_at, c.key \
                LIMIT $2"
        );
        self.listed(sql, args![import_key, limit, reader]).await
    }

    /// How many orphans there are at `at`, counted up to a thousand.
    pub async fn count_orphans(&mut self, at: At) -> Result<i64> {
        let sql = "SELECT COUNT(*) AS n \
            FROM (SELECT 1 FROM cases WHERE state = 'open' AND owner_key IS NULL AND take_by <= $1 \
            LIMIT 1000) AS late";
        self.0.one(sql, args![at]).await?.int("n")
    }

    /// Public ids of open cases that break the invariant: no due time, or neither an owner nor a
    /// take-by time, or an owner who is disabled or absent. Always empty, as a test checks.
    pub async fn without_due_or_owner(&mut self, at: At) -> Result<Vec<CaseId>> {
        let sql = "SELECT c.id \
            FROM cases c \
            LEFT JOIN person p ON p.key = c.owner_key \
            WHERE c.state = 'open' AND (c.due_at IS NULL OR (c.owner_key IS NULL AND c.take_by IS \
            NULL) OR p.disabled_at IS NOT NULL OR p.absent_until > $1)";
        self.0
            .all(sql, args![at])
            .await?
            .iter()
            .map(|row| Ok(CaseId(row.id("id")?)))
            .collect()
    }
}
