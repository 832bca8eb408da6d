//! The result of analysing a message: the output format of `vigie analyse`.

use serde::{Deserialize, Serialize};
use vigie_model::{Gate, Harm, Intent, Kind, Sentiment};

/// Probabilities of the six kinds; they add up to 1.
#[derive(Debug, Clone, Copy, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct KindScores {
    pub complaint: f64,
    pub question: f64,
    pub praise: f64,
    pub market: f64,
    pub rumour: f64,
    pub noise: f64,
}

/// Probabilities of three sentiments; they add up to 1.
#[derive(Debug, Clone, Copy, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct SentimentScores {
    pub negative: f64,
    pub neutral: f64,
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

/// A phrase that counts, and how much, in log-odds; the `bias` line has no span.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Explanation {
    /// `kind`, `sentiment`, `intent`, `urgent`, `harm`, `gate`.
    pub field: String,
    /// The label the phrase supports.
    pub label: String,
    /// First byte of the phrase.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub start: Option<usize>,
    /// Byte after the last.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub end: Option<usize>,
    /// In log-odds.
    pub weight: f64,
}

/// The analysis of a message.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Analysis {
    /// ISO 639-1, or `und`.
    pub lang: String,
    /// 0–1.
    pub lang_confidence: f64,
    /// `unsure` below the threshold.
    pub sentiment: Sentiment,
    pub sentiment_scores: SentimentScores,
    /// `unknown` below the threshold.
    pub kind: Kind,
    pub kind_scores: KindScores,
    pub intents: Vec<Intent>,
    /// Whether a day's delay would clearly make things worse.
    pub urgent: bool,
    /// The worst harm stated.
    pub harm: Harm,
    pub gates: Vec<Gate>,
    /// 0–1.
    pub spam: f64,
    pub personal_data: Vec<PersonalData>,
    /// The phrases behind each label.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub why: Vec<Explanation>,
}
