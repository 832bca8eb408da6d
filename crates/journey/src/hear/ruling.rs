//! Applies the company's triage rules to a message as it arrives.

use vigie_desk::{Rulebook, Words, rule_case};
use vigie_model::Emitter;
use vigie_store::{Case, Result, Source, Write};

use super::{Recognised, placing::channel};

/// Applies the rules to a customer's message; the first that applies decides for its case.
/// Rules do not apply to imported messages.
pub async fn ask_rules(
    write: &mut Write,
    rulebook: &Rulebook,
    source: &Source,
    case: &mut Case,
    message: &Recognised,
) -> Result<()> {
    let analysed = &message.threaded.analysed;
    let said = &analysed.received.message;
    if said.past
        || matches!(
            said.emitter,
            Emitter::Brand | Emitter::Employee | Emitter::Paid
        )
    {
        return Ok(());
    }
    let author = &said.author;
    let told = [&author.name, &author.handle, &author.email];
    let words = Words {
        text: &said.text,
        title: said.title.as_deref(),
        author: told.into_iter().flatten().map(String::as_str).collect(),
        customer_key: case.customer_key,
        source: &source.name,
        channel: channel(source, said.channel),
        files: !said.attachments.is_empty(),
        kind: analysed.analysis.kind,
        sentiment: analysed.analysis.sentiment,
        lang: &analysed.analysis.lang,
    };
    let Some(rule) = rulebook
        .first(&words)
        .filter(|it| rulebook.goes_before(it, case.rule_key))
    else {
        return Ok(());
    };
    rule_case(write, case, Some(rule)).await?;
    Ok(())
}
