//! Split and join: a case is one problem, and people judge better than rules where it ends.
//! Both can be undone.

use vigie_model::{Act, CaseId, CaseState, Emitter, MessageId, MessageKey, MoveId};
use vigie_store::{Case, FactDraft, Message, MoveKind, NewCase, Write};

use crate::{Error, Result, tags::copy_tags};

/// More messages than any case has.
pub(crate) const MOST_MESSAGES: i64 = 10_000;

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
    let all = write.messages().of_case(from.key, MOST_MESSAGES).await?;
    let all = all.into_iter();
    let (leaving, staying): (Vec<_>, Vec<_>) =
        all.partition(|message| messages.contains(&message.id));
    if leaving.is_empty() || customer_messages(&staying) == 0 {
        return Err(Error::CannotMove(
            "choose some messages, not all of the customer's",
        ));
    }

    let to = open_for(write, &from, &leaving).await?;
    let keys: Vec<_> = leaving.iter().map(|message| message.key).collect();
    let id = record(write, MoveKind::Split, &from, &to, &keys).await?;
    write.case_fact(Act::CaseOpened, &to);

    let mut shorter = from.clone();
    shorter.messages = customer_messages(&staying);
    write.cases().save(&from, &mut shorter).await?;
    Ok((to.id, id))
}

/// Opens the case that the leaving messages go to.
async fn open_for(write: &mut Write, from: &Case, leaving: &[Message]) -> Result<Case> {
    let number = write.cases().take_numbers(1).await?;
    let first = leaving.first().map(|message| first_words(&message.text));
    let new = NewCase {
        brand_key: from.brand_key,
        source_key: from.source_key,
        conversation_key: from.conversation_key,
        author_key: from.author_key,
        customer_key: from.customer_key,
        claimed: from.claimed,
        channel: from.channel,
        title: first.unwrap_or_default(), // default: a message without words gives no title
        continues_key: Some(from.key),
    };
    let mut to = Case::opening(new, number, write.id(), write.at());
    inherit(&mut to, from, leaving);
    let opened = std::slice::from_mut(&mut to);
    write.cases().insert_many(opened).await?;
    Ok(to)
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
    let words = last.map(|it| first_words(&it.text));
    to.excerpt = words.unwrap_or_default(); // default: only we wrote what leaves
    to.heard_at = last.map_or(from.heard_at, |it| it.at);
    to.waiting_since = from.waiting_since.or(Some(to.heard_at));
    to.messages = customer_messages(leaving);
}

/// Joins two cases: all messages of `from` go to `into`, and `from` is closed.
///
/// # Errors
/// [`Error::CannotMove`] for the same case or another brand's.
pub async fn join(write: &mut Write, from: CaseId, into: CaseId) -> Result<MoveId> {
    let from = write.cases().find(from).await?;
    let to = write.cases().find(into).await?;
    check_joinable(&from, &to)?;

    let moved = write.messages().of_case(from.key, MOST_MESSAGES).await?;
    let keys: Vec<_> = moved.iter().map(|message| message.key).collect();
    let id = record(write, MoveKind::Join, &from, &to, &keys).await?;
    close_joined(write, &from, &to).await?;

    let mut fuller = joined(&from, &to);
    // Somebody answering has not seen the messages that were added.
    fuller.last_message_fact = write.next_number();
    fuller.touched_at = write.at();
    if from.state == CaseState::Open && to.state != CaseState::Open {
        reopen(write, &from, &to, &mut fuller).await?;
    }
    write.cases().save(&to, &mut fuller).await?;
    copy_tags(write, &from, &to).await?;
    Ok(id)
}

const fn is_joined(case: &Case) -> bool {
    case.joined_key.is_some()
}

fn check_joinable(from: &Case, to: &Case) -> Result<()> {
    let same = from.key == to.key || from.brand_key != to.brand_key;
    if same || is_joined(from) || is_joined(to) {
        return Err(Error::CannotMove(
            "choose two different cases of one brand, neither already joined",
        ));
    }
    Ok(())
}

/// The case that is left without messages ends.
async fn close_joined(write: &mut Write, from: &Case, to: &Case) -> Result<()> {
    let mut ended = Case {
        joined_key: Some(to.key),
        state: CaseState::Closed,
        closed_at: Some(write.at()),
        messages: 0,
        snoozed_until: None,
        ..from.clone()
    };
    write.cases().snooze(from.key, None).await?;
    write.cases().save(from, &mut ended).await?;
    Ok(())
}

/// What a case is once the other's messages are in it: the graver of both.
fn joined(from: &Case, to: &Case) -> Case {
    let both_open = from.state == CaseState::Open && to.state == CaseState::Open;
    let since = to.waiting_since.into_iter().chain(from.waiting_since);
    let proved = from.customer_key.is_some() && !from.claimed && to.claimed;
    let whose = if to.customer_key.is_none() || proved {
        from
    } else {
        to
    };
    let mut fuller = Case {
        messages: to.messages + from.messages,
        heard_at: to.heard_at.max(from.heard_at),
        customer_key: whose.customer_key,
        claimed: whose.claimed,
        kind: to.kind.stronger(from.kind),
        harm: to.harm.worse(from.harm),
        urgent: to.urgent || from.urgent,
        public: to.public || from.public,
        waiting_since: if both_open {
            since.min()
        } else {
            to.waiting_since
        },
        ..to.clone()
    };
    let new = from.gates.iter().filter(|gate| !to.gates.contains(gate));
    fuller.gates.extend(new.copied());
    fuller
}

/// A case that rested is the team's again when an open one is joined into it.
async fn reopen(write: &mut Write, from: &Case, to: &Case, fuller: &mut Case) -> Result<()> {
    fuller.state = CaseState::Open;
    (fuller.closed_at, fuller.how, fuller.snoozed_until) = (None, None, None);
    fuller.waiting_since = from.waiting_since;
    write.closures().undo(to.key).await?;
    write.cases().snooze(to.key, None).await?;
    write.cases().release_absent_owner(fuller).await?;
    write.case_fact(Act::CaseReopened, to);
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
    let count = messages.len() as i64;
    write.fact(
        FactDraft::new(act)
            .of_case(from)
            .on("move", id.0)
            .on("other", to.id.0)
            .number("messages", count),
    );
    Ok(id)
}

/// How many of these the customer wrote.
pub(crate) fn customer_messages(messages: &[Message]) -> i64 {
    let theirs = messages.iter();
    theirs.filter(|it| it.emitter == Emitter::Customer).count() as i64
}

fn first_words(text: &str) -> String {
    text.split_whitespace()
        .collect::<Vec<_>>()
        .join(" ")
        .chars()
        .take(120)
        .collect()
}
