//! What the front door asks: rehearsals at once, imports and undoing in the background, cases
//! opened again.

use vigie_listen::past::{PastAsked, PastPreview};
use vigie_model::{Act, Actor, CaseState, ImportId, PersonId};
use vigie_store::FactDraft;

use super::{Told, begin, begin_to_undo, undo};
use crate::House;

/// Cases opened again in one transaction.
const PIECE: usize = 200;

/// Says what would become of files.
///
/// # Errors
/// A sentence.
pub async fn rehearse(house: &House, asked: &PastAsked) -> Result<PastPreview, String> {
    let mut told = Told {
        progress: &mut |_| {},
        refused: &mut |_, _| {},
    };
    super::rehearse(house, asked, &mut told)
        .await
        .map_err(|why| format!("{why:#}"))
}

/// Begins to take files in; they are deleted at the end.
///
/// # Errors
/// A sentence; nothing then began.
pub async fn begin_and_go_on(
    house: &House,
    by: PersonId,
    asked: PastAsked,
) -> Result<ImportId, String> {
    let begun = begin(house, Actor::Person(by), &asked)
        .await
        .map_err(|why| format!("{why:#}"))?;
    let (id, house) = (begun.import.id, house.clone());
    tokio::spawn(async move {
        let mut told = Told {
            progress: &mut |_| {},
            refused: &mut |_, _| {},
        };
        if let Err(why) = begun.finish(&house, &mut told).await {
            tracing::warn!(import = %id, %why, "an import stopped before its end");
        }
        for file in &asked.files {
            if let Err(why) = std::fs::remove_file(file) {
                tracing::warn!(%why, "a file that was taken in could not be deleted");
            }
        }
    });
    Ok(id)
}

/// Begins to take an import out again.
///
/// # Errors
/// A sentence.
pub async fn undo_and_go_on(house: &House, by: PersonId, id: ImportId) -> Result<(), String> {
    begin_to_undo(house, Actor::Person(by), id)
        .await
        .map_err(|why| format!("{why:#}"))?;
    let house = house.clone();
    tokio::spawn(async move {
        if let Err(why) = undo(&house, Actor::Person(by), id, &mut |_| {}).await {
            tracing::warn!(import = %id, %why, "an import could not be undone");
        }
    });
    Ok(())
}

/// Opens again what came in the last `days` before now and has no answer.
///
/// # Errors
/// When the store fails; what was opened by then stays open.
pub async fn reopen(
    house: &House,
    by: PersonId,
    id: ImportId,
    days: i64,
) -> Result<i64, vigie_store::Error> {
    let mut session = house.store.read().await?;
    let import = session.import(id).await?;
    let cases = session
        .unanswered_of_import(import.key, house.store.now().plus_days(-days))
        .await?;
    drop(session);
    for piece in cases.chunks(PIECE) {
        let mut write = house.store.write(Actor::Person(by)).await?;
        for before in write
            .cases_by_keys(piece)
            .await?
            .into_iter()
            .filter(|it| it.state == CaseState::Closed)
        {
            let mut after = before.clone();
            (after.state, after.closed_at, after.take_by) = (CaseState::Open, None, None);
            after.waiting_since = Some(before.heard_at);
            after.stamp = write.case_fact(Act::CaseReopened, &before);
            write.save_case(&before, &mut after).await?;
        }
        write.fact(
            FactDraft::new(Act::ImportReopened)
                .on("import", id.0)
                .number("cases", piece.len() as i64),
        );
        write.commit().await?;
    }
    Ok(cases.len() as i64)
}
