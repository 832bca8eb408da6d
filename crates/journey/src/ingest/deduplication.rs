//! Sorts a batch into new and known messages, and finds the thread of each new one.

use std::collections::HashMap;

use vigie_model::{ConversationKey, SourceKey};
use vigie_store::{Conversation, Error, ExistingMessage, Result, Session, Source, Write, paired};

use super::{Analysed, RepeatedMessage, SortedBatch, Thread, Threaded};

/// Sorts a batch. A message without a parent starts a thread under its own id, so that an
/// answer that came before it already has that thread.
pub async fn sort(write: &mut Write, source: &Source, batch: Vec<Analysed>) -> Result<SortedBatch> {
    let sources = related_sources(write, source).await?;
    let there = write.messages().known(&sources, &names_of(&batch)).await?;
    let mut sorted = SortedBatch {
        new: Vec::new(),
        existing: Vec::new(),
        unchanged: Vec::new(),
    };
    let mut first: HashMap<String, (Vec<u8>, vigie_model::MessageId)> = HashMap::new();
    let mut fresh = Vec::new();
    for mut analysed in batch {
        let before = |name: &str, first: &HashMap<String, (Vec<u8>, vigie_model::MessageId)>| {
            let existing = there.get(name).map(|it| (it.content_hash.clone(), it.id));
            existing.or_else(|| first.get(name).cloned())
        };
        let message = &mut analysed.received.message;
        if let (Some(mail), Some((hash, _))) = (&message.mail, before(&message.external_id, &first))
        {
            // Another mail under the same identifier: some programs reuse them, and no text may
            // be lost. What we sent ourselves has no hash, and its copy in the folder of sent
            // mails is the same mail.
            if hash != analysed.hash && !hash.is_empty() {
                message.external_id = raw_name(&mail.raw);
            }
        }
        let name = message.external_id.clone();
        match before(&name, &first) {
            Some((hash, id)) if hash == analysed.hash || hash.is_empty() => {
                sorted.unchanged.push((analysed.received.index, id));
            }
            Some(_) => sorted.existing.push(RepeatedMessage {
                analysed,
                existing: there.get(&name).cloned(),
            }),
            None => {
                first.insert(name, (analysed.hash.clone(), analysed.received.id));
                fresh.push(analysed);
            }
        }
    }
    sorted.new = thread(write, &sources, fresh, &there).await?;
    Ok(sorted)
}

/// The sources among which the same external id means the same message: a mail may reach
/// several mailboxes of one brand.
pub async fn related_sources(write: &mut Session, source: &Source) -> Result<Vec<SourceKey>> {
    if !source.holds_mails() {
        return Ok(vec![source.key]);
    }
    let all = write.sources().list().await?.into_iter();
    let related = all.filter(|it| it.brand_key == source.brand_key && it.holds_mails());
    Ok(related.map(|it| it.key).collect())
}

/// Every name under which these messages, or those they answer, may be known.
fn names_of(batch: &[Analysed]) -> Vec<String> {
    let mut names = Vec::with_capacity(batch.len() * 2);
    for analysed in batch {
        let message = &analysed.received.message;
        names.push(message.external_id.clone());
        names.extend(message.in_reply_to.clone());
        names.extend(message.in_reply_to.as_deref().map(own_name));
        if let Some(mail) = &message.mail {
            names.push(raw_name(&mail.raw));
            names.extend(mail.references.iter().cloned());
            names.extend(mail.bounce.as_ref().and_then(|it| it.message_id.clone()));
        }
    }
    names.sort_unstable();
    names.dedup();
    names
}

/// The name of an answer of ours within a source: programs reply to it with the id they
/// received.
fn own_name(id: &str) -> String {
    format!("vigie:{id}")
}

fn raw_name(hash: &str) -> String {
    format!("raw:{hash}")
}

