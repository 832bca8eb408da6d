//! What became of each item of a batch, in the order of the items.

use vigie_listen::IntakeOutcome;
use vigie_model::MessageId;
use vigie_store::{Error, Result};

use super::{CreatedMessage, RefusedItem};

/// The outcomes of a batch.
pub struct BatchResult {
    /// Created: place, message, case.
    pub created: Vec<CreatedMessage>,
    /// Revised: place, message.
    pub revised: Vec<(usize, MessageId)>,
    /// Unchanged: place, message.
    pub unchanged: Vec<(usize, MessageId)>,
    pub refused: Vec<RefusedItem>,
}

/// Every item of the batch has one outcome, and none has two.
///
/// # Errors
/// [`Error::Inconsistent`], with its place.
pub fn check_complete(result: &BatchResult, items: usize) -> Result<()> {
    let mut outcomes = vec![0_usize; items];
    let created = result.created.iter().map(|message| message.index);
    let refused = result.refused.iter().map(|item| item.index);
    let others = result
        .revised
        .iter()
        .chain(&result.unchanged)
        .map(|(index, _)| *index);
    for index in created.chain(refused).chain(others) {
        let count = outcomes
            .get_mut(index)
            .ok_or_else(|| Error::Inconsistent(format!("item {index} is none of this batch")))?;
        *count += 1;
    }

    match outcomes.iter().position(|count| *count != 1) {
        None => Ok(()),
        Some(index) => {
            let detail = format!("item {index} of the batch has no outcome, or two");
            Err(Error::Inconsistent(detail))
        }
    }
}

/// The outcome of each item, in the order of the batch.
pub fn answer(answers: BatchResult) -> Vec<IntakeOutcome> {
    let created = answers.created.into_iter().map(|message| {
        let (case, index) = (message.case, message.index);
        let message = message.existing.id;
        (index, IntakeOutcome::Created { message, case })
    });
    let revised = answers.revised.into_iter();
    let revised = revised.map(|(index, message)| (index, IntakeOutcome::Revised { message }));
    let unchanged = answers.unchanged.into_iter();
    let unchanged = unchanged.map(|(index, message)| (index, IntakeOutcome::Unchanged { message }));
    let refused = answers.refused.into_iter();
    let refused = refused.map(|item| (item.index, IntakeOutcome::Refused(item.refusal)));

    let mut all: Vec<_> = created
        .chain(revised)
        .chain(unchanged)
        .chain(refused)
        .collect();
    all.sort_by_key(|(index, _)| *index);
    all.into_iter().map(|(_, outcome)| outcome).collect()
}
