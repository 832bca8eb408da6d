//! The house's own rules of triage: made by people, readable, tried before they are kept. The first
//! that applies to a customer's words decides: its case moves one queue, is tagged, is given to a
//! team or to somebody. No rule speaks for a gate, and none knows followers, value or threats: the
//! fields it may name do not hold them.

use std::collections::{HashMap, hash_map::Entry};

use vigie_analyse::Analysis;
use vigie_model::{Act, Actor, CaseState, Channel, Emitter, Kind, Role, Sentiment};
use vigie_store::{Case, FactDraft, Message, Rule, RuleSaid, Session, Write};
use vigie_watch::{Looked, Query, Wrong, parse};

use crate::{Error, Result, teams::given};

/// Fields that mean something for a message just come.
pub const FIELDS: [&str; 8] = [
    "source", "channel", "kind", "feeling", "author", "by", "has", "lang",
];
/// A house with more rules than this no longer knows what it does.
const MOST: usize = 200;
/// Messages of a case a rule looks at.
const LOOKED_AT: i64 = 200;

/// A customer's message as rules look at it.
#[derive(Debug, Clone)]
pub struct Words<'a> {
    /// Its words.
    pub text: &'a str,
    /// Its subject.
    pub title: Option<&'a str>,
    /// Names, accounts, addresses of who wrote.
    pub author: Vec<&'a str>,
    /// The customer, when recognised.
    pub customer_key: Option<i64>,
    /// Name of the source.
    pub source: &'a str,
    /// Medium.
    pub channel: Channel,
    /// Photos or files came with it.
    pub files: bool,
    /// What it is.
    pub kind: Kind,
    /// How it feels.
    pub sentiment: Sentiment,
    /// Its language.
    pub lang: &'a str,
}

/// The rules in their order, ready to be asked.
#[derive(Debug, Default)]
pub struct Rulebook {
    rules: Vec<(Rule, Query)>,
}

/// The query of a rule: readable, and about a message just come.
///
/// # Errors
/// [`Wrong`] with the place of the mistake.
pub fn rule_query(text: &str) -> Result<Query, Wrong> {
    let query = parse(text)?;
    if let Some(field) = query.fields().into_iter().find(|it| !FIELDS.contains(it)) {
        let start = text.find(&format!("{field}:")).unwrap_or(0);
        let detail = format!(
            "a rule knows a message as it comes: {}; not {field}",
            FIELDS.join(", ")
        );
        return Err(Wrong {
            start,
            end: start + field.len(),
            problem: "field_not_for_rules",
            detail,
        });
    }
    Ok(query)
}

impl Rulebook {
    /// The rules that are asked. One that can no longer be read is left out: it was refused when it
    /// was made.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn open(session: &mut Session) -> Result<Self, vigie_store::Error> {
        let live = session
            .rules()
            .await?
            .into_iter()
            .filter(|it| it.paused_at.is_none());
        Ok(Self {
            rules: live
                .filter_map(|rule| rule_query(&rule.said.query).ok().map(|query| (rule, query)))
                .collect(),
        })
    }

    /// One rule alone, to be tried.
    pub fn of(said: &RuleSaid, query: Query) -> Trial {
        Trial {
            customer_key: said.customer_key,
            query,
        }
    }

    /// The first that applies.
    pub fn first(&self, words: &Words<'_>) -> Option<&Rule> {
        if self.rules.is_empty() {
            return None;
        }
        let folded = fold(words);
        self.rules
            .iter()
            .find(|(rule, query)| applies(rule.said.customer_key, query, words, &folded))
            .map(|it| &it.0)
    }

    /// The rule of that key and its place, among those asked.
    fn place_of(&self, key: i64) -> Option<usize> {
        self.rules.iter().position(|it| it.0.key == key)
    }

    /// The rule that decides for a whole case: the first in order that applies to any of its
    /// customer's words.
    ///
    /// # Errors
    /// When the store fails.
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
                .first(&message.words(case))
                .and_then(|it| self.place_of(it.key));
            best = match (best, found) {
                (Some(best), Some(found)) => Some(best.min(found)),
                (best, found) => best.or(found),
            };
        }
        Ok(best.and_then(|place| self.rules.get(place)).map(|it| &it.0))
    }

    /// Whether `found` goes before what decided until now.
    pub fn goes_before(&self, found: &Rule, decided: Option<i64>) -> bool {
        match decided.and_then(|key| self.place_of(key)) {
            Some(place) => self.place_of(found.key).is_some_and(|it| it < place),
            None => true,
        }
    }
}

