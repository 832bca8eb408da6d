//! Analyses a message: language, sentiment, kind, clues, urgency, harm, gates, spam and
//! personal data, each with the phrases it is based on. First version: open lexicons and cues
//! in French and English, whose weights add up in log-odds.
//!
//! Pure: no clock, no network, no randomness; it depends only on [`vigie_model`] and never
//! fails.

mod analyser;
mod analysis;
mod check_digits;
mod cues;
mod fold;
mod language;
mod personal;
mod read;
mod valence;

pub use analyser::{Analyser, CueAnalyser};
pub use analysis::{Analysis, Explanation, KindScores, PersonalData, SentimentScores};
pub use check_digits::{
    card_is_valid, iban_remainder, luhn, nir_key, siren_is_valid, siret_is_valid,
};
pub use fold::folded;
pub use personal::find as personal_data;
pub use read::{AnalysisInput, read};

/// The version of the cues, stored with everything they derive.
pub const VERSION: &str = "cues-2";

/// Below this probability the kind is `unknown`; at it, precision was at least 85 % on
/// held-out messages.
pub const KIND_THRESHOLD: f64 = 0.60;

/// Below this probability the sentiment is `unsure`.
pub const SENTIMENT_THRESHOLD: f64 = 0.65;
