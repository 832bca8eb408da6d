//! What the HTTP layer requests: previews at once, imports and undoing in the background,
//! cases reopened.

use vigie_listen::{
    ImportError,
    past::{ImportDryRun, ImportSpec},
};
use vigie_model::{Act, Actor, CaseState, ImportId, PersonId};
use vigie_store::FactDraft;

use super::{ImportObserver, begin, start_undo, undo};
use crate::Instance;

/// Number of cases reopened in one transaction.
const PIECE: usize = 200;

/// Previews the import of files; nothing is stored.
pub async fn preview(instance: &Instance, spec: &ImportSpec) -> Result<ImportDryRun, ImportError> {
    let mut observer = ImportObserver {
        progress: &mut |_| {},
        refused: &mut |_, _| {},
    };
    super::dry_run(instance, spec, &mut observer)
        .await
        .map_err(import_error)
}

/// Starts importing files, which are deleted at the end. When this fails, nothing was started.
pub async fn begin_in_background(
    instance: &Instance,
    by: PersonId,
    spec: ImportSpec,
) -> Result<ImportId, ImportError> {
    let running = begin(instance, Actor::Person(by), &spec)
        .await
        .map_err(import_error)?;
    let (id, instance) = (running.import.id, instance.clone());
    tokio::spawn(async move {
        let mut observer = ImportObserver {
            progress: &mut |_| {},
            refused: &mut |_, _| {},
        };
        if let Err(error) = running.finish(&instance, &mut observer).await {
            tracing::warn!(import = %id, %error, "an import stopped before its end");
        }
        for file in &spec.files {
            if let Err(error) = std::fs::remove_file(file) {
                tracing::warn!(%error, "a file that was taken in could not be deleted");
            }
        }
    });
    Ok(id)
}

/// Starts undoing an import. Fails while it is running, or when it was undone already.
pub async fn undo_in_background(
    instance: &Instance,
    by: PersonId,
    id: ImportId,
) -> Result<(), ImportError> {
    start_undo(instance, Actor::Person(by), id)
        .await
        .map_err(import_error)?;
    let instance = instance.clone();
    tokio::spawn(async move {
        if let Err(error) = undo(&instance, Actor::Person(by), id, &mut |_| {}).await {
            tracing::warn!(import = %id, %error, "an import could not be undone");
        }
    });
    Ok(())
}

/// Reopens the unanswered cases from the last `days` days. When it fails, cases already
/// reopened stay open.
pub async fn reopen(
    instance: &Instance,
    by: PersonId,
    id: ImportId,
    days: i64,
) -> Result<i64, ImportError> {
    reopen_unanswered(instance, by, id, days)
        .await
        .map_err(|error| ImportError::Internal(Box::new(error)))
}

async fn reopen_unanswered(
    instance: &Instance,
    by: PersonId,
    id: ImportId,
    days: i64,
) -> Result<i64, vigie_store::Error> {
    let mut session = instance.store.read().await?;
    let import = session.imports().find(id).await?;
    let cases = session
        .insights()
        .unanswered(import.key, instance.store.now().plus_days(-days))
        .await?;
    drop(session);
    for piece in cases.chunks(PIECE) {
        let mut write = instance.store.write(Actor::Person(by)).await?;
        for before in write
            .cases()
            .by_keys(piece)
            .await?
            .into_iter()
            .filter(|it| it.state == CaseState::Closed)
        {
            let mut after = before.clone();
            (after.state, after.closed_at, after.take_by) = (CaseState::Open, None, None);
            after.waiting_since = Some(before.heard_at);
            after.last_message_fact = write.case_fact(Act::CaseReopened, &before);
            write.cases().save(&before, &mut after).await?;
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

/// Errors that a person can correct become a sentence; internal failures stay internal.
fn import_error(error: anyhow::Error) -> ImportError {
    let internal = error
        .chain()
        .any(|cause| cause.is::<vigie_store::Error>() || cause.is::<vigie_listen::IntakeError>());
    if internal {
        ImportError::Internal(error.into())
    } else {
        ImportError::Refused(format!("{error:#}"))
    }
}
