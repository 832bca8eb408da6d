//! Stores what was received: messages, their analysis, files, refusals; and returns the
//! outcomes in the order of the items.

use std::collections::HashMap;

use vigie_listen::{BatchContext, IntakeOutcome};
use vigie_model::{
    Act, At, CaseId, CaseKey, ConversationKey, Derived, Emitter, FileRef, MessageId, MessageKey,
};
use vigie_store::{
    Error, ExistingMessage, FactDraft, MessageDetails, NewMessage, Result, Source, Write, paired,
};

use super::{Analysed, RefusedItem, RepeatedMessage, Triaged, first_words};

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
            thanks: super::thanks::thanks(&analysed.analysis),
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
    let mut files: Vec<(usize, CaseKey, FileRef)> = Vec::new();
    let mut created = Vec::with_capacity(triaged.len());
    let now = write.at();
    for (index, mut it) in triaged.into_iter().enumerate() {
        let analysed = &mut it.recognised.threaded.analysed;
        let attached = std::mem::take(&mut analysed.received.message.attachments);
        files.extend(attached.into_iter().map(|file| (index, it.case_key, file)));
        readings.push(derived(analysed));
        created.push(UnstoredMessage::of(&it));
        rows.push(row(it, source, now));
    }
    let keys = write.messages().insert_many(rows).await?;
    let readings = paired("messages and their readings", keys.clone(), readings)?;
    write.messages().put_derived(readings.collect()).await?;
    let of_message = |(index, case, file)| match keys.get(index) {
        Some(key) => Ok((Some(*key), case, file)),
        None => Err(Error::Inconsistent(format!(
            "a file of message {index} has no message"
        ))),
    };
    let files = files
        .into_iter()
        .map(of_message)
        .collect::<Result<Vec<_>>>()?;
    write.attachments().insert_many(files).await?;
    let keyed = paired("messages and their keys", created, keys.clone())?;
    let created: Vec<_> = keyed.map(|(message, key)| message.stored(key)).collect();
    if let Some(import) = extras.import {
        let import = write.imports().find(import).await?.key;
        write
            .imports()
            .insert_messages(
                import,
                &keys.iter().map(|key| (*key, 1)).collect::<Vec<_>>(),
            )
            .await?;
    }
    persist_context(write, &created, extras).await?;
    Ok(created)
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

fn derived(analysed: &Analysed) -> Derived {
    Derived {
        stage: "analysis".into(),
        version: vigie_analyse::VERSION.into(),
        data: serde_json::to_value(&analysed.analysis).unwrap_or_default(),
    }
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
        },
        content_hash: hash,
    }
}

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
    let mut here: HashMap<String, ExistingMessage> = created
        .iter()
        .map(|it| (it.external_id.clone(), it.existing.clone()))
        .collect();
    let mut revised = Vec::with_capacity(again.len());
    for RepeatedMessage { analysed, existing } in again {
        let name = analysed.received.message.external_id.clone();
        let index = analysed.received.index;
        let existing = here.get(&name).cloned().or(existing).ok_or_else(|| {
            let detail =
                format!("item {index} of the batch came before, and nothing of it is stored");
            Error::Inconsistent(detail)
        })?;
        let message = &analysed.received.message;
        if existing.content_hash != analysed.hash {
            let (html, title) = (message.html.as_deref(), message.title.as_deref());
            write
                .messages()
                .revise(&existing, &message.text, html, title, &analysed.hash)
                .await?;
            write
                .messages()
                .put_derived(vec![(existing.key, derived(&analysed))])
                .await?;
            let kept = write.attachments().of_message(existing.key).await?;
            let case_key = write.messages().by_key(existing.key).await?.case_key;
            let new = message
                .attachments
                .iter()
                .filter(|file| kept.iter().all(|it| it.file.sha256 != file.sha256));
            write
                .attachments()
                .insert_many(
                    new.map(|file| (Some(existing.key), case_key, file.clone()))
                        .collect(),
                )
                .await?;
            reweigh_case(write, &existing, &analysed).await?;
            if let Some(import) = import {
                write
                    .imports()
                    .insert_messages(import, &[(existing.key, existing.revision + 1)])
                    .await?;
            }
        }
        revised.push((index, existing.id));
        here.insert(
            name,
            ExistingMessage {
                content_hash: analysed.hash,
                revision: existing.revision + 1,
                ..existing
            },
        );
    }
    Ok(revised)
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
    if matches!(
        message.emitter,
        Emitter::Brand | Emitter::Employee | Emitter::Paid
    ) {
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
    let items = refused.iter().map(|it| {
        let problem = it.refusal.problem.to_owned();
        (
            it.external_id.clone(),
            problem,
            it.refusal.detail.clone(),
            it.raw.replace('\0', "\u{fffd}"),
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
    let mut all: Vec<(usize, IntakeOutcome)> = Vec::new();
    all.extend(answers.created.into_iter().map(|it| {
        (
            it.index,
            IntakeOutcome::Created {
                message: it.existing.id,
                case: it.case,
            },
        )
    }));
    all.extend(
        answers
            .revised
            .into_iter()
            .map(|(index, message)| (index, IntakeOutcome::Revised { message })),
    );
    all.extend(
        answers
            .unchanged
            .into_iter()
            .map(|(index, message)| (index, IntakeOutcome::Unchanged { message })),
    );
    all.extend(
        answers
            .refused
            .into_iter()
            .map(|it| (it.index, IntakeOutcome::Refused(it.refusal))),
    );
    all.sort_by_key(|(index, _)| *index);
    all.into_iter().map(|(_, heard)| heard).collect()
}
