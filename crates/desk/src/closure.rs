//! The closure of a case: solved with evidence, answered, or nothing to do.

use vigie_model::{Act, CaseId, CaseState, ClosureId, EvidenceKind, FileRef, HowEnded};
use vigie_store::{Case, FactDraft, Write};

use crate::{Error, Result};

/// How somebody closes a case.
#[derive(Debug, Clone)]
pub struct NewClosure {
    pub how: HowEnded,
    pub evidence: Option<EvidenceKind>,
    /// Identifier of the evidence, or the customer's words.
    pub reference: Option<String>,
    /// Photo of the evidence, already stored.
    pub photo: Option<FileRef>,
}

impl NewClosure {
    /// Whether the evidence proves a solution (row A15).
    fn proves(&self) -> bool {
        let has_reference = self
            .reference
            .as_deref()
            .is_some_and(|it| !it.trim().is_empty());
        match self.evidence {
            Some(EvidenceKind::Photo) => self.photo.is_some(),
            Some(_) => has_reference || self.photo.is_some(),
            None => false,
        }
    }
}

/// Closes a case.
///
/// # Errors
/// [`Error::EvidenceMissing`] for solved without evidence, [`Error::WrongState`] when already
/// closed.
pub async fn close(write: &mut Write, case: CaseId, ending: NewClosure) -> Result<ClosureId> {
    let before = write.cases().find(case).await?;
    if before.state == CaseState::Closed {
        return Err(Error::WrongState(CaseState::Closed));
    }
    if ending.how == HowEnded::Solved && !ending.proves() {
        return Err(Error::EvidenceMissing);
    }
    let photo = match ending.photo {
        Some(file) => write
            .attachments()
            .insert_many(vec![(None, before.key, file)])
            .await?
            .first()
            .copied(),
        None => None,
    };
    let reference = ending
        .reference
        .as_deref()
        .map(str::trim)
        .filter(|it| !it.is_empty());
    let id = write
        .closures()
        .insert(before.key, ending.how, ending.evidence, reference, photo)
        .await?;
    write.cases().snooze(before.key, None).await?;
    let fact = FactDraft::new(Act::CaseClosed)
        .of_case(&before)
        .on("closure", id.0)
        .code("how", ending.how.code());
    write.fact(
        ending
            .evidence
            .iter()
            .fold(fact, |fact, kind| fact.code("evidence", kind.code())),
    );
    let mut after = Case {
        state: CaseState::Closed,
        how: Some(ending.how),
        ..before.clone()
    };
    after.closed_at = Some(write.at());
    after.touched_at = write.at();
    after.snoozed_until = None;
    write.cases().save(&before, &mut after).await?;
    Ok(id)
}

/// Undoes the closure of a case: it is open again.
///
/// # Errors
/// [`Error::WrongState`] when it is not closed, or was joined into another.
pub async fn undo_closure(write: &mut Write, case: CaseId) -> Result<Case> {
    let before = write.cases().find(case).await?;
    if before.state != CaseState::Closed
        || before.joined_key.is_some()
        || !write.closures().undo(before.key).await?
    {
        return Err(Error::WrongState(before.state));
    }
    write.case_fact(Act::ClosureUndone, &before);
    let mut after = Case {
        state: CaseState::Open,
        how: None,
        closed_at: None,
        ..before.clone()
    };
    after.touched_at = write.at();
    after.waiting_since = before.waiting_since.or(Some(before.heard_at));
    let owner_left = match before.owner_key {
        Some(owner) => !write.people().by_key(owner).await?.available(write.at()),
        None => false,
    };
    if owner_left {
        after.owner_key = None;
        write.assignments().assign(before.key, None).await?;
    }
    write.cases().save(&before, &mut after).await?;
    Ok(after)
}
