//! Stores what was received: messages, their analysis, files, and refusals.

use vigie_listen::BatchContext;
use vigie_model::{
    Act, At, CaseId, CaseKey, ConversationKey, FileRef, Intent, MessageId, MessageKey,
};
use vigie_store::{
    Error, ExistingMessage, FactDraft, MessageDetails, NewMessage, Result, Source, Write, paired,
};

use super::{Analysed, RefusedItem, Triaged, derived};

/// A message just stored.
pub struct CreatedMessage {
    /// Its position in the batch.
    pub index: usize,
    pub external_id: String,
    pub case: CaseId,
    /// Whether it contains thanks.
    pub thanks: bool,
    /// When it was written, as given by its source; `None` for imported messages.
    pub said_at: Option<At>,
    /// What is needed if the same message occurs again in the batch.
    pub existing: ExistingMessage,
}

/// The same before it has a key.
struct UnstoredMessage {
    index: usize,
    external_id: String,
    case: CaseId,
    thanks: bool,
    said_at: Option<At>,
    id: MessageId,
    content_hash: Vec<u8>,
    conversation_key: ConversationKey,
    case_key: CaseKey,
}

impl UnstoredMessage {
    fn of(triaged: &Triaged) -> Self {
        let analysed = &triaged.recognised.threaded.analysed;
        let message = &analysed.received.message;
        Self {
            index: analysed.received.index,
            external_id: message.external_id.clone(),
            case: triaged.case,
            thanks: analysed.analysis.intents.contains(&Intent::Thanks),
            said_at: message.at.filter(|_| !message.past),
            id: analysed.received.id,
            content_hash: analysed.hash.clone(),
            conversation_key: triaged.conversation_key,
            case_key: triaged.case_key,
        }
    }

    fn stored(self, key: MessageKey) -> CreatedMessage {
        CreatedMessage {
            index: self.index,
            external_id: self.external_id,
            case: self.case,
            thanks: self.thanks,
            said_at: self.said_at,
            existing: ExistingMessage {
                key,
                id: self.id,
                content_hash: self.content_hash,
                conversation_key: self.conversation_key,
                case_key: self.case_key,
                revision: 1,
            },
        }
    }
}

/// Stores messages, their analysis, and what belongs to the same act.
pub async fn persist_messages(
    write: &mut Write,
    source: &Source,
    triaged: Vec<Triaged>,
    extras: &BatchContext,
) -> Result<Vec<CreatedMessage>> {
    let mut rows = Vec::with_capacity(triaged.len());
    let mut readings = Vec::with_capacity(triaged.len());
    let mut files = Vec::new();
    let mut unstored = Vec::with_capacity(triaged.len());
    let now = write.at();
    for (index, mut it) in triaged.into_iter().enumerate() {
        let analysed = &mut it.recognised.threaded.analysed;
        let attached = std::mem::take(&mut analysed.received.message.attachments);
        files.extend(attached.into_iter().map(|file| (index, it.case_key, file)));
        readings.push(derived(&analysed.analysis, &analysed.version)?);
        unstored.push(UnstoredMessage::of(&it));
        rows.push(row(it, source, now));
    }

    let keys = write.messages().insert_many(rows).await?;
    let readings = paired("messages and their readings", keys.clone(), readings)?;
    write.messages().put_derived(readings.collect()).await?;
    insert_files(write, &keys, files).await?;
    note_import(write, &keys, extras).await?;

    let keyed = paired("messages and their keys", unstored, keys)?;
    let created: Vec<_> = keyed.map(|(message, key)| message.stored(key)).collect();
    persist_context(write, &created, extras).await?;
    Ok(created)
}

/// Stores the files of a batch, each told by the place of its message in `keys`.
async fn insert_files(
    write: &mut Write,
    keys: &[MessageKey],
    files: Vec<(usize, CaseKey, FileRef)>,
) -> Result<()> {
    let of_message = |(index, case, file)| match keys.get(index) {
        Some(key) => Ok((Some(*key), case, file)),
        None => Err(Error::Inconsistent(format!(
            "a file of message {index} has no message"
        ))),
    };
    let files = files.into_iter().map(of_message);
    let files = files.collect::<Result<Vec<_>>>()?;
    write.attachments().insert_many(files).await?;
    Ok(())
}

/// Notes which messages an import created, so that it can be taken out again.
async fn note_import(write: &mut Write, keys: &[MessageKey], extras: &BatchContext) -> Result<()> {
    let Some(import) = extras.import else {
        return Ok(());
    };
    let import = write.imports().find(import).await?.key;
    let created: Vec<_> = keys.iter().map(|key| (*key, 1)).collect();
    write.imports().insert_messages(import, &created).await
}

async fn persist_context(
    write: &mut Write,
    created: &[CreatedMessage],
    extras: &BatchContext,
) -> Result<()> {
    let Some(first) = created.first() else {
        return Ok(());
    };
    if let Some(reporter) = extras.reporter {
        let person = write.people().find(reporter).await?;
        write
            .reports()
            .insert(first.existing.key, person.key)
            .await?;
    }
    if let Some(hash) = &extras.private_link {
        let expires = write.at().plus_days(365);
        write
            .reports()
            .insert_private_link(hash, first.existing.conversation_key, expires)
            .await?;
    }
    Ok(())
}

fn row(it: Triaged, source: &Source, now: vigie_model::At) -> NewMessage {
    let Analysed { received, hash, .. } = it.recognised.threaded.analysed;
    let message = received.message;
    NewMessage {
        id: received.id,
        source_key: source.key,
        external_id: message.external_id,
        brand_key: source.brand_key,
        conversation_key: it.conversation_key,
        case_key: it.case_key,
        author_key: Some(it.recognised.author_key),
        person_key: None,
        emitter: message.emitter,
        visibility: message.visibility,
        channel: super::channel::channel(source, message.channel),
        at: message.at.unwrap_or(now),
        at_offset: message.at_offset,
        text: message.text,
        html: message.html,
        title: message.title,
        url: message.url,
        in_reply_to: message.in_reply_to,
        details: MessageDetails {
            rating: message.rating,
            counts: message.counts,
            counts_version: message.counts_version,
            order: message.order,
            mail: message.mail,
            newcomer: it.newcomer,
            to: None,
        },
        content_hash: hash,
    }
}

/// Stores refused items so that they can be seen and replayed. A replay that fails again stays
/// the same item.
pub async fn persist_refused(
    write: &mut Write,
    source: &Source,
    refused: &[RefusedItem],
    extras: &BatchContext,
) -> Result<()> {
    if let Some(id) = extras.replayed {
        if refused.is_empty() {
            write.refused_items().mark_replayed(id).await?;
            write.fact(FactDraft::new(Act::ItemReplayed).on("refused", id.0));
        }
        return Ok(());
    }
    let items = refused.iter().map(|item| {
        let storable = |text: &String| text.replace('\0', "\u{fffd}");
        (
            item.external_id.as_ref().map(storable),
            item.refusal.problem.to_owned(),
            storable(&item.refusal.detail),
            storable(&item.raw),
        )
    });
    let import = match extras.import {
        Some(id) => Some(write.imports().find(id).await?.key),
        None => None,
    };
    write
        .refused_items()
        .insert(source.key, import, items.collect())
        .await?;
    Ok(())
}
