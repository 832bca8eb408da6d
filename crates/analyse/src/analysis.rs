//! What reading a message gives: the contract of `vigie analyse`.

use serde::{Deserialize, Serialize};
use vigie_model::{Gate, Harm, Intent, Kind, Sentiment};

/// Probabilities of the six kinds; they add up to 1.
#[derive(Debug, Clone, Copy, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct KindScores {
    /// Of a complaint.
    pub complaint: f64,
    /// Of a question.
    pub question: f64,
    /// Of praise.
    pub praise: f64,
    /// Of market talk.
    pub market: f64,
    /// Of a rumour.
    pub rumour: f64,
    /// Of noise.
    pub noise: f64,
}

/// Probabilities of the three sentiments; they add up to 1.
#[derive(Debug, Clone, Copy, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct SentimentScores {
    /// Of negative.
    pub negative: f64,
    /// Of neutral.
    pub neutral: f64,
    /// Of positive.
    pub positive: f64,
}

/// A piece of personal data, by UTF-8 byte offsets `[start, end)`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct PersonalData {
    /// `email`, `phone`, `iban`, `card`, `nir`, `siren`, `siret` or `order`.
    pub kind: String,
    /// First byte.
    pub start: usize,
    /// Byte after the last.
    pub end: usize,
}

/// Words that count, and how much, in log-odds; the `bias` line has no span.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Why {
    /// `kind`, `sentiment`, `intent`, `urgent`, `harm`, `gate`.
    pub field: String,
    /// The label the words speak for.
    pub label: String,
    /// First byte of the words.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub start: Option<usize>,
    /// Byte after the last.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub end: Option<usize>,
    /// Weight.
    pub weight: f64,
}

/// A message, read.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Analysis {
    /// ISO 639-1, or `und`.
    pub lang: String,
    /// 0–1.
    pub lang_confidence: f64,
    /// How it feels; `unsure` below the threshold.
    pub sentiment: Sentiment,
    /// Scores of the three.
    pub sentiment_scores: SentimentScores,
    /// What it is; `unknown` below the threshold.
    pub kind: Kind,
    /// Scores of the six.
    pub kind_scores: KindScores,
    /// Clues.
    pub intents: Vec<Intent>,
    /// A day's delay would clearly make things worse.
    pub urgent: bool,
    /// Worst harm told.
    pub harm: Harm,
    /// Hard gates.
    pub gates: Vec<Gate>,
    /// 0–1.
    pub spam: f64,
    /// Personal data found.
    pub personal_data: Vec<PersonalData>,
    /// The words behind each label given.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub why: Vec<Why>,
}
