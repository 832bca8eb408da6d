//! Undoes a split or a join.

use vigie_model::{Act, CaseState, MoveId};
use vigie_store::{Case, FactDraft, Message, Move, MoveKind, Write};

use crate::{
    Error, Result,
    moves::{MOST_MESSAGES, customer_messages},
    tags::remove_copied_tags,
};

/// Undoes a split or a join: what moved goes back.
///
/// # Errors
/// [`Error::CannotUndo`] when messages moved again since.
pub async fn undo_move(write: &mut Write, id: MoveId) -> Result<()> {
    let done = write.moves().active(id).await?;
    let from = write.cases().by_key(done.from_key).await?;
    let to = write.cases().by_key(done.to_key).await?;
    let (back, others) = messages_to_move_back(write, &done, &from, &to).await?;

    write
        .messages()
        .move_to_case(&done.messages, from.key)
        .await?;
    write.moves().undo(id).await?;
    let fact = FactDraft::new(Act::MoveUndone).of_case(&from);
    write.fact(fact.on("move", id.0).on("other", to.id.0));

    let count = customer_messages(&back);
    let mut restored = Case {
        messages: from.messages + count,
        touched_at: write.at(),
        ..from.clone()
    };
    let mut left = Case {
        messages: (to.messages - count).max(0),
        ..to.clone()
    };
    match done.kind {
        MoveKind::Join => {
            restore_joined(write, &mut restored).await?;
            remove_copied_tags(write, &from, &to, done.made_at).await?;
        }
        MoveKind::Split if others == 0 => close_emptied(write, &mut left, &from),
        MoveKind::Split => {}
    }
    write.cases().save(&to, &mut left).await?;
    write.cases().save(&from, &mut restored).await?;
    Ok(())
}

/// The messages that go back, and how many stay.
async fn messages_to_move_back(
    write: &mut Write,
    done: &Move,
    from: &Case,
    to: &Case,
) -> Result<(Vec<Message>, usize)> {
    let split_joined = done.kind == MoveKind::Split && from.joined_key.is_some();
    if to.joined_key.is_some() || split_joined {
        return Err(Error::CannotUndo("the case was joined into another since"));
    }
    let there = write.messages().of_case(to.key, MOST_MESSAGES).await?;
    let there = there.into_iter();
    let (back, staying): (Vec<_>, Vec<_>) =
        there.partition(|message| done.messages.contains(&message.key));
    if back.len() != done.messages.len() {
        return Err(Error::CannotUndo("some of the messages moved on since"));
    }
    Ok((back, staying.len()))
}

/// A case that was closed before the join is closed again; any other waits for the team.
async fn restore_joined(write: &mut Write, restored: &mut Case) -> Result<()> {
    restored.joined_key = None;
    let closures = write.closures().of_case(restored.key).await?;
    let standing = closures.into_iter().rev().find(|it| it.undone_at.is_none());
    restored.closed_at = standing.as_ref().map(|closure| closure.made_at);
    if standing.is_none() {
        restored.state = CaseState::Open;
        restored.waiting_since = restored.waiting_since.or(Some(restored.heard_at));
        write.cases().release_absent_owner(restored).await?;
    }
    Ok(())
}

/// A split case that is empty again is closed without a closure, joined back into the original.
fn close_emptied(write: &Write, left: &mut Case, from: &Case) {
    left.state = CaseState::Closed;
    left.closed_at = Some(write.at());
    left.joined_key = Some(from.key);
}
