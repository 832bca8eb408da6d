//! Promises: made with a date, judged kept or broken by a person, in view until then.

use vigie_model::{Act, At, CaseId, PromiseId};
use vigie_store::{FactDraft, Write};

use crate::{Error, Result};

/// Stores a promise and keeps it in view.
///
/// # Errors
/// [`Error::PromiseIncomplete`] without text or future date.
pub async fn make_promise(
    write: &mut Write,
    case: CaseId,
    text: &str,
    due: At,
) -> Result<PromiseId> {
    if text.trim().is_empty() || due <= write.at() {
        return Err(Error::PromiseIncomplete);
    }
    let case = write.cases().find(case).await?;
    let id = write
        .promises()
        .insert(case.key, None, text.trim(), due)
        .await?;
    write.fact(
        FactDraft::new(Act::PromiseMade)
            .of_case(&case)
            .on("promise", id.0)
            .instant("due", due),
    );
    let mut after = case.clone();
    write.cases().save(&case, &mut after).await?;
    Ok(id)
}

/// Records whether a promise was kept; `None` puts it back in view.
pub async fn judge_promise(write: &mut Write, id: PromiseId, kept: Option<bool>) -> Result<()> {
    let promise = write.promises().find(id).await?;
    let outcome = kept.map(|kept| if kept { "kept" } else { "broken" });
    write.promises().judge(id, outcome).await?;
    let case = write.cases().by_key(promise.case_key).await?;
    let fact = FactDraft::new(Act::PromiseJudged)
        .of_case(&case)
        .on("promise", id.0);
    write.fact(fact.code("outcome", outcome.unwrap_or("in_view")));
    let mut after = case.clone();
    write.cases().save(&case, &mut after).await?;
    Ok(())
}
