//! How an act begins and ends: only on what its author may see, and in one transaction.

use vigie_model::{Act, CaseId};
use vigie_store::{Case, FactDraft, Session, Write};

use super::{DoneResponse, done};
use crate::{ApiResult, AppState, Problem, session::SignedIn};

/// Checks that the caller may see a case.
pub async fn check_sees(session: &mut Session, me: &SignedIn, case: &Case) -> Result<(), Problem> {
    match vigie_desk::sees(session, &me.person, case).await? {
        true => Ok(()),
        false => Err(Problem::forbidden()),
    }
}

/// Begins an act on a case that its author may see.
pub async fn begin(app: &AppState, me: &SignedIn, case: CaseId) -> Result<Write, Problem> {
    let mut write = app.store.write(me.actor()).await?;
    let case = write.cases().find(case).await?;
    check_sees(&mut write, me, &case).await?;
    Ok(write)
}

/// Ends an act that has nothing to answer.
pub async fn end(write: Write) -> ApiResult<DoneResponse> {
    write.commit().await?;
    Ok(done())
}

/// A fact for a setting that a person changed, without any text.
pub fn setting_fact(act: Act, noun: &'static str, id: uuid::Uuid) -> FactDraft {
    FactDraft::new(act).on(noun, id)
}
