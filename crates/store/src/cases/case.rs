//! The case: one person, one problem or wish. Its row sums up everything that was done with
//! it, ready for lists.

use vigie_model::{
    At, AuthorKey, BrandKey, CaseId, CaseKey, CaseState, CauseKey, Channel, ConversationKey,
    CustomerKey, Gate, Harm, HowEnded, Kind, Lang, PersonKey, Queue, RuleKey, Sentiment, SourceKey,
    TeamKey,
};

use crate::{Error, NamedRow, Result, Row, named};

/// A case as stored.
#[derive(Debug, Clone, PartialEq)]
pub struct Case {
    pub key: CaseKey,
    pub id: CaseId,
    /// The number people use to refer to it.
    pub number: i64,
    pub brand_key: BrandKey,
    pub source_key: SourceKey,
    /// The conversation it began in.
    pub conversation_key: ConversationKey,
    pub author_key: AuthorKey,
    pub customer_key: Option<CustomerKey>,
    /// Whether nothing proves yet that it is from this customer.
    pub claimed: bool,
    pub channel: Channel,
    /// Subject, or beginning of the first message.
    pub title: String,
    /// Beginning of the customer's last message.
    pub excerpt: String,
    /// Of the customer, ISO 639-1 or `und`.
    pub lang: String,
    pub kind: Kind,
    /// Of the last message.
    pub sentiment: Sentiment,
    /// The worst harm reported.
    pub harm: Harm,
    pub gates: Vec<Gate>,
    /// Whether the person is blocked right now.
    pub urgent: bool,
    pub state: CaseState,
    pub owner_key: Option<PersonKey>,
    /// The team it is given to.
    pub team_key: Option<TeamKey>,
    pub cause_key: Option<CauseKey>,
    /// The older case this one continues.
    pub continues_key: Option<CaseKey>,
    /// The case this one was joined into.
    pub joined_key: Option<CaseKey>,
    pub opened_at: At,
    /// Time of the customer's last message.
    pub heard_at: At,
    /// Since when the customer has been waiting for an answer.
    pub waiting_since: Option<At>,
    /// Time of the last answer by a person.
    pub answered_at: Option<At>,
    pub closed_at: Option<At>,
    pub snoozed_until: Option<At>,
    /// Time limit for the answer.
    pub due_at: Option<At>,
    /// After this instant, without an available owner, the case is an orphan.
    pub take_by: Option<At>,
    /// Time of the last human act, from which ageing counts.
    pub touched_at: At,
    /// Moved by hand: −1, 0 or +1 queue.
    pub moved: i64,
    /// Moved by a triage rule: −1, 0 or +1 queue.
    pub ruled: i64,
    /// The rule that moved it.
    pub rule_key: Option<RuleKey>,
    /// 0–100.
    pub importance: i64,
    /// 0–100.
    pub urgency: i64,
    pub queue: Queue,
    /// Its position in lists: smaller comes first.
    pub rank: i64,
    /// When its points next change without any act.
    pub next_change_at: Option<At>,
    /// Version of the rules that weighed it.
    pub rules: String,
    /// The stored record of the weighing, JSON.
    pub reasons: String,
    pub how: Option<HowEnded>,
    /// Number of messages from the customer.
    pub messages: i64,
    /// Whether some of its messages are public.
    pub public: bool,
    /// Number of the fact of its last message: what a sender must have seen.
    pub last_message_fact: i64,
}

/// What is needed to open a case; everything else has its initial value and is weighed at
/// once.
#[derive(Debug, Clone)]
pub struct NewCase {
    pub brand_key: BrandKey,
    pub source_key: SourceKey,
    pub conversation_key: ConversationKey,
    pub author_key: AuthorKey,
    pub customer_key: Option<CustomerKey>,
    /// Whether nothing proves yet that it is from this customer.
    pub claimed: bool,
    pub channel: Channel,
    /// Subject, or beginning of the first message.
    pub title: String,
    /// The older case it continues.
    pub continues_key: Option<CaseKey>,
}

