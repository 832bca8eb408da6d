//! Triage rules defined by the company: readable, and tried before they are stored. The first
//! that applies to a customer's message decides: its case moves one queue, is tagged, or is
//! given to a team or a person. No rule acts on gates, followers, value or threats: the fields
//! it may name do not include them.

use std::collections::{HashMap, hash_map::Entry};
use std::str::FromStr;

use vigie_analyse::Analysis;
use vigie_model::{
    Act, Actor, AuthorKey, CaseState, Channel, CustomerKey, Kind, Role, RuleKey, Sentiment,
    SourceKey, UnknownCode,
};
use vigie_store::{Case, FactDraft, Message, Rule, RuleDefinition, Session, Write, readable};
use vigie_watch::{MessageView, ParseError, Query, parse};

use crate::{Error, Result, teams::apply_team};

/// Fields that are meaningful for a message that has just arrived.
pub const FIELDS: [&str; 8] = [
    "source", "channel", "kind", "feeling", "author", "by", "has", "lang",
];
/// With more rules than this, nobody can know what they do.
const MOST: usize = 200;
/// Number of messages of a case that a rule considers.
const LOOKED_AT: i64 = 200;

/// A customer's message as rules see it.
#[derive(Debug, Clone)]
pub struct RuleInput<'a> {
    pub text: &'a str,
    pub title: Option<&'a str>,
    /// Names, accounts and addresses of the author.
    pub author: Vec<&'a str>,
    pub customer_key: Option<CustomerKey>,
    pub source: &'a str,
    pub channel: Channel,
    /// Whether it came with photos or files.
    pub files: bool,
    pub kind: Kind,
    pub sentiment: Sentiment,
    pub lang: &'a str,
}

/// The rules in order, ready to be applied.
#[derive(Debug, Default)]
pub struct RuleSet {
    rules: Vec<(Rule, Query)>,
}

/// Parses the query of a rule, which must apply to a message that has just arrived.
///
/// # Errors
/// [`ParseError`] with the position of the mistake.
pub fn rule_query(text: &str) -> Result<Query, ParseError> {
    let query = parse(text)?;
    if let Some(field) = query.fields().into_iter().find(|it| !FIELDS.contains(it)) {
        let start = text.find(&format!("{field}:")).unwrap_or(0);
        let detail = format!(
            "a rule knows a message as it comes: {}; not {field}",
            FIELDS.join(", ")
        );
        return Err(ParseError {
            start,
            end: start + field.len(),
            problem: "field_not_for_rules",
            detail,
        });
    }
    Ok(query)
}

impl RuleSet {
    /// Loads the active rules. One that can no longer be read is left out, and told in the log: a
    /// bad rule must not keep messages from coming in.
    pub async fn open(session: &mut Session) -> Result<Self, vigie_store::Error> {
        let mut rules = Vec::new();
        for rule in session.rules().list().await? {
            match rule_query(&rule.definition.query) {
                Ok(query) if rule.paused_at.is_none() => rules.push((rule, query)),
                Ok(_) => {}
                Err(error) => {
                    let problem = error.problem;
                    tracing::error!(rule = %rule.id, problem, "a stored rule cannot be read");
                }
            }
        }
        Ok(Self { rules })
    }

    /// A single rule, to be tried.
    pub fn of(definition: &RuleDefinition, query: Query) -> RuleTrial {
        RuleTrial {
            customer_key: definition.customer_key,
            query,
        }
    }

    /// The first rule that applies.
    pub fn first(&self, words: &RuleInput<'_>) -> Option<&Rule> {
        if self.rules.is_empty() {
            return None;
        }
        let folded = fold(words);
        self.rules
            .iter()
            .find(|(rule, query)| applies(rule.definition.customer_key, query, words, &folded))
            .map(|it| &it.0)
    }

    /// The position of the rule with this key among the active ones.
    fn place_of(&self, key: RuleKey) -> Option<usize> {
        self.rules.iter().position(|it| it.0.key == key)
    }

