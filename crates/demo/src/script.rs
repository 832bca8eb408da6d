//! The script: conversations written for this project, stored as data.

use anyhow::Context as _;
use serde::Deserialize;
use vigie_model::Kind;

/// A conversation of the script.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Story {
    /// `fr` or `en`.
    pub lang: String,
    pub kind: Kind,
    /// `site`, `form`, `shop`, `phone`, `after_sales` or `network`.
    pub channel: String,
    /// `top/code`.
    pub cause: Option<String>,
    /// The worst harm stated.
    pub harm: vigie_model::Harm,
    /// The messages in order.
    pub turns: Vec<StoryMessage>,
    /// How it ended; absent while open.
    pub closing: Option<StoryClosure>,
}

/// One message.
#[derive(Debug, Clone, Deserialize)]
pub struct StoryMessage {
    /// `customer` or `brand`.
    pub who: String,
    /// The text, with placeholders `{order}`, `{shop}`, `{first}`, `{agent}` and `{amount}`.
    pub text: String,
}

/// How a conversation is closed.
#[derive(Debug, Clone, Deserialize)]
pub struct StoryClosure {
    pub how: vigie_model::HowEnded,
    /// The evidence; `none` when there is none.
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

/// Reads every conversation. The error names the file and line that cannot be read.
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
