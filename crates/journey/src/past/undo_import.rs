//! Undoes an import completely: what it created is deleted unless something else needs it,
//! what it changed is restored. It works in small transactions, so that nobody waits; if
//! interrupted, it resumes when requested again.

use vigie_model::{Act, Actor, ImportId, ImportState, MessageKey};
use vigie_store::{FactDraft, Import};

use crate::Instance;

/// Number of messages, customers or orders per transaction.
const PIECE: i64 = 500;

/// Undoes an import; `progress` is called with the number of items removed. When it fails,
/// what was undone stays undone.
pub async fn undo(
    instance: &Instance,
    actor: Actor,
    id: ImportId,
    progress: &mut (dyn FnMut(usize) + Send),
) -> anyhow::Result<Import> {
    let mut import = start_undo(instance, actor, id).await?;
    if import.state == ImportState::Undone {
        return Ok(import);
    }
    let mut gone = 0;
    loop {
        let piece = undo_batch(instance, actor, &import).await?;
        if piece == 0 {
            break;
        }
        gone += piece;
        progress(gone);
    }
    let mut write = instance.store.write(actor).await?;
    (import.state, import.undone_at) = (ImportState::Undone, Some(write.at()));
    write.refused_items().forget_of_import(import.key).await?;
    write.imports().save(&import).await?;
    write.fact(FactDraft::new(Act::ImportUndone).on("import", import.id.0));
    write.commit().await?;
    Ok(import)
}

/// Records that an import is being undone; does nothing when it already was. Fails while the
/// import is running.
pub async fn start_undo(instance: &Instance, actor: Actor, id: ImportId) -> anyhow::Result<Import> {
    let mut import = instance.store.read().await?.imports().find(id).await?;
    anyhow::ensure!(
        import.state != ImportState::Running,
        "this import is still under way: wait for its end"
    );
    if import.state != ImportState::Undone {
        import.state = ImportState::Undoing;
        let mut write = instance.store.write(actor).await?;
        write.imports().save(&import).await?;
        write.commit().await?;
    }
    Ok(import)
}

async fn undo_batch(instance: &Instance, actor: Actor, import: &Import) -> anyhow::Result<usize> {
    let mut write = instance.store.write(actor).await?;
    let things = write.imported_records().list(import.key, PIECE).await?;
    if !things.is_empty() {
        write.imported_records().undo(import.key, &things).await?;
        write.commit().await?;
        return Ok(things.len());
    }
    let imported = write.imports().messages(import.key, PIECE).await?;
    if imported.is_empty() {
        return Ok(0);
    }
    let made: Vec<MessageKey> = imported
        .iter()
        .filter(|it| it.1 == 1)
        .map(|it| it.0)
        .collect();
    for (message, revision) in imported
        .iter()
        .filter(|it| it.1 > 1 && !made.contains(&it.0))
    {
        write.messages().undo_revision(*message, *revision).await?;
        crate::ingest::reanalyse_message(&mut write, &*instance.analyser, *message).await?;
    }
    let removed = write.deletions().remove_messages(&made).await?;
    for case in &removed.smaller_cases {
        crate::ingest::recount_case(&mut write, *case).await?;
    }
    write
        .imports()
        .forget_messages(import.key, &imported)
        .await?;
    write.commit().await?;
    // The rows are gone: unreferenced bytes can follow, and a crash here only leaves some to be
    // swept.
    for hash in &removed.files {
        instance.store.files().remove(hash)?;
    }
    Ok(imported.len())
}