pub(crate) const COLUMNS: &str = "key, id, number, brand_key, source_key, conversation_key, author_key, \
    customer_key, claimed, channel, title, \
    words, lang, kind, sentiment, harm, gates, urgent, state, owner_key, cause_key, continues_key, \
    joined_key, opened_at, \
    heard_at, waiting_since, answered_at, closed_at, snoozed_until, due_at, take_by, touched_at, \
    moved, importance, urgency, \
    queue, rank, next_change_at, rules, reasons, how, messages, public, stamp, ruled, rule_key, \
    team_key";

impl Case {
    pub(crate) fn read(row: &Row) -> Result<Self> {
        Ok(Self {
            key: row.key("key")?,
            id: CaseId(row.id("id")?),
            number: row.int("number")?,
            brand_key: row.key("brand_key")?,
            source_key: row.key("source_key")?,
            conversation_key: row.key("conversation_key")?,
            author_key: row.key("author_key")?,
            customer_key: row.opt_key("customer_key")?,
            claimed: row.boolean("claimed")?,
            channel: row.code("channel")?,
            title: row.text("title")?,
            excerpt: row.text("words")?,
            lang: row.text("lang")?,
            kind: row.code("kind")?,
            sentiment: row.code("sentiment")?,
            harm: row.code("harm")?,
            gates: gates_read(&row.text("gates")?)?,
            urgent: row.boolean("urgent")?,
            state: row.code("state")?,
            owner_key: row.opt_key("owner_key")?,
            cause_key: row.opt_key("cause_key")?,
            continues_key: row.opt_key("continues_key")?,
            joined_key: row.opt_key("joined_key")?,
            opened_at: row.at("opened_at")?,
            heard_at: row.at("heard_at")?,
            waiting_since: row.opt_at("waiting_since")?,
            answered_at: row.opt_at("answered_at")?,
            closed_at: row.opt_at("closed_at")?,
            snoozed_until: row.opt_at("snoozed_until")?,
            due_at: row.opt_at("due_at")?,
            take_by: row.opt_at("take_by")?,
            touched_at: row.at("touched_at")?,
            moved: row.int("moved")?,
            importance: row.int("importance")?,
            urgency: row.int("urgency")?,
            queue: row.code("queue")?,
            rank: row.int("rank")?,
            next_change_at: row.opt_at("next_change_at")?,
            rules: row.text("rules")?,
            reasons: row.text("reasons")?,
            how: row.opt_code("how")?,
            messages: row.int("messages")?,
            public: row.boolean("public")?,
            last_message_fact: row.int("stamp")?,
            ruled: row.int("ruled")?,
            rule_key: row.opt_key("rule_key")?,
            team_key: row.opt_key("team_key")?,
        })
    }

    /// A case about to be stored, with every other field at its initial value; its key is its
    /// number.
    pub fn opening(new: NewCase, number: i64, id: uuid::Uuid, at: At) -> Self {
        Self {
            customer_key: new.customer_key,
            claimed: new.claimed,
            continues_key: new.continues_key,
            ..Self::unheard(new, number, id, at)
        }
    }

    /// A case of nobody, in which nothing was heard or decided yet.
    fn unheard(new: NewCase, number: i64, id: uuid::Uuid, at: At) -> Self {
        Self {
            key: CaseKey::from_number(number),
            id: CaseId(id),
            number,
            brand_key: new.brand_key,
            source_key: new.source_key,
            conversation_key: new.conversation_key,
            author_key: new.author_key,
            customer_key: None,
            claimed: false,
            channel: new.channel,
            title: new.title,
            excerpt: String::new(),
            lang: "und".into(),
            kind: Kind::Unknown,
            sentiment: Sentiment::Unsure,
            harm: Harm::Unknown,
            gates: Vec::new(),
            urgent: false,
            state: CaseState::Open,
            owner_key: None,
            team_key: None,
            cause_key: None,
            continues_key: None,
            joined_key: None,
            opened_at: at,
            heard_at: at,
            waiting_since: None,
            answered_at: None,
            closed_at: None,
            snoozed_until: None,
            due_at: None,
            take_by: None,
            touched_at: at,
            moved: 0,
            ruled: 0,
            rule_key: None,
            importance: 0,
            urgency: 0,
            queue: Queue::Later,
            rank: 0,
            next_change_at: None,
            rules: String::new(),
            reasons: "{}".into(),
            how: None,
            messages: 0,
            public: false,
            last_message_fact: 0,
        }
    }

