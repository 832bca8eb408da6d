//! What reads messages, as a value: built once, handed to what needs readings, so that another
//! model can be put in its place.

use crate::{Analysis, AnalysisInput, VERSION, read};

/// Reads messages.
pub trait Analyser: Send + Sync {
    /// Stored with everything it derives; another version may read the same text otherwise.
    fn version(&self) -> &str;

    /// Reads one message. It never fails: what cannot be determined is `unknown`, `unsure` or
    /// `und`.
    fn analyse(&self, message: AnalysisInput<'_>) -> Analysis;
}

/// Open lexicons and cues in French and English, whose weights add up in log-odds.
#[derive(Debug, Clone, Copy, Default)]
pub struct CueAnalyser;

impl Analyser for CueAnalyser {
    fn version(&self) -> &str {
        VERSION
    }

    fn analyse(&self, message: AnalysisInput<'_>) -> Analysis {
        read(message)
    }
}
