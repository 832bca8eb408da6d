//! Whom to ask: by what colleagues know, their shop, their language, and how many questions
//! already wait for them. Each suggestion gives its reasons; nobody is ranked.

use std::collections::HashMap;

use vigie_store::{Colleague, ColleagueLoad};

/// A suggested colleague.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ColleagueSuggestion {
    pub colleague: Colleague,
    /// Code and detail: `topic`, `shop`, `language`, `answered`.
    pub reasons: Vec<(&'static str, String)>,
    /// Number of questions that wait for them.
    pub waiting: i64,
}

/// Largest number of suggestions.
const MOST: usize = 5;

/// Suggests colleagues for the text of a case in a language. `fold` puts words in comparable
/// form.
pub fn suggest(
    colleagues: Vec<Colleague>,
    loads: &HashMap<String, ColleagueLoad>,
    words: &str,
    lang: &str,
    fold: impl Fn(&str) -> String,
) -> Vec<ColleagueSuggestion> {
    let words = format!(" {} ", plain(&fold(words)));
    let holds = |topic: &str| {
        let topic = plain(&fold(topic));
        // A plural or verb ending does not hide a topic of four letters or more.
        let stem = topic.trim_end_matches(['s', 'x', 'e']);
        !topic.is_empty()
            && (words.contains(&format!(" {topic} "))
                || (stem.len() >= 4 && words.contains(&format!(" {stem}"))))
    };
    let mut suggested: Vec<(i64, ColleagueSuggestion)> = Vec::new();
    for colleague in colleagues {
        let load = loads.get(&colleague.email).copied().unwrap_or_default();
        let mut reasons: Vec<_> = colleague
            .topics
            .iter()
            .filter(|it| holds(it))
            .map(|it| ("topic", it.clone()))
            .collect();
        let mut points = 3 * i64::try_from(reasons.len()).unwrap_or(0);
        if holds(&colleague.shop) {
            reasons.push(("shop", colleague.shop.clone()));
            points += 2;
        }
        if reasons.is_empty() {
            continue;
        }
        if colleague.langs.iter().any(|it| it == lang) {
            reasons.push(("language", lang.to_owned()));
            points += 1;
        }
        if load.answered > 0 {
            reasons.push(("answered", load.answered.to_string()));
        }
        // The load is shared: people with an open question come after those with none, and those
        // who answered often after the others.
        let order = points * 10 - load.waiting * 40 - load.answered.min(20);
        suggested.push((
            -order,
            ColleagueSuggestion {
                waiting: load.waiting,
                colleague,
                reasons,
            },
        ));
    }
    suggested.sort_by(|a, b| (a.0, &a.1.colleague.name).cmp(&(b.0, &b.1.colleague.name)));
    suggested.into_iter().take(MOST).map(|it| it.1).collect()
}

fn plain(text: &str) -> String {
    let spaced: String = text
        .chars()
        .map(|it| if it.is_alphanumeric() { it } else { ' ' })
        .collect();
    spaced.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// How much the company depends on few people: the share of the person who answers most, and
/// the topics only one person knows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KnowledgeConcentration {
    /// Answers counted.
    pub answers: i64,
    /// Answers by the person who answered most, who is not named.
    pub top: i64,
    /// Topics known by only one person.
    pub single_holder: Vec<String>,
}

/// Computes the concentration of answers and topics.
pub fn concentration(
    colleagues: &[Colleague],
    loads: &HashMap<String, ColleagueLoad>,
) -> KnowledgeConcentration {
    let answers: i64 = loads.values().map(|it| it.answered).sum();
    let top = loads.values().map(|it| it.answered).max().unwrap_or(0);
    let mut holders: HashMap<&str, usize> = HashMap::new();
    for topic in colleagues.iter().flat_map(|it| it.topics.iter()) {
        *holders.entry(topic.as_str()).or_default() += 1;
    }
    let mut single: Vec<String> = holders
        .into_iter()
        .filter(|it| it.1 == 1)
        .map(|it| it.0.to_owned())
        .collect();
    single.sort_unstable();
    KnowledgeConcentration {
        answers,
        top,
        single_holder: single,
    }
}

#[cfg(test)]
mod tests {
    use vigie_model::ColleagueId;

    use super::*;

    fn colleague(name: &str, shop: &str, topics: &[&str]) -> Colleague {
        Colleague {
            id: ColleagueId(uuid::Uuid::nil()),
            email: format!("{name}@company.test"),
            name: name.into(),
            shop: shop.into(),
            topics: topics.iter().map(|it| (*it).to_owned()).collect(),
            langs: vec!["fr".into()],
            hours: String::new(),
            declared_at: None,
        }
    }

    #[test]
    fn who_knows_the_topic_is_suggested_with_the_reason_and_load_is_shared() {
        let all = vec![
            colleague("ana", "Lyon", &["lampe"]),
            colleague("ben", "Rennes", &["lampe"]),
            colleague("cleo", "Lille", &["vélos"]),
        ];
        let loads = HashMap::from([(
            "ana@company.test".to_owned(),
            ColleagueLoad {
                waiting: 1,
                answered: 4,
            },
        )]);
        let fold = |text: &str| text.to_lowercase();
        let suggested = suggest(all, &loads, "Mes lampes de Rennes clignotent", "fr", fold);
        let names: Vec<_> = suggested
            .iter()
            .map(|it| it.colleague.name.as_str())
            .collect();
        assert_eq!(names, ["ben", "ana"]);
        let reasons: Vec<_> = suggested[0].reasons.iter().map(|it| it.0).collect();
        assert_eq!(reasons, ["topic", "shop", "language"]);
    }

    #[test]
    fn concentration_names_nobody() {
        let all = [
            colleague("ana", "", &["lampe", "four"]),
            colleague("ben", "", &["lampe"]),
        ];
        let loads = HashMap::from([
            (
                "ana@company.test".to_owned(),
                ColleagueLoad {
                    waiting: 0,
                    answered: 3,
                },
            ),
            (
                "ben@company.test".to_owned(),
                ColleagueLoad {
                    waiting: 0,
                    answered: 1,
                },
            ),
        ]);
        let sum = concentration(&all, &loads);
        assert_eq!((sum.answers, sum.top), (4, 3));
        assert_eq!(sum.single_holder, ["four"]);
    }
}
