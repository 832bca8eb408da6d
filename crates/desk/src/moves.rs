//! Split and join: a case is one problem, and people judge better than rules where it ends.
//! Both can be undone.

use vigie_model::{Act, CaseId, CaseState, Emitter, MessageId, MessageKey, MoveId};
use vigie_store::{Case, FactDraft, Message, MoveKind, NewCase, Write};

use crate::{
    Error, Result,
    tags::{copy_tags, remove_copied_tags},
};

/// Moves some messages of a case into a new one.
///
/// # Errors
/// [`Error::CannotMove`] when none or all would move.
pub async fn split(
    write: &mut Write,
    case: CaseId,
    messages: &[MessageId],
) -> Result<(CaseId, MoveId)> {
    let from = write.cases().find(case).await?;
    let all = write.messages().of_case(from.key, 10_000).await?;
    let (leaving, staying): (Vec<_>, Vec<_>) =
        all.into_iter().partition(|it| messages.contains(&it.id));
    if leaving.is_empty() || !staying.iter().any(|it| it.emitter == Emitter::Customer) {
        return Err(Error::CannotMove(
            "choose some messages, not all of the customer's",
        ));
    }
    let number = write.cases().take_numbers(1).await?;
    let title = leaving
        .first()
        .map(|it| first_words(&it.text))
        .unwrap_or_default();
    let new = NewCase {
        brand_key: from.brand_key,
        source_key: from.source_key,
        conversation_key: from.conversation_key,
        author_key: from.author_key,
        customer_key: from.customer_key,
        channel: from.channel,
        title,
        continues_key: Some(from.key),
    };
    let mut to = Case::opening(new, number, write.id(), write.at());
    inherit(&mut to, &from, &leaving);
    write
        .cases()
        .insert_many(std::slice::from_mut(&mut to))
        .await?;
    let keys: Vec<_> = leaving.iter().map(|it| it.key).collect();
    let id = record(write, MoveKind::Split, &from, &to, &keys).await?;
    write.case_fact(Act::CaseOpened, &to);
    let mut shorter = from.clone();
    shorter.messages = customers(&staying);
    write.cases().save(&from, &mut shorter).await?;
    Ok((to.id, id))
}

/// Gives the new case the analysis of its messages, as far as known without analysing them
/// again.
fn inherit(to: &mut Case, from: &Case, leaving: &[Message]) {
    (to.kind, to.sentiment, to.harm, to.lang) =
        (from.kind, from.sentiment, from.harm, from.lang.clone());
    (to.urgent, to.public, to.last_message_fact) =
        (from.urgent, from.public, from.last_message_fact);
    // Nobody knows yet which message raised a gate: both cases keep it until a person removes it.
    to.gates.clone_from(&from.gates);
    let last = leaving
        .iter()
        .rev()
        .find(|it| it.emitter == Emitter::Customer);
    to.excerpt = last.map(|it| first_words(&it.text)).unwrap_or_default();
    to.heard_at = last.map_or(from.heard_at, |it| it.at);
    to.waiting_since = from.waiting_since.or(Some(to.heard_at));
    to.messages = customers(leaving);
}

/// Joins two cases: all messages of `from` go to `into`, and `from` is closed.
///
/// # Errors
/// [`Error::CannotMove`] for the same case or another brand's.
pub async fn join(write: &mut Write, from: CaseId, into: CaseId) -> Result<MoveId> {
    let (from, to) = (
        write.cases().find(from).await?,
        write.cases().find(into).await?,
    );
    if from.key == to.key
        || from.brand_key != to.brand_key
        || to.joined_key.is_some()
        || from.joined_key.is_some()
    {
        return Err(Error::CannotMove(
            "choose two different cases of one brand, neither already joined",
        ));
    }
    let moved = write.messages().of_case(from.key, 10_000).await?;
    let keys: Vec<_> = moved.iter().map(|it| it.key).collect();
    let id = record(write, MoveKind::Join, &from, &to, &keys).await?;
    let mut ended = Case {
        joined_key: Some(to.key),
        state: CaseState::Closed,
        ..from.clone()
    };
    ended.closed_at = Some(write.at());
    ended.messages = 0;
    ended.snoozed_until = None;
    write.cases().snooze(from.key, None).await?;
    write.cases().save(&from, &mut ended).await?;
    let mut fuller = to.clone();
    fuller.messages += from.messages;
    fuller.heard_at = fuller.heard_at.max(from.heard_at);
    fuller.customer_key = fuller.customer_key.or(from.customer_key);
    // Somebody answering has not seen the messages that were added.
    fuller.last_message_fact = write.next_number();
    (fuller.kind, fuller.harm) = (to.kind.stronger(from.kind), to.harm.worse(from.harm));
    (fuller.urgent, fuller.public) = (to.urgent || from.urgent, to.public || from.public);
    if from.state == CaseState::Open && to.state == CaseState::Open {
        fuller.waiting_since = to.waiting_since.into_iter().chain(from.waiting_since).min();
    }
    fuller.gates.extend(
        from.gates
            .iter()
            .copied()
            .filter(|gate| !to.gates.contains(gate)),
    );
    fuller.touched_at = write.at();
    if from.state == CaseState::Open && to.state != CaseState::Open {
        fuller.state = CaseState::Open;
        (fuller.closed_at, fuller.how, fuller.snoozed_until) = (None, None, None);
        fuller.waiting_since = from.waiting_since;
        write.closures().undo(to.key).await?;
        write.cases().snooze(to.key, None).await?;
        write.cases().release_absent_owner(&mut fuller).await?;
        write.case_fact(Act::CaseReopened, &to);
    }
    write.cases().save(&to, &mut fuller).await?;
    copy_tags(write, &from, &to).await?;
    Ok(id)
}

