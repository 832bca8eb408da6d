//! Analyses again a message whose text was restored, and updates a case that lost some of its
//! messages.

use vigie_analyse::{Analyser, AnalysisInput};
use vigie_model::{CaseKey, CaseState, Emitter, MessageKey, Visibility};
use vigie_store::{Result, Write};

use super::{derived, first_words};

/// More messages than any case has.
const ALL: i64 = 100_000;

/// Analyses a message in its current state.
pub async fn reanalyse_message(
    write: &mut Write,
    analyser: &dyn Analyser,
    message_key: MessageKey,
) -> Result<()> {
    let message = write.messages().by_key(message_key).await?;
    let analysis = analyser.analyse(AnalysisInput {
        text: &message.text,
        title: message.title.as_deref(),
        lang: None,
        public: message.visibility == Visibility::Public,
    });
    let derived = derived(&analysis, analyser.version())?;
    write
        .messages()
        .put_derived(vec![(message_key, derived)])
        .await?;
    recount_case(write, message.case_key).await
}

/// Recounts a case's messages, and shows the last one remaining. Its analysis, and people's
/// corrections, are unchanged.
pub async fn recount_case(write: &mut Write, case_key: CaseKey) -> Result<()> {
    let before = write.cases().by_key(case_key).await?;
    let messages = write.messages().of_case(case_key, ALL).await?;
    let theirs = || messages.iter().filter(|it| !it.emitter.is_ours());
    let mut after = before.clone();
    after.messages = i64::try_from(theirs().count()).unwrap_or(i64::MAX);
    if let Some(last) = theirs().next_back() {
        (after.excerpt, after.heard_at) = (first_words(&last.text, 160), last.at);
    }
    if let Some(first) = messages.first() {
        after.opened_at = first.at;
        if after.title.is_empty() {
            after.title = first_words(&first.text, 90);
        }
    }
    let ours = messages.iter().filter(|it| it.emitter == Emitter::Brand);
    after.answered_at = ours.map(|it| it.at).max();
    let unanswered = after.messages > 0 && after.answered_at.is_none_or(|it| it < after.heard_at);
    if after.state == CaseState::WaitingCustomer && unanswered {
        after.state = CaseState::Open;
    }
    if after.state == CaseState::Open && after.messages > 0 {
        after.waiting_since = after
            .waiting_since
            .filter(|it| *it <= after.heard_at)
            .or(Some(after.heard_at));
    }
    write.cases().save(&before, &mut after).await
}