    /// The rule that decides for a whole case: the first in order that applies to any message of
    /// its customer.
    pub async fn decides(
        &self,
        session: &mut Session,
        sources: &SourceNames,
        case: &Case,
    ) -> Result<Option<&Rule>> {
        let mut best: Option<usize> = None;
        if self.rules.is_empty() {
            return Ok(None);
        }
        for message in customer_words(session, sources, case).await? {
            let found = self
                .first(&message.rule_input(case))
                .and_then(|it| self.place_of(it.key));
            best = match (best, found) {
                (Some(best), Some(found)) => Some(best.min(found)),
                (best, found) => best.or(found),
            };
        }
        Ok(best.and_then(|place| self.rules.get(place)).map(|it| &it.0))
    }

    /// Whether `found` comes before the rule that decided so far.
    pub fn goes_before(&self, found: &Rule, decided: Option<RuleKey>) -> bool {
        match decided.and_then(|key| self.place_of(key)) {
            Some(place) => self.place_of(found.key).is_some_and(|it| it < place),
            None => true,
        }
    }
}

/// A rule about to be stored.
#[derive(Debug)]
pub struct RuleTrial {
    customer_key: Option<CustomerKey>,
    query: Query,
}

impl RuleTrial {
    /// Whether it applies to this message.
    pub fn applies(&self, words: &RuleInput<'_>) -> bool {
        applies(self.customer_key, &self.query, words, &fold(words))
    }
}

fn fold(words: &RuleInput<'_>) -> Vec<String> {
    let whole = format!("{}\n{}", words.title.unwrap_or_default(), words.text);
    vigie_analyse::folded(&whole)
        .split_whitespace()
        .map(str::to_owned)
        .collect()
}

fn applies(
    customer: Option<CustomerKey>,
    query: &Query,
    words: &RuleInput<'_>,
    folded: &[String],
) -> bool {
    let theirs = customer.is_none_or(|it| words.customer_key == Some(it));
    let same =
        |left: &str, right: &str| vigie_analyse::folded(left) == vigie_analyse::folded(right);
    let field = |name: &str, value: &str| match name {
        "source" => Some(same(words.source, value)),
        "channel" => Some(words.channel.code() == value),
        "kind" => Some(words.kind.code() == value),
        "feeling" => Some(words.sentiment.code() == value),
        "lang" => Some(words.lang == value),
        "author" => Some(
            words
                .author
                .iter()
                .any(|it| same(it, value) || it.trim_start_matches('@') == value),
        ),
        "by" => Some(value == "customer"),
        "has" => Some(words.files && value == "attachment"),
        _ => None,
    };
    theirs
        && query.matches(&MessageView {
            words: folded,
            field: &field,
            fold: &vigie_analyse::folded,
        })
}

/// A customer's message with its analysis, as corrected by people.
#[derive(Debug)]
pub struct AnalysedMessage {
    pub message: Message,
    kind: Kind,
    sentiment: Sentiment,
    lang: String,
    source: String,
    author: Vec<String>,
    files: bool,
}

impl AnalysedMessage {
    /// The message as rules see it, in its case.
    pub fn rule_input<'a>(&'a self, case: &'a Case) -> RuleInput<'a> {
        RuleInput {
            text: &self.message.text,
            title: self.message.title.as_deref(),
            author: self.author.iter().map(String::as_str).collect(),
            customer_key: case.customer_key,
            source: &self.source,
            channel: self.message.channel,
            files: self.files,
            kind: self.kind,
            sentiment: self.sentiment,
            lang: &self.lang,
        }
    }
}

/// The names of the sources, loaded once for many cases.
#[derive(Debug)]
pub struct SourceNames(HashMap<SourceKey, String>);

impl SourceNames {
    /// Loads the name of every source, by key.
    pub async fn of(session: &mut Session) -> Result<Self, vigie_store::Error> {
        Ok(Self(
            session
                .sources()
                .list()
                .await?
                .into_iter()
                .map(|it| (it.key, it.name))
                .collect(),
        ))
    }
}

