//! Applies the company's triage rules to a message as it arrives.

use vigie_desk::{RuleInput, RuleSet, apply_rule};
use vigie_store::{Case, Result, Source, Write};

use super::{Recognised, channel::channel};

/// Applies the rules to a customer's message; the first that applies decides for its case.
/// Rules do not apply to imported messages.
pub async fn apply_rules(
    write: &mut Write,
    rule_set: &RuleSet,
    source: &Source,
    case: &mut Case,
    message: &Recognised,
) -> Result<()> {
    let analysed = &message.threaded.analysed;
    let incoming = &analysed.received.message;
    if incoming.past || incoming.emitter.is_ours() {
        return Ok(());
    }
    let author = &incoming.author;
    let author_names = [&author.name, &author.handle, &author.email];
    let words = RuleInput {
        text: &incoming.text,
        title: incoming.title.as_deref(),
        author: author_names
            .into_iter()
            .flatten()
            .map(String::as_str)
            .collect(),
        customer_key: case.customer_key,
        source: &source.name,
        channel: channel(source, incoming.channel),
        files: !incoming.attachments.is_empty(),
        kind: analysed.analysis.kind,
        sentiment: analysed.analysis.sentiment,
        lang: &analysed.analysis.lang,
    };
    let Some(rule) = rule_set
        .first(&words)
        .filter(|it| rule_set.goes_before(it, case.rule_key))
    else {
        return Ok(());
    };
    apply_rule(write, case, Some(rule)).await?;
    Ok(())
}
