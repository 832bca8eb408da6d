//! The script: conversations written for this project, kept as data.

use anyhow::Context as _;
use serde::Deserialize;
use vigie_model::Kind;

/// A conversation.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Story {
    /// `fr` or `en`.
    pub lang: String,
    /// What it is.
    pub kind: Kind,
    /// `site`, `form`, `shop`, `phone`, `after_sales` or `network`.
    pub channel: String,
    /// `top/code`.
    pub cause: Option<String>,
    /// Worst harm told.
    pub harm: vigie_model::Harm,
    /// Who says what.
    pub turns: Vec<Turn>,
    /// How it ended; absent while open.
    pub closing: Option<Closing>,
}

/// One speech.
#[derive(Debug, Clone, Deserialize)]
pub struct Turn {
    /// `customer` or `brand`.
    pub who: String,
    /// The words, with `{order}`, `{shop}`, `{first}`, `{agent}` and `{amount}` to fill in.
    pub text: String,
}

/// The end.
#[derive(Debug, Clone, Deserialize)]
pub struct Closing {
    /// How.
    pub how: vigie_model::HowEnded,
    /// What proves it; `none` when nothing does.
    pub evidence: String,
}

const FILES: [(&str, &str); 5] = [
    (
        "fr_complaints_1",
        include_str!("../../../demo/stories/fr_complaints_1.jsonl"),
    ),
    (
        "fr_complaints_2",
        include_str!("../../../demo/stories/fr_complaints_2.jsonl"),
    ),
    (
        "fr_others",
        include_str!("../../../demo/stories/fr_others.jsonl"),
    ),
    (
        "en_complaints",
        include_str!("../../../demo/stories/en_complaints.jsonl"),
    ),
    (
        "en_others",
        include_str!("../../../demo/stories/en_others.jsonl"),
    ),
];

/// Every conversation.
///
/// # Errors
/// Names the file and line that cannot be read.
pub fn script() -> anyhow::Result<Vec<Story>> {
    let mut stories = Vec::new();
    for (name, text) in FILES {
        for (number, line) in text
            .lines()
            .enumerate()
            .filter(|(_, line)| !line.trim().is_empty())
        {
            stories.push(
                serde_json::from_str(line).with_context(|| format!("{name}:{}", number + 1))?,
            );
        }
    }
    Ok(stories)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_script_holds_every_kind_in_both_languages() {
        let script = script().unwrap();
        let messages: usize = script.iter().map(|story| story.turns.len()).sum();
        assert!(messages > 2_800, "{messages} messages");
        for lang in ["fr", "en"] {
            for kind in Kind::ALL.iter().filter(|kind| **kind != Kind::Unknown) {
                assert!(
                    script.iter().any(|it| it.kind == *kind && it.lang == lang),
                    "{kind} in {lang}"
                );
            }
        }
    }
}