/// A code that a person corrected; `None` when they left it.
///
/// # Errors
/// When what is stored is none of the vocabulary.
fn code<T: FromStr<Err = UnknownCode>>(
    correction: &serde_json::Value,
    name: &str,
) -> Result<Option<T>> {
    let code = correction.get(name).and_then(|code| code.as_str());
    let unknown = |err: UnknownCode| {
        Error::Store(vigie_store::Error::Stored {
            column: name.to_owned(),
            detail: err.to_string(),
        })
    };
    code.map(|code| code.parse().map_err(unknown)).transpose()
}

/// The customer's messages of a case, with their analysis as corrected.
pub async fn customer_words(
    session: &mut Session,
    sources: &SourceNames,
    case: &Case,
) -> Result<Vec<AnalysedMessage>> {
    let messages = session.messages().of_case(case.key, LOOKED_AT).await?;
    let theirs = messages
        .into_iter()
        .filter(|message| !message.emitter.is_ours());
    let theirs: Vec<_> = theirs.collect();
    let stages = session.messages();
    let readings = stages.derived_of_case(case.key, "analysis").await?;
    let corrections = stages.derived_of_case(case.key, "correction").await?;
    let files = session.attachments().of_case(case.key).await?;
    let names = names_of_authors(session, &theirs).await?;

    let mut analysed = Vec::with_capacity(theirs.len());
    for message in theirs {
        let reading = readings.get(&message.key);
        let reading = reading.and_then(|it| readable(message.key, it));
        let correction = corrections.get(&message.key).map(|it| &it.data);
        let (kind, sentiment) = as_corrected(case, reading.as_ref(), correction)?;
        let source = sources.0.get(&message.source_key);
        let author = message.author_key.and_then(|key| names.get(&key));
        analysed.push(AnalysedMessage {
            kind,
            sentiment,
            lang: reading.map_or_else(|| case.lang.clone(), |reading: Analysis| reading.lang),
            source: source.cloned().unwrap_or_default(), // default: sources are never deleted
            author: author.cloned().unwrap_or_default(), // default: nobody is named
            files: files
                .iter()
                .any(|file| file.message_key == Some(message.key)),
            message,
        });
    }
    Ok(analysed)
}

/// The names by which a rule may mean the authors of these messages.
async fn names_of_authors(
    session: &mut Session,
    messages: &[Message],
) -> Result<HashMap<AuthorKey, Vec<String>>> {
    let mut names = HashMap::new();
    for key in messages.iter().filter_map(|message| message.author_key) {
        if let Entry::Vacant(free) = names.entry(key) {
            let author = session.authors().by_key(key).await?;
            let parts = [author.name, author.handle, author.email];
            free.insert(parts.into_iter().flatten().collect());
        }
    }
    Ok(names)
}

/// Kind and feeling as a person corrected them, else as they were read, else the case's.
fn as_corrected(
    case: &Case,
    reading: Option<&Analysis>,
    correction: Option<&serde_json::Value>,
) -> Result<(Kind, Sentiment)> {
    let (kind, sentiment) = match correction {
        Some(correction) => (code(correction, "kind")?, code(correction, "sentiment")?),
        None => (None, None),
    };
    let read = reading.map_or((case.kind, case.sentiment), |it| (it.kind, it.sentiment));
    // default: what nobody corrected stays as it was read
    Ok((kind.unwrap_or(read.0), sentiment.unwrap_or(read.1)))
}

/// Sets on a case what the deciding rule says; without a rule, undoes the effect of the last
/// one except its tag, team and owner, which are for people to change. The caller stores the
/// case.
pub async fn apply_rule(
    write: &mut Write,
    case: &mut Case,
    rule: Option<&Rule>,
) -> Result<bool, vigie_store::Error> {
    let step = rule.map_or(0, |it| it.definition.step);
    let key = rule.map(|it| it.key);
    // A tag and an owner added to the rule since are set where the rule already decided.
    let lacks = match rule {
        Some(rule) => lacks(write, case, rule).await?,
        None => false,
    };
    if (case.ruled, case.rule_key) == (step, key) && !lacks {
        return Ok(false);
    }
    (case.ruled, case.rule_key) = (step, key);
    let fact = FactDraft::new(Act::CaseRuled)
        .of_case(case)
        .number("step", step);
    write.fact(
        rule.iter()
            .fold(fact, |fact, it| fact.on("rule", it.id.0))
            .by(Actor::System),
    );
    if let Some(rule) = rule {
        put_tag(write, case, rule).await?;
        give_team(write, case, rule).await?;
        give_owner(write, case, rule).await?;
    }
    Ok(true)
}