/// A rule about to be kept.
#[derive(Debug)]
pub struct Trial {
    customer_key: Option<i64>,
    query: Query,
}

impl Trial {
    /// Whether it applies to these words.
    pub fn applies(&self, words: &Words<'_>) -> bool {
        applies(self.customer_key, &self.query, words, &fold(words))
    }
}

fn fold(words: &Words<'_>) -> Vec<String> {
    let whole = format!("{}\n{}", words.title.unwrap_or_default(), words.text);
    vigie_analyse::folded(&whole)
        .split_whitespace()
        .map(str::to_owned)
        .collect()
}

fn applies(customer: Option<i64>, query: &Query, words: &Words<'_>, folded: &[String]) -> bool {
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
        && query.matches(&Looked {
            words: folded,
            field: &field,
            fold: &vigie_analyse::folded,
        })
}

/// A customer's message with what was read in it, as a person corrected it.
#[derive(Debug)]
pub struct ReadMessage {
    /// The message.
    pub message: Message,
    kind: Kind,
    sentiment: Sentiment,
    lang: String,
    source: String,
    author: Vec<String>,
    files: bool,
}

impl ReadMessage {
    /// As rules look at it, in its case.
    pub fn words<'a>(&'a self, case: &'a Case) -> Words<'a> {
        Words {
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

/// What the sources are called, asked once for many cases.
#[derive(Debug)]
pub struct SourceNames(HashMap<i64, String>);

impl SourceNames {
    /// Every source, by its key.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn of(session: &mut Session) -> Result<Self, vigie_store::Error> {
        Ok(Self(
            session
                .sources()
                .await?
                .into_iter()
                .map(|it| (it.key, it.name))
                .collect(),
        ))
    }
}

/// The customer's messages of a case, as read and corrected.
///
/// # Errors
/// When the store fails.
pub async fn customer_words(
    session: &mut Session,
    sources: &SourceNames,
    case: &Case,
) -> Result<Vec<ReadMessage>> {
    let messages = session.messages_of_case(case.key, LOOKED_AT).await?;
    let readings = session.derived_of_case(case.key, "analysis").await?;
    let corrections = session.derived_of_case(case.key, "correction").await?;
    let files = session.attachments_of_case(case.key).await?;
    let mut authors: HashMap<i64, Vec<String>> = HashMap::new();
    let theirs = |it: &Message| {
        !matches!(
            it.emitter,
            Emitter::Brand | Emitter::Employee | Emitter::Paid
        )
    };
    let mut read = Vec::with_capacity(messages.len());
    for message in messages.into_iter().filter(theirs) {
        let reading = readings
            .get(&message.key)
            .and_then(|it| serde_json::from_value::<Analysis>(it.data.clone()).ok());
        let corrected = corrections.get(&message.key).map(|it| &it.data);
        if let Some(key) = message.author_key
            && let Entry::Vacant(free) = authors.entry(key)
        {
            let author = session.author(key).await?;
            free.insert(
                [author.name, author.handle, author.email]
                    .into_iter()
                    .flatten()
                    .collect(),
            );
        }
        let code = |name: &str| {
            corrected
                .and_then(|it| it.get(name))
                .and_then(|it| it.as_str())
        };
        read.push(ReadMessage {
            kind: code("kind")
                .and_then(|it| it.parse().ok())
                .or(reading.as_ref().map(|it| it.kind))
                .unwrap_or(case.kind),
            sentiment: code("sentiment")
                .and_then(|it| it.parse().ok())
                .or(reading.as_ref().map(|it| it.sentiment))
                .unwrap_or(case.sentiment),
            lang: reading.map_or_else(|| case.lang.clone(), |it| it.lang),
            source: sources
                .0
                .get(&message.source_key)
                .cloned()
                .unwrap_or_default(),
            author: message
                .author_key
                .and_then(|it| authors.get(&it))
                .cloned()
                .unwrap_or_default(),
            files: files.iter().any(|it| it.message_key == Some(message.key)),
            message,
        });
    }
    Ok(read)
}

/// Writes on a case what the deciding rule says; with nothing, what the last one said is taken back
/// but for its tag, team and owner, which are people's to change. The caller stores the case.
///
/// # Errors
/// When the store fails.
pub async fn rule_case(
    write: &mut Write,
    case: &mut Case,
    rule: Option<&Rule>,
) -> Result<bool, vigie_store::Error> {
    let step = rule.map_or(0, |it| it.said.step);
    let key = rule.map(|it| it.key);
    // A tag and an owner said since are given where the rule decided already.
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
            .by(Actor::House),
    );
    let Some(rule) = rule else { return Ok(true) };
    if let (Some(tag), Some((id, _))) = (rule.said.tag_key, &rule.tag)
        && write.tag_case(case.key, tag).await?
    {
        write.fact(
            FactDraft::new(Act::CaseTagged)
                .of_case(case)
                .on("tag", id.0)
                .by(Actor::House),
        );
    }
    if let Some(team) = rule
        .said
        .team_key
        .filter(|_| case.team_key.is_none() && case.state == CaseState::Open)
    {
        let team = write.team_by_key(team).await?;
        if !team.archived {
            given(write, case, Some(&team), Actor::House);
        }
    }
    if let Some(owner) = rule
        .said
        .owner_key
        .filter(|_| case.owner_key.is_none() && case.state == CaseState::Open)
    {
        let person = write.person_by_key(owner).await?;
        if person.available(write.at()) && person.role != Role::Reader {
            case.owner_key = Some(owner);
            write.assign(case.key, Some(owner)).await?;
            write.fact(
                FactDraft::new(Act::CaseAssigned)
                    .of_case(case)
                    .on("person", person.id.0)
                    .by(Actor::House),
            );
        }
    }
    Ok(true)
}

/// Whether a case lacks the tag the rule puts, or a team or somebody in charge it could have.
async fn lacks(write: &mut Write, case: &Case, rule: &Rule) -> Result<bool, vigie_store::Error> {
    let bears = |tags: Vec<vigie_store::TagNamed>, tag| tags.iter().any(|it| it.key == tag);
    let untagged = match rule.said.tag_key {
        Some(tag) => !write
            .tags_of_cases(&[case.key])
            .await?
            .into_values()
            .any(|tags| bears(tags, tag)),
        None => false,
    };
    let unowned = rule.said.owner_key.is_some() && case.owner_key.is_none();
    // A team that was put away is given nothing: it lacks on no case.
    let without_team = match rule.said.team_key {
        Some(team) if case.team_key.is_none() => !write.team_by_key(team).await?.archived,
        _ => false,
    };
    Ok(untagged || ((unowned || without_team) && case.state == CaseState::Open))
}

/// Asks the rules again about these cases and stores those for which the answer changed. Returns
/// how many.
///
/// # Errors
/// When the store fails.
pub async fn rule_again(write: &mut Write, cases: Vec<Case>) -> Result<usize> {
    let (rulebook, sources) = (Rulebook::open(write).await?, SourceNames::of(write).await?);
    let mut changed = 0;
    for before in cases.into_iter().filter(|it| it.state != CaseState::Closed) {
        let mut after = before.clone();
        let rule = rulebook.decides(write, &sources, &before).await?.cloned();
        if rule_case(write, &mut after, rule.as_ref()).await? {
            write.save_case(&before, &mut after).await?;
            changed += 1;
        }
    }
    Ok(changed)
}

/// Checks that one more rule may be kept.
///
/// # Errors
/// [`Error::TooManyRules`], or [`Error::RuleWithoutEffect`].
pub async fn check_rule(write: &mut Write, said: &RuleSaid, new: bool) -> Result<()> {
    if !said.does_something() {
        return Err(Error::RuleWithoutEffect);
    }
    if new && write.rules().await?.len() >= MOST {
        return Err(Error::TooManyRules);
    }
    Ok(())
}
