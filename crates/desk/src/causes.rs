//! Why it happened: a cause named by a person, with an owner who sees its cases.

use vigie_model::{Act, CaseId, CauseId};
use vigie_store::{Case, FactDraft, Write};

use crate::{Error, Result};

/// Names the cause of a case, or withdraws it.
///
/// # Errors
/// [`Error::OtherBrand`] for a cause of another brand.
pub async fn name_cause(write: &mut Write, case: CaseId, cause: Option<CauseId>) -> Result<Case> {
    let before = write.cases().find(case).await?;
    let cause = match cause {
        Some(id) => Some(write.causes().find(id).await?),
        None => None,
    };
    if cause
        .as_ref()
        .is_some_and(|it| it.brand_key != before.brand_key)
    {
        return Err(Error::OtherBrand);
    }
    let key = cause.as_ref().map(|it| it.key);
    if key == before.cause_key {
        return Ok(before);
    }
    write.case_causes().name(before.key, key).await?;
    let fact = match &cause {
        Some(cause) => FactDraft::new(Act::CauseNamed)
            .on("cause", cause.id.0)
            .code("top", cause.top.code()),
        None => FactDraft::new(Act::CauseCleared),
    };
    write.fact(fact.of_case(&before));
    let mut after = Case {
        cause_key: key,
        touched_at: write.at(),
        ..before.clone()
    };
    write.cases().save(&before, &mut after).await?;
    Ok(after)
}
