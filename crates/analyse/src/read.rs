//! From text to labels: cues add up in log-odds, a softmax gives the scores, and below a
//! threshold no label is given.

use vigie_model::{Gate, Harm, Intent, Kind, Sentiment};

use crate::{
    Analysis, Explanation, KIND_THRESHOLD, KindScores, SENTIMENT_THRESHOLD, SentimentScores,
    cues::{CueMatch, CueTable, ENGLISH, FRENCH},
    fold::Tokens,
    language::language,
    personal,
    valence::{self, valence},
};

/// The input: the text, and what the source knows about it.
#[derive(Debug, Clone, Copy, Default)]
pub struct AnalysisInput<'a> {
    pub text: &'a str,
    /// Its subject, read when there is no text.
    pub title: Option<&'a str>,
    /// The language, when the source knows it.
    pub lang: Option<&'a str>,
    /// Whether everybody can read it: personal data in it is then exposed.
    pub public: bool,
}

impl<'a> AnalysisInput<'a> {
    /// What is read: the text, or the title of a message without text.
    fn words(&self) -> &'a str {
        match self.title {
            Some(title) if self.text.is_empty() => title,
            _ => self.text,
        }
    }
}

/// The kinds a cue can support.
const KINDS: [Kind; 6] = [
    Kind::Complaint,
    Kind::Question,
    Kind::Praise,
    Kind::Market,
    Kind::Rumour,
    Kind::Noise,
];
const SENTIMENTS: [Sentiment; 3] = [Sentiment::Negative, Sentiment::Neutral, Sentiment::Positive];
/// From the lightest to the most serious.
const HARMS: [Harm; 5] = [
    Harm::Annoyance,
    Harm::SmallMoney,
    Harm::LargeMoney,
    Harm::LossOfService,
    Harm::SafetyOrLaw,
];

/// Analyses a message. It never fails: what cannot be determined is `unknown`, `unsure` or
/// `und`.
pub fn read(message: AnalysisInput<'_>) -> Analysis {
    let text = message.words();
    let tokens = Tokens::of(text);
    let found_language = language(text, &tokens);
    let lang = message
        .lang
        .filter(|code| code.len() == 2)
        .unwrap_or(found_language.code);
    let reading = Scorer::of(text, &tokens, lang);
    let (kind, kind_scores) = reading.kind();
    let (sentiment, sentiment_scores) = reading.sentiment();
    let personal_data = personal::find(text);
    let harm = reading.harm(kind);
    let mut gates: Vec<Gate> = Gate::ALL
        .iter()
        .copied()
        .filter(|gate| reading.fires("gate", gate.code()))
        .collect();
    if message.public
        && !personal_data.is_empty()
        && !gates.contains(&Gate::ExposedData)
        && exposes(&personal_data)
    {
        gates.push(Gate::ExposedData);
    }
    let intents = Intent::ALL
        .iter()
        .copied()
        .filter(|intent| reading.fires("intent", intent.code()))
        .collect();
    let mut analysis = Analysis {
        lang: lang.to_owned(),
        lang_confidence: if message.lang.is_some() {
            1.0
        } else {
            found_language.confidence
        },
        sentiment,
        sentiment_scores,
        kind,
        kind_scores,
        intents,
        urgent: reading.fires("urgent", "yes"),
        harm,
        gates,
        spam: spam(message.text, kind_scores.noise),
        personal_data,
        why: Vec::new(),
    };
    analysis.why = reading.why(&analysis);
    analysis
}

/// An order number or a company number exposes nobody.
fn exposes(found: &[crate::PersonalData]) -> bool {
    found
        .iter()
        .any(|it| !matches!(it.kind.as_str(), "order" | "siren" | "siret"))
}

/// Noise that sells with links: a first, rough measure.
fn spam(text: &str, noise: f64) -> f64 {
    let links = text.matches("http").count() as f64;
    (noise * (0.3 + 0.35 * links)).clamp(0.0, 1.0)
}

struct Scorer {
    table: &'static CueTable,
    found: Vec<CueMatch>,
    valence: f64,
}

