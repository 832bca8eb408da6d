//! Messages that came before and are now told otherwise.

use std::collections::HashMap;

use vigie_listen::BatchContext;
use vigie_model::{Act, ImportKey, IncomingMessage, MessageId};
use vigie_store::{Error, ExistingMessage, FactDraft, Result, Write};

use super::{Analysed, CreatedMessage, RepeatedMessage, derived, first_words};

/// Stores the old text of changed messages, analyses the new one, and weighs the case again.
pub async fn revise(
    write: &mut Write,
    again: Vec<RepeatedMessage>,
    created: &[CreatedMessage],
    extras: &BatchContext,
) -> Result<Vec<(usize, MessageId)>> {
    let import = match extras.import {
        Some(id) => Some(write.imports().find(id).await?.key),
        None => None,
    };
    let stored = |message: &CreatedMessage| (message.external_id.clone(), message.existing.clone());
    let mut latest: HashMap<String, ExistingMessage> = created.iter().map(stored).collect();

    let mut revised = Vec::with_capacity(again.len());
    for RepeatedMessage { analysed, existing } in again {
        let name = analysed.received.message.external_id.clone();
        let index = analysed.received.index;
        let existing = latest.get(&name).cloned().or(existing);
        let existing = existing.ok_or_else(|| nothing_stored(index))?;
        if existing.content_hash != analysed.hash {
            revise_one(write, &existing, &analysed, import).await?;
        }
        revised.push((index, existing.id));
        let now = ExistingMessage {
            content_hash: analysed.hash,
            revision: existing.revision + 1,
            ..existing
        };
        latest.insert(name, now);
    }
    Ok(revised)
}

fn nothing_stored(index: usize) -> Error {
    Error::Inconsistent(format!(
        "item {index} of the batch came before, and nothing of it is stored"
    ))
}

async fn revise_one(
    write: &mut Write,
    existing: &ExistingMessage,
    analysed: &Analysed,
    import: Option<ImportKey>,
) -> Result<()> {
    let message = &analysed.received.message;
    let (html, title) = (message.html.as_deref(), message.title.as_deref());
    write
        .messages()
        .revise(existing, &message.text, html, title, &analysed.hash)
        .await?;
    let reading = derived(&analysed.analysis, &analysed.version)?;
    let readings = vec![(existing.key, reading)];
    write.messages().put_derived(readings).await?;

    add_new_files(write, existing, message).await?;
    reweigh_case(write, existing, analysed).await?;
    if let Some(import) = import {
        let revision = [(existing.key, existing.revision + 1)];
        write.imports().insert_messages(import, &revision).await?;
    }
    Ok(())
}

/// Adds the files that the message did not have before.
async fn add_new_files(
    write: &mut Write,
    existing: &ExistingMessage,
    message: &IncomingMessage,
) -> Result<()> {
    let kept = write.attachments().of_message(existing.key).await?;
    let case_key = write.messages().by_key(existing.key).await?.case_key;
    let is_new = |hash: &str| kept.iter().all(|it| it.file.sha256 != hash);
    let new = message.attachments.iter();
    let new = new.filter(|file| is_new(&file.sha256));
    let rows = new.map(|file| (Some(existing.key), case_key, file.clone()));
    write.attachments().insert_many(rows.collect()).await?;
    Ok(())
}

async fn reweigh_case(
    write: &mut Write,
    existing: &ExistingMessage,
    analysed: &Analysed,
) -> Result<()> {
    // The message may have moved to another case since it was looked up.
    let message = write.messages().by_key(existing.key).await?;
    let before = write.cases().by_key(message.case_key).await?;
    let mut after = before.clone();
    let fact = FactDraft::new(Act::MessageRevised)
        .of_case(&before)
        .on("message", existing.id.0);
    after.last_message_fact = write.fact(fact.number("revision", existing.revision + 1));
    if message.emitter.is_ours() {
        return write.cases().save(&before, &mut after).await;
    }
    let reading = &analysed.analysis;
    after.kind = if before.messages <= 1 {
        reading.kind
    } else {
        before.kind.stronger(reading.kind)
    };
    after.harm = before.harm.worse(reading.harm);
    after.gates.extend(
        reading
            .gates
            .iter()
            .copied()
            .filter(|gate| !before.gates.contains(gate)),
    );
    after.excerpt = first_words(&analysed.received.message.text, 160);
    write.cases().save(&before, &mut after).await
}