type StoreResult<T> = Result<T, vigie_store::Error>;

async fn put_tag(write: &mut Write, case: &Case, rule: &Rule) -> StoreResult<()> {
    let (Some(tag), Some((id, _))) = (rule.definition.tag_key, &rule.tag) else {
        return Ok(());
    };
    if write.tags().add_to_case(case.key, tag).await? {
        let fact = FactDraft::new(Act::CaseTagged).of_case(case);
        write.fact(fact.on("tag", id.0).by(Actor::System));
    }
    Ok(())
}

async fn give_team(write: &mut Write, case: &mut Case, rule: &Rule) -> StoreResult<()> {
    let free = case.team_key.is_none() && case.state == CaseState::Open;
    let Some(team) = rule.definition.team_key.filter(|_| free) else {
        return Ok(());
    };
    let team = write.teams().by_key(team).await?;
    if !team.archived {
        apply_team(write, case, Some(&team), Actor::System);
    }
    Ok(())
}

async fn give_owner(write: &mut Write, case: &mut Case, rule: &Rule) -> StoreResult<()> {
    let free = case.owner_key.is_none() && case.state == CaseState::Open;
    let Some(owner) = rule.definition.owner_key.filter(|_| free) else {
        return Ok(());
    };
    let person = write.people().by_key(owner).await?;
    if person.available(write.at()) && person.role != Role::Reader {
        case.owner_key = Some(owner);
        write.assignments().assign(case.key, Some(owner)).await?;
        let fact = FactDraft::new(Act::CaseAssigned).of_case(case);
        write.fact(fact.on("person", person.id.0).by(Actor::System));
    }
    Ok(())
}

/// Whether a case lacks the tag that the rule puts, or a team or owner it could get.
async fn lacks(write: &mut Write, case: &Case, rule: &Rule) -> Result<bool, vigie_store::Error> {
    let bears = |tags: Vec<vigie_store::TagRef>, tag| tags.iter().any(|it| it.key == tag);
    let untagged = match rule.definition.tag_key {
        Some(tag) => !write
            .tags()
            .of_cases(&[case.key])
            .await?
            .into_values()
            .any(|tags| bears(tags, tag)),
        None => false,
    };
    let unowned = rule.definition.owner_key.is_some() && case.owner_key.is_none();
    // An archived team is given nothing, so no case lacks it.
    let without_team = match rule.definition.team_key {
        Some(team) if case.team_key.is_none() => !write.teams().by_key(team).await?.archived,
        _ => false,
    };
    Ok(untagged || ((unowned || without_team) && case.state == CaseState::Open))
}

/// Applies the rules again to these cases and stores those whose outcome changed. Returns how
/// many.
pub async fn reapply_rules(write: &mut Write, cases: Vec<Case>) -> Result<usize> {
    let (rule_set, sources) = (RuleSet::open(write).await?, SourceNames::of(write).await?);
    let mut changed = 0;
    for before in cases.into_iter().filter(|it| it.state != CaseState::Closed) {
        let mut after = before.clone();
        let rule = rule_set.decides(write, &sources, &before).await?.cloned();
        if apply_rule(write, &mut after, rule.as_ref()).await? {
            write.cases().save(&before, &mut after).await?;
            changed += 1;
        }
    }
    Ok(changed)
}

/// Checks that one more rule may be stored.
///
/// # Errors
/// [`Error::TooManyRules`], or [`Error::RuleWithoutEffect`].
pub async fn check_rule(write: &mut Write, definition: &RuleDefinition, new: bool) -> Result<()> {
    if !definition.does_something() {
        return Err(Error::RuleWithoutEffect);
    }
    if new && write.rules().list().await?.len() >= MOST {
        return Err(Error::TooManyRules);
    }
    Ok(())
}
