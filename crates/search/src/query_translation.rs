//! Translates a query of the search box to the index and answers it: ranked, filtered, page by
//! page.

use std::{collections::BTreeMap, ops::Bound, sync::atomic::Ordering};

use tantivy::{
    Score, Term,
    query::{
        AllQuery, BooleanQuery, BoostQuery, ConstScoreQuery, EmptyQuery, FuzzyTermQuery, Occur,
        PhraseQuery, Query as TantivyQuery, RangeQuery, TermQuery,
    },
    schema::{Field, IndexRecordOption},
};
use vigie_model::{At, Key, PersonKey, SourceKey, TagKey};
use vigie_store::{EntityKind, Session};
use vigie_watch::Query;

use super::{
    Search, SearchError,
    collectors::{FacetCollector, TopHits},
    fields::{self, IndexFields},
    hits::{FacetCounts, Hit, SortOrder},
};

/// A search request.
#[derive(Debug, Clone)]
pub struct SearchParams {
    pub query: Query,
    /// The noun that is looked for.
    pub noun: EntityKind,
    pub sort: SortOrder,
    /// After this hit, by sort key and key.
    pub after: Option<(f64, i64)>,
    /// Largest number of hits.
    pub limit: usize,
    /// Only cases of this owner, and no customers.
    pub owner: Option<PersonKey>,
    /// Also counts the results by noun and by value.
    pub counts: bool,
}

/// The keys of the names a query may use.
#[derive(Debug, Clone, Default)]
pub struct QueryNames {
    /// Sources by name, in lower case.
    pub sources: BTreeMap<String, SourceKey>,
    /// People by name, in lower case.
    pub people: BTreeMap<String, PersonKey>,
    /// Tags by folded name.
    pub tags: BTreeMap<String, TagKey>,
}

impl QueryNames {
    /// Reads the names that a query may use.
    pub async fn read(session: &mut Session) -> vigie_store::Result<Self> {
        let sources = session.sources().list().await?.into_iter();
        let people = session.people().list().await?.into_iter();
        let tags = session.tags().list().await?.into_iter();
        let folded = |name: &str| fields::folded_name(name).join(" ");

        Ok(Self {
            sources: sources
                .map(|source| (source.name.to_lowercase(), source.key))
                .collect(),
            people: people
                .map(|person| (person.name.to_lowercase(), person.key))
                .collect(),
            tags: tags.map(|tag| (folded(&tag.name), tag.key)).collect(),
        })
    }
}

/// The results of a search.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct SearchResults {
    /// In the requested order.
    pub hits: Vec<Hit>,
    /// The last fact the index had seen.
    pub seen: i64,
    /// Number of results of each noun, if requested.
    pub totals: Vec<(EntityKind, usize)>,
    /// Number of results of each value, by field, most frequent first, if requested.
    pub counts: FacetCounts,
}

impl SearchResults {
    /// The keys of the hits, when one noun was looked for.
    pub fn keys<K: Key>(&self) -> Vec<K> {
        let numbers = self.hits.iter().map(|hit| hit.key);
        numbers.map(K::from_number).collect()
    }
}

impl Search {
    /// Answers a query. Fails with [`SearchError::NoSuchValue`] or [`SearchError::NoDay`] when a
    /// field has an unknown value.
    pub fn ask(
        &self,
        params: &SearchParams,
        names: &QueryNames,
    ) -> Result<SearchResults, SearchError> {
        let current = self.current();
        let translation = QueryTranslator {
            fields: current.fields,
            names,
        };
        let mut query = translation.query(&params.query)?;
        if let Some(owner) = params.owner {
            query = both(
                query,
                Term::from_field_i64(current.fields.owner, owner.number()),
            );
        }
        // Read before the searcher is taken, which then knows this fact or a later one.
        let seen = current.visible_up_to.load(Ordering::Acquire);
        let searcher = current.reader.searcher();
        let mut found = SearchResults {
            seen,
            ..SearchResults::default()
        };
        if params.counts {
            let (totals, counts) =
                searcher.search(&*query, &FacetCollector { noun: params.noun })?;
            (found.totals, found.counts) =
                (EntityKind::ALL.into_iter().zip(totals).collect(), counts);
        }
        if params.noun != EntityKind::Message {
            // Few documents are not messages: this scans them instead of every document with the
            // words.
            query = both(
                query,
                Term::from_field_i64(current.fields.noun, params.noun.number()),
            );
        }
        let best = TopHits {
            noun: params.noun,
            sort: params.sort,
            after: params.after,
            limit: params.limit.max(1),
        };
        found.hits = searcher.search(&*query, &best)?;
        Ok(found)
    }
}