    /// The language to write to its customer in: French to who writes French, else English.
    pub fn customer_lang(&self) -> Lang {
        match self.lang.as_str() {
            "fr" => Lang::Fr,
            _ => Lang::En,
        }
    }

    /// Each column with its value, the key first.
    pub(crate) fn columns(&self) -> NamedRow {
        let mut row = self.what_it_is();
        row.extend(self.where_it_stands());
        row.extend(self.what_was_decided());
        row
    }

    /// Who speaks, where, and what of.
    fn what_it_is(&self) -> NamedRow {
        named![
            key: self.key,
            id: self.id.0,
            number: self.number,
            brand_key: self.brand_key,
            source_key: self.source_key,
            conversation_key: self.conversation_key,
            author_key: self.author_key,
            customer_key: self.customer_key,
            claimed: self.claimed,
            channel: self.channel.code(),
            title: &self.title,
            words: &self.excerpt,
            lang: &self.lang,
            kind: self.kind.code(),
            sentiment: self.sentiment.code(),
            harm: self.harm.code(),
            gates: gates_text(&self.gates),
        ]
    }

    /// Its state, its people and its times.
    fn where_it_stands(&self) -> NamedRow {
        named![
            urgent: self.urgent,
            state: self.state.code(),
            owner_key: self.owner_key,
            cause_key: self.cause_key,
            continues_key: self.continues_key,
            joined_key: self.joined_key,
            opened_at: self.opened_at,
            heard_at: self.heard_at,
            waiting_since: self.waiting_since,
            answered_at: self.answered_at,
            closed_at: self.closed_at,
            snoozed_until: self.snoozed_until,
            due_at: self.due_at,
            take_by: self.take_by,
            touched_at: self.touched_at,
        ]
    }

    /// What triage and rules made of it, and what it holds.
    fn what_was_decided(&self) -> NamedRow {
        named![
            moved: self.moved,
            importance: self.importance,
            urgency: self.urgency,
            queue: self.queue.code(),
            rank: self.rank,
            next_change_at: self.next_change_at,
            rules: &self.rules,
            reasons: &self.reasons,
            how: self.how.map(HowEnded::code),
            messages: self.messages,
            public: self.public,
            stamp: self.last_message_fact,
            ruled: self.ruled,
            rule_key: self.rule_key,
            team_key: self.team_key,
        ]
    }
}

fn gates_text(gates: &[Gate]) -> String {
    gates
        .iter()
        .map(|gate| gate.code())
        .collect::<Vec<_>>()
        .join(" ")
}

/// A gate that cannot be read is an error: a case about danger would lose it for good.
fn gates_read(text: &str) -> Result<Vec<Gate>> {
    let unreadable = |error: vigie_model::UnknownCode| Error::Stored {
        column: "gates".into(),
        detail: error.vocabulary.to_owned(),
    };
    let gates = text.split_whitespace();
    gates.map(|code| code.parse().map_err(unreadable)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_read_is_what_is_written() {
        let new = NewCase {
            brand_key: BrandKey::from_number(1),
            source_key: SourceKey::from_number(1),
            conversation_key: ConversationKey::from_number(1),
            author_key: AuthorKey::from_number(1),
            customer_key: None,
            claimed: false,
            channel: Channel::Site,
            title: String::new(),
            continues_key: None,
        };
        let case = Case::opening(new, 1, uuid::Uuid::nil(), At::from_millis(0));

        let written = case.columns().into_iter().map(|(column, _)| column);
        let read = COLUMNS.split(',').map(str::trim);
        assert_eq!(written.collect::<Vec<_>>(), read.collect::<Vec<_>>());
    }
}