impl Scorer {
    /// French text with the French table, English with the English one; any other language with
    /// the table that finds more.
    fn of(text: &str, tokens: &Tokens, lang: &str) -> Self {
        let french = || Self {
            table: &FRENCH,
            found: FRENCH.find(tokens),
            valence: valence(&valence::FRENCH, tokens, text),
        };
        let english = || Self {
            table: &ENGLISH,
            found: ENGLISH.find(tokens),
            valence: valence(&valence::ENGLISH, tokens, text),
        };
        match lang {
            "fr" => french(),
            "en" => english(),
            _ => {
                let (french, english) = (french(), english());
                if french.found.len() > english.found.len() {
                    french
                } else {
                    english
                }
            }
        }
    }

    fn score(&self, field: &str, label: &str) -> f64 {
        let cues: f64 = self.speaking(field, label).map(|it| it.weight).sum();
        self.table.bias(field, label) + cues + self.table.valence(field, label) * self.valence
    }

    fn speaking<'a>(
        &'a self,
        field: &'a str,
        label: &'a str,
    ) -> impl Iterator<Item = &'a CueMatch> {
        self.found
            .iter()
            .filter(move |it| it.field == field && it.label == label)
    }

    fn fires(&self, field: &str, label: &str) -> bool {
        self.score(field, label) > 0.0
    }

    fn kind(&self) -> (Kind, KindScores) {
        let scores = softmax(KINDS.map(|kind| self.score("kind", kind.code())));
        let [complaint, question, praise, market, rumour, noise] = scores;
        let kind = best(&KINDS, &scores, KIND_THRESHOLD).unwrap_or(Kind::Unknown);
        (
            kind,
            KindScores {
                complaint,
                question,
                praise,
                market,
                rumour,
                noise,
            },
        )
    }

    fn sentiment(&self) -> (Sentiment, SentimentScores) {
        let scores = softmax(SENTIMENTS.map(|it| self.score("sentiment", it.code())));
        let [negative, neutral, positive] = scores;
        let sentiment =
            best(&SENTIMENTS, &scores, SENTIMENT_THRESHOLD).unwrap_or(Sentiment::Unsure);
        (
            sentiment,
            SentimentScores {
                negative,
                neutral,
                positive,
            },
        )
    }

    /// The worst harm stated; a complaint that states none is at least an annoyance; without any
    /// statement, the harm of an unknown kind stays unknown.
    fn harm(&self, kind: Kind) -> Harm {
        let stated = HARMS
            .iter()
            .rev()
            .copied()
            .find(|harm| self.fires("harm", harm.code()));
        stated.unwrap_or(match kind {
            Kind::Complaint => Harm::Annoyance,
            Kind::Unknown => Harm::Unknown,
            _ => Harm::None,
        })
    }

    /// The phrases behind each label, with the bias and the valence as lines without a span.
    fn why(&self, analysis: &Analysis) -> Vec<Explanation> {
        let mut given = vec![
            ("kind", analysis.kind.code()),
            ("sentiment", analysis.sentiment.code()),
        ];
        given.push(("harm", analysis.harm.code()));
        given.extend(analysis.intents.iter().map(|it| ("intent", it.code())));
        given.extend(analysis.gates.iter().map(|it| ("gate", it.code())));
        if analysis.urgent {
            given.push(("urgent", "yes"));
        }
        let mut lines = Vec::new();
        for (field, label) in given {
            let line = |span: Option<(usize, usize)>, weight| Explanation {
                field: field.into(),
                label: label.into(),
                start: span.map(|it| it.0),
                end: span.map(|it| it.1),
                weight,
            };
            let flat =
                self.table.bias(field, label) + self.table.valence(field, label) * self.valence;
            let mut cues: Vec<_> = self
                .speaking(field, label)
                .map(|it| line(Some(it.span), it.weight))
                .collect();
            if !cues.is_empty() || flat != 0.0 {
                lines.append(&mut cues);
                lines.push(line(None, flat));
            }
        }
        lines
    }
}

fn softmax<const N: usize>(scores: [f64; N]) -> [f64; N] {
    let top = scores.iter().copied().fold(f64::MIN, f64::max);
    let powers = scores.map(|score| (score - top).exp());
    let sum: f64 = powers.iter().sum();
    powers.map(|power| power / sum)
}

fn best<T: Copy>(labels: &[T], scores: &[f64], threshold: f64) -> Option<T> {
    let best = labels
        .iter()
        .zip(scores)
        .max_by(|a, b| a.1.total_cmp(b.1))?;
    (*best.1 >= threshold).then_some(*best.0)
}