async fn thread(
    write: &mut Write,
    sources: &[SourceKey],
    fresh: Vec<Analysed>,
    there: &HashMap<String, ExistingMessage>,
) -> Result<Vec<Threaded>> {
    let by_token = conversations_by_reply_token(write, &fresh).await?;
    let names = thread_names(&fresh, there, &by_token);
    let mut wanted: Vec<String> = names
        .iter()
        .filter_map(|it| it.as_ref().err())
        .flatten()
        .cloned()
        .collect();
    wanted.sort_unstable();
    wanted.dedup();
    let open = write.conversations().by_threads(sources, &wanted).await?;
    let parents: Vec<ConversationKey> = names.iter().filter_map(|it| it.clone().ok()).collect();
    let by_key: HashMap<ConversationKey, Conversation> = write
        .conversations()
        .by_keys(&parents)
        .await?
        .into_iter()
        .map(|it| (it.key, it))
        .collect();
    let by_name: HashMap<&str, &Conversation> = open
        .iter()
        .map(|it| (it.external_key.as_str(), it))
        .collect();
    let threads = names.into_iter().map(|name| match name {
        Ok(key) => {
            let known = by_key.get(&key).cloned().map(Thread::Known);
            known.ok_or_else(|| no_thread(&format!("conversation {} is gone", key.number())))
        }
        Err(names) => {
            let existing = names.iter().find_map(|name| by_name.get(name.as_str()));
            if let Some(conversation) = existing {
                return Ok(Thread::Known((*conversation).clone()));
            }
            // The oldest name of the thread: its first message, if it arrives later, then joins
            // it.
            let oldest = names.last().cloned().map(Thread::New);
            oldest.ok_or_else(|| no_thread("it has no name"))
        }
    });
    let threads = threads.collect::<Result<Vec<_>>>()?;
    let threaded = paired("messages and their threads", fresh, threads)?;
    Ok(threaded
        .map(|(analysed, thread)| Threaded { analysed, thread })
        .collect())
}

/// A message without its thread would be put with others, or apart from its own.
fn no_thread(why: &str) -> Error {
    Error::Inconsistent(format!("the thread of a message is not known: {why}"))
}

/// The threads of the cases whose reply token comes with a message, by token.
async fn conversations_by_reply_token(
    write: &mut Write,
    fresh: &[Analysed],
) -> Result<HashMap<String, ConversationKey>> {
    let tokens = fresh
        .iter()
        .filter_map(|it| it.received.message.mail.as_ref()?.reply_token.clone());
    let mut by_token = HashMap::new();
    for token in tokens.collect::<std::collections::BTreeSet<_>>() {
        if let Some(number) = write.reply_tokens().case_by_token(&token).await?
            && let Some(case) = write.cases().by_number(number).await?
        {
            by_token.insert(token, case.conversation_key);
        }
    }
    Ok(by_token)
}

/// The thread of each message: the key of a known one, or its possible names, most reliable
/// first and oldest last.
fn thread_names(
    fresh: &[Analysed],
    there: &HashMap<String, ExistingMessage>,
    by_token: &HashMap<String, ConversationKey>,
) -> Vec<Result<ConversationKey, Vec<String>>> {
    let mut here: HashMap<&str, Result<ConversationKey, Vec<String>>> = HashMap::new();
    let mut names = Vec::with_capacity(fresh.len());
    for analysed in fresh {
        let message = &analysed.received.message;
        let parents = parents(analysed);
        let find_existing =
            |parent: &str| there.get(parent).or_else(|| there.get(&own_name(parent)));
        let existing = parents
            .iter()
            .find_map(|parent| find_existing(parent).map(|it| it.conversation_key));
        let token = message
            .mail
            .as_ref()
            .and_then(|it| it.reply_token.as_ref())
            .and_then(|it| by_token.get(it));
        let name = match (&message.conversation, existing.or(token.copied())) {
            // An import may continue threads that another import started.
            (Some(_), Some(key)) if message.past => Ok(key),
            (Some(conversation), _) => Err(vec![format!("c:{conversation}")]),
            (None, Some(key)) => Ok(key),
            (None, None) => parents
                .iter()
                .find_map(|parent| here.get(*parent).cloned())
                .unwrap_or_else(|| {
                    let own = message.external_id.as_str();
                    let all = if parents.is_empty() {
                        vec![own]
                    } else {
                        parents.clone()
                    };
                    Err(all.into_iter().map(|it| format!("t:{it}")).collect())
                }),
        };
        here.insert(&message.external_id, name.clone());
        names.push(name);
    }
    names
}

/// What a message may answer, most reliable first.
fn parents(analysed: &Analysed) -> Vec<&str> {
    let message = &analysed.received.message;
    match &message.mail {
        Some(mail) => {
            let bounced = mail.bounce.as_ref().and_then(|it| it.message_id.as_deref());
            bounced
                .into_iter()
                .chain(mail.references.iter().map(String::as_str))
                .collect()
        }
        None => message.in_reply_to.as_deref().into_iter().collect(),
    }
}