/// Undoes a split or a join: what moved goes back.
///
/// # Errors
/// [`Error::CannotUndo`] when messages moved again since.
pub async fn undo_move(write: &mut Write, id: MoveId) -> Result<()> {
    let done = write.moves().active(id).await?;
    let (from, to) = (
        write.cases().by_key(done.from_key).await?,
        write.cases().by_key(done.to_key).await?,
    );
    if to.joined_key.is_some() || (done.kind == MoveKind::Split && from.joined_key.is_some()) {
        return Err(Error::CannotUndo("the case was joined into another since"));
    }
    let there = write.messages().of_case(to.key, 10_000).await?;
    let back: Vec<_> = there
        .iter()
        .filter(|it| done.messages.contains(&it.key))
        .collect();
    if back.len() != done.messages.len() {
        return Err(Error::CannotUndo("some of the messages moved on since"));
    }
    let count = back
        .iter()
        .filter(|it| it.emitter == Emitter::Customer)
        .count();
    let count = i64::try_from(count).unwrap_or_default();
    write
        .messages()
        .move_to_case(&done.messages, from.key)
        .await?;
    write.moves().undo(id).await?;
    write.fact(
        FactDraft::new(Act::MoveUndone)
            .of_case(&from)
            .on("move", id.0)
            .on("other", to.id.0),
    );
    let mut restored = Case {
        messages: from.messages + count,
        touched_at: write.at(),
        ..from.clone()
    };
    let mut left = Case {
        messages: (to.messages - count).max(0),
        ..to.clone()
    };
    if done.kind == MoveKind::Join {
        restored.joined_key = None;
        let closure = write
            .closures()
            .of_case(from.key)
            .await?
            .into_iter()
            .rev()
            .find(|it| it.undone_at.is_none());
        // A case that was closed before the join is closed again; any other waits for the team.
        restored.closed_at = closure.as_ref().map(|it| it.made_at);
        if closure.is_none() {
            restored.state = CaseState::Open;
            restored.waiting_since = restored.waiting_since.or(Some(restored.heard_at));
            write.cases().release_absent_owner(&mut restored).await?;
        }
    } else if there.len() == back.len() {
        // The split case is empty again: it is closed without a closure, joined back into the
        // original.
        left.state = CaseState::Closed;
        left.closed_at = Some(write.at());
        left.joined_key = Some(from.key);
    }
    if done.kind == MoveKind::Join {
        remove_copied_tags(write, &from, &to, done.made_at).await?;
    }
    write.cases().save(&to, &mut left).await?;
    write.cases().save(&from, &mut restored).await?;
    Ok(())
}

async fn record(
    write: &mut Write,
    kind: MoveKind,
    from: &Case,
    to: &Case,
    messages: &[MessageKey],
) -> Result<MoveId> {
    write.messages().move_to_case(messages, to.key).await?;
    let id = write
        .moves()
        .insert(kind, from.key, to.key, messages)
        .await?;
    let act = if kind == MoveKind::Split {
        Act::CaseSplit
    } else {
        Act::CaseJoined
    };
    let count = i64::try_from(messages.len()).unwrap_or_default();
    write.fact(
        FactDraft::new(act)
            .of_case(from)
            .on("move", id.0)
            .on("other", to.id.0)
            .number("messages", count),
    );
    Ok(id)
}

fn customers(messages: &[Message]) -> i64 {
    i64::try_from(
        messages
            .iter()
            .filter(|it| it.emitter == Emitter::Customer)
            .count(),
    )
    .unwrap_or_default()
}

fn first_words(text: &str) -> String {
    text.split_whitespace()
        .collect::<Vec<_>>()
        .join(" ")
        .chars()
        .take(120)
        .collect()
}