struct QueryTranslator<'a> {
    fields: IndexFields,
    names: &'a QueryNames,
}

fn term(term: Term) -> Box<dyn TantivyQuery> {
    Box::new(TermQuery::new(term, IndexRecordOption::Basic))
}

/// What matches the query and has the term; the term does not affect the score.
fn both(query: Box<dyn TantivyQuery>, narrowing: Term) -> Box<dyn TantivyQuery> {
    let narrowing = Box::new(ConstScoreQuery::new(term(narrowing), 0.0));
    Box::new(BooleanQuery::new(vec![
        (Occur::Must, query),
        (Occur::Must, narrowing),
    ]))
}

fn any(all: Vec<Box<dyn TantivyQuery>>) -> Box<dyn TantivyQuery> {
    Box::new(BooleanQuery::new(
        all.into_iter().map(|it| (Occur::Should, it)).collect(),
    ))
}

impl QueryTranslator<'_> {
    fn query(&self, query: &Query) -> Result<Box<dyn TantivyQuery>, SearchError> {
        Ok(match query {
            Query::All => Box::new(AllQuery),
            Query::Word(word) => self.word(word),
            Query::Prefix(stem) => self.prefix(stem),
            Query::Phrase(words) => self.phrase(&words.join(" ")),
            Query::Field(name, value) => self.field(name, value)?,
            Query::Or(all) => any(all
                .iter()
                .map(|it| self.query(it))
                .collect::<Result<_, _>>()?),
            Query::And(all) => self.all_of(all)?,
            Query::Not(one) => self.all_of(std::slice::from_ref(&Query::Not(one.clone())))?,
        })
    }

    fn all_of(&self, all: &[Query]) -> Result<Box<dyn TantivyQuery>, SearchError> {
        let mut parts: Vec<(Occur, Box<dyn TantivyQuery>)> = Vec::new();
        for one in all {
            match one {
                Query::Not(one) => parts.push((Occur::MustNot, self.query(one)?)),
                one => parts.push((Occur::Must, self.query(one)?)),
            }
        }
        // A query with only negations applies to everything.
        if parts.iter().all(|it| it.0 == Occur::MustNot) {
            parts.push((Occur::Must, Box::new(AllQuery)));
        }
        Ok(Box::new(BooleanQuery::new(parts)))
    }

    /// The exact form scores highest, then the form without accents, then the stem; a word typed
    /// with accents is not searched without them, nor with another ending.
    fn word(&self, word: &str) -> Box<dyn TantivyQuery> {
        let folded = fields::tokens("folded", word);
        if folded.len() > 1 {
            return self.phrase(word);
        }
        let Some(folded) = folded.first().map(|it| it.0.clone()) else {
            return Box::new(EmptyQuery);
        };
        let exact = fields::tokens("exact", word)
            .first()
            .map(|it| it.0.clone())
            .unwrap_or_default();
        let accented = exact != folded;
        let mut forms = vec![(self.fields.exact, exact.clone(), 2.0)];
        if !accented {
            forms.push((self.fields.folded, folded.clone(), 1.0));
        }
        for (stream, field) in [
            ("stem_fr", self.fields.stem_fr),
            ("stem_en", self.fields.stem_en),
        ] {
            if let Some((stem, ..)) = fields::tokens(stream, word).into_iter().next() {
                forms.push((field, stem, 0.5));
            }
        }
        forms.push((self.fields.author, folded, 1.5));
        any(forms
            .into_iter()
            .map(|(field, text, boost)| boosted(field, &text, boost))
            .collect())
    }

    fn phrase(&self, text: &str) -> Box<dyn TantivyQuery> {
        let folded: Vec<String> = fields::tokens("folded", text)
            .into_iter()
            .map(|it| it.0)
            .collect();
        let exact: Vec<String> = fields::tokens("exact", text)
            .into_iter()
            .map(|it| it.0)
            .collect();
        let (field, words) = if exact == folded {
            (self.fields.folded, folded)
        } else {
            (self.fields.exact, exact)
        };
        phrase_in(field, &words)
    }

    fn prefix(&self, stem: &str) -> Box<dyn TantivyQuery> {
        let Some((stem, ..)) = fields::tokens("folded", stem).into_iter().next() else {
            return Box::new(EmptyQuery);
        };
        Box::new(FuzzyTermQuery::new_prefix(
            Term::from_field_text(self.fields.folded, &stem),
            0,
            true,
        ))
    }

    fn field(&self, name: &str, value: &str) -> Result<Box<dyn TantivyQuery>, SearchError> {
        let code = |field: Field| Ok(term(Term::from_field_text(field, value)));
        match name {
            "channel" => code(self.fields.channel),
            "kind" => code(self.fields.kind),
            "feeling" => code(self.fields.feeling),
            "state" => code(self.fields.state),
            "by" => code(self.fields.by),
            "has" => code(self.fields.has),
            "lang" => code(self.fields.lang),
            "author" => {
                let words: Vec<String> = fields::tokens("folded", value)
                    .into_iter()
                    .map(|it| it.0)
                    .collect();
                Ok(phrase_in(self.fields.author, &words))
            }
            "tag" => self.tagged(value),
            "source" => self.named(self.fields.source, &self.names.sources, "source", value),
            "owner" if value == "none" => Ok(term(Term::from_field_i64(
                self.fields.owner,
                fields::NO_OWNER,
            ))),
            "owner" => self.named(self.fields.owner, &self.names.people, "owner", value),
            "since" => self.since(value, true),
            "until" => self.since(value, false),
            // The query language has no other field.
            _ => Ok(Box::new(EmptyQuery)),
        }
    }

    /// Names that contain the words typed: `claire` finds Claire Morvan.
    fn named(
        &self,
        field: Field,
        names: &BTreeMap<String, impl Key>,
        what: &'static str,
        value: &str,
    ) -> Result<Box<dyn TantivyQuery>, SearchError> {
        let value = value.to_lowercase();
        let keys: Vec<i64> = names
            .iter()
            .filter(|it| it.0.contains(&value))
            .map(|it| it.1.number())
            .collect();
        if keys.is_empty() {
            return Err(unknown(names, what, &value));
        }
        Ok(any(keys
            .into_iter()
            .map(|it| term(Term::from_field_i64(field, it)))
            .collect()))
    }

    /// A tag by its full name, ignoring case and accents: `retour` is not `retour tardif`.
    fn tagged(&self, value: &str) -> Result<Box<dyn TantivyQuery>, SearchError> {
        let name = fields::folded_name(value).join(" ");
        let key = self
            .names
            .tags
            .get(&name)
            .ok_or_else(|| unknown(&self.names.tags, "tag", value))?;
        Ok(term(Term::from_field_text(
            self.fields.tag,
            &key.number().to_string(),
        )))
    }

    fn since(&self, day: &str, after: bool) -> Result<Box<dyn TantivyQuery>, SearchError> {
        let at: Result<At, _> = format!("{day}T00:00:00Z").parse();
        let at = at.map_err(|_| SearchError::NoDay(day.to_owned()))?;
        let bound = Term::from_field_i64(self.fields.at, at.millis());
        let end = Term::from_field_i64(self.fields.at, at.plus_days(1).millis());
        Ok(Box::new(if after {
            RangeQuery::new(Bound::Included(bound), Bound::Unbounded)
        } else {
            RangeQuery::new(Bound::Unbounded, Bound::Excluded(end))
        }))
    }
}

/// How many existing names an error lists.
const SHOWN: usize = 10;

fn unknown<K>(names: &BTreeMap<String, K>, field: &'static str, value: &str) -> SearchError {
    let known = names.keys().take(SHOWN).cloned().collect();
    SearchError::NoSuchValue {
        field,
        value: value.to_owned(),
        known,
    }
}

fn boosted(field: Field, text: &str, boost: Score) -> Box<dyn TantivyQuery> {
    let query = TermQuery::new(
        Term::from_field_text(field, text),
        IndexRecordOption::WithFreqs,
    );
    Box::new(BoostQuery::new(Box::new(query), boost))
}

fn phrase_in(field: Field, words: &[String]) -> Box<dyn TantivyQuery> {
    let mut terms: Vec<Term> = words
        .iter()
        .map(|it| Term::from_field_text(field, it))
        .collect();
    match (terms.len(), terms.pop()) {
        (_, None) => Box::new(EmptyQuery),
        (1, Some(only)) => Box::new(TermQuery::new(only, IndexRecordOption::WithFreqs)),
        (_, Some(last)) => {
            terms.push(last);
            Box::new(PhraseQuery::new(terms))
        }
    }
}
