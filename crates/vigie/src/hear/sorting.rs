//! What is new, what is there already, and in which thread the new belongs.

use std::collections::HashMap;

use vigie_store::{Conversation, Known, Result, Source, Write};

use super::{Again, Analysed, Sorted, Thread, Threaded};

/// Sorts a batch. A message without parent begins a thread under its own id, so that an answer that came before it
/// finds it there.
pub async fn sort(write: &mut Write, source: &Source, batch: Vec<Analysed>) -> Result<Sorted> {
    let mut ids: Vec<String> = batch.iter().map(|it| it.received.message.external_id.clone()).collect();
    ids.extend(batch.iter().filter_map(|it| it.received.message.in_reply_to.clone()));
    ids.sort_unstable();
    ids.dedup();
    let there = write.known_messages(source.key, &ids).await?;
    let mut sorted = Sorted { new: Vec::new(), known: Vec::new(), unchanged: Vec::new() };
    let mut first: HashMap<String, (Vec<u8>, vigie_model::MessageId)> = HashMap::new();
    let mut fresh = Vec::new();
    for analysed in batch {
        let name = &analysed.received.message.external_id;
        let known = there.get(name).cloned();
        let before = known.as_ref().map(|it| (it.content_hash.clone(), it.id)).or_else(|| first.get(name).cloned());
        match before {
            Some((hash, id)) if hash == analysed.hash => sorted.unchanged.push((analysed.received.place, id)),
            Some(_) => sorted.known.push(Again { analysed, known }),
            None => {
                first.insert(name.clone(), (analysed.hash.clone(), analysed.received.id));
                fresh.push(analysed);
            }
        }
    }
    sorted.new = thread(write, source, fresh, &there).await?;
    Ok(sorted)
}

async fn thread(
    write: &mut Write,
    source: &Source,
    fresh: Vec<Analysed>,
    there: &HashMap<String, Known>,
) -> Result<Vec<Threaded>> {
    let names = thread_names(&fresh, there);
    let mut wanted: Vec<String> = names.iter().filter_map(|it| it.clone().err()).collect();
    wanted.sort_unstable();
    wanted.dedup();
    let open = write.conversations(source.key, &wanted).await?;
    let parents: Vec<i64> = names.iter().filter_map(|it| it.clone().ok()).collect();
    let by_key: HashMap<i64, Conversation> =
        write.conversations_by_keys(&parents).await?.into_iter().map(|it| (it.key, it)).collect();
    let by_name: HashMap<&str, &Conversation> = open.iter().map(|it| (it.external_key.as_str(), it)).collect();
    let threads = names.into_iter().map(|name| match name {
        Ok(key) => by_key.get(&key).cloned().map_or_else(|| Thread::New(format!("k:{key}")), Thread::Known),
        Err(name) => by_name.get(name.as_str()).map_or(Thread::New(name), |it| Thread::Known((*it).clone())),
    });
    Ok(fresh.into_iter().zip(threads).map(|(analysed, thread)| Threaded { analysed, thread }).collect())
}

/// The thread of each message: the key of its parent's, or a name.
fn thread_names(fresh: &[Analysed], there: &HashMap<String, Known>) -> Vec<Result<i64, String>> {
    let mut here: HashMap<&str, Result<i64, String>> = HashMap::new();
    let mut names = Vec::with_capacity(fresh.len());
    for analysed in fresh {
        let message = &analysed.received.message;
        let name = match (&message.conversation, &message.in_reply_to) {
            (Some(conversation), _) => Err(format!("c:{conversation}")),
            (None, Some(parent)) => match (there.get(parent), here.get(parent.as_str())) {
                (Some(known), _) => Ok(known.conversation_key),
                (None, Some(name)) => name.clone(),
                (None, None) => Err(format!("t:{parent}")),
            },
            (None, None) => Err(format!("t:{}", message.external_id)),
        };
        here.insert(&message.external_id, name.clone());
        names.push(name);
    }
    names
}
