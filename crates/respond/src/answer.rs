//! The answer: a text signed by a named person, refused when newer messages came, recallable
//! for ten seconds.

use vigie_charter::Severity;
use vigie_model::{
    Act, Actor, At, AuthorId, CaseId, CaseState, ConversationKey, Emitter, MessageId, MessageKey,
    OutState, OutboxId, Visibility,
};
use vigie_store::{
    Case, FactDraft, Message, MessageDetails, NewMessage, Outgoing, Person, Session, Source, Write,
};

use crate::{
    Error, Recipient, Replies, ReplyRoute, Replying, Result, recipients::recipient, reply_source,
};

/// How long an answer can be called back.
pub const RECALL_SECONDS: i64 = 10;

/// An answer that somebody sends.
#[derive(Debug, Clone)]
pub struct NewAnswer {
    pub case: CaseId,
    pub text: String,
    /// Whom it is for; the customer when absent.
    pub to: Option<AuthorId>,
    /// Where the answer goes.
    pub visibility: Visibility,
    /// What the sender had seen: see `stamp` of the case.
    pub seen: i64,
    /// A dated promise made in the answer.
    pub promise: Option<(String, At)>,
    /// Spans of personal data found in the text.
    pub personal: Vec<(usize, usize)>,
}

/// A queued answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct QueuedAnswer {
    /// Used to call it back.
    pub id: OutboxId,
    pub message: MessageId,
    /// Until then it can be called back.
    pub leaves_at: At,
}

/// Within this many minutes, the same text from the same person is the same answer: when the
/// reply to a click is lost, the click is repeated, and the customer must not be answered
/// twice.
const SAME_ANSWER_MINUTES: i64 = 10;

/// Queues an answer. It leaves after the recall delay; the case then waits for the customer.
/// Sent again soon after, word for word, it resolves to the answer already queued.
///
/// # Errors
/// [`Error::Stale`] when newer messages came, [`Error::Blocked`] for personal data in public.
pub async fn answer(
    write: &mut Write,
    replies: &Replies,
    person: &Person,
    answer: NewAnswer,
) -> Result<QueuedAnswer> {
    let before = write.cases().find(answer.case).await?;
    let recipient = recipient(write, &before, answer.to).await?;
    let answer = NewAnswer {
        to: recipient.as_ref().map(|recipient| recipient.author.id),
        ..answer
    };
    // Before any check: the answer already queued is itself newer than what its sender saw.
    if let Some(queued) = find_duplicate(write, &before, person, &answer).await? {
        let message = write.messages().find(queued.message).await?.key;
        promised(write, &before, message, answer.promise.as_ref()).await?;
        return Ok(queued);
    }
    check(write, &before, person, &answer).await?;
    let (conversation_key, source) = reply_route(write, &before, recipient.as_ref()).await?;
    let route = ReplyRoute::of(&source, replies);
    let there = Case {
        conversation_key,
        source_key: source.key,
        ..before.clone()
    };
    check_way_back(write, &there, replies.of(source.kind), &route).await?;
    let (key, queued) = queue(write, &there, &route, person, &answer).await?;
    promised(write, &before, key, answer.promise.as_ref()).await?;
    let drafts = write.drafts();
    drafts
        .put(before.key, person.key, "", answer.visibility)
        .await?;

    let fact = FactDraft::new(Act::AnswerQueued)
        .of_case(&before)
        .on("message", queued.message.0)
        .on("answer", queued.id.0);
    let fact = write.fact(fact.code("visibility", answer.visibility.code()));
    let read = write.read_states();
    read.mark_read(person.key, before.key, fact).await?;
    wait_for_customer(write, &before, fact).await?;
    Ok(queued)
}

/// Checks that an answer can reach the customer from here.
async fn check_way_back(
    write: &mut Write,
    case: &Case,
    replying: Option<Replying>,
    route: &ReplyRoute,
) -> Result<()> {
    match replying {
        Some(Replying::OnTheNetwork) => {
            return Err(Error::NoWayBack(
                "answer on the network itself, then say it was answered there",
            ));
        }
        Some(Replying::InPerson) => {
            return Err(Error::NoWayBack(
                "the customer spoke to a colleague: call or write, then close with what was done",
            ));
        }
        _ => {}
    }
    let now = write.at();
    if *route == ReplyRoute::PrivatePage && is_link_over(write, case, now).await? {
        return Err(Error::NoWayBack(
            "the customer's private link is closed or over: reach them otherwise",
        ));
    }
    let brand = write.brands().by_key(case.brand_key).await?;
    if *route == ReplyRoute::None && !brand.settings.rehearsal {
        return Err(Error::NoWayBack(
            "give the source an address for answers, in its settings",
        ));
    }
    Ok(())
}

/// Whether a customer who was given a private link can no longer open it.
pub async fn is_link_over(session: &mut Session, case: &Case, now: At) -> Result<bool> {
    let links = session.reports();
    let open = links.has_open_link(case.conversation_key, now).await?;
    Ok(open == Some(false))
}

/// Stores the words and puts them on their way.
async fn queue(
    write: &mut Write,
    there: &Case,
    route: &ReplyRoute,
    person: &Person,
    answer: &NewAnswer,
) -> Result<(MessageKey, QueuedAnswer)> {
    let message = MessageId(write.id());
    let named = external_id(route, message);
    let key = store_words(write, there, person, answer, (message, named)).await?;
    let leaves_at = write.at().plus_seconds(RECALL_SECONDS);
    let outbox = write.outbox();
    let id = outbox.insert(there.key, key, there.source_key, leaves_at, false);
    let queued = QueuedAnswer {
        id: id.await?,
        message,
        leaves_at,
    };
    Ok((key, queued))
}

/// It is the customer's turn; a colleague who was writing must read this answer first.
async fn wait_for_customer(write: &mut Write, before: &Case, fact: i64) -> Result<()> {
    let mut after = Case {
        answered_at: Some(write.at()),
        waiting_since: None,
        last_message_fact: fact,
        touched_at: write.at(),
        ..before.clone()
    };
    if before.state != CaseState::Closed {
        after.state = CaseState::WaitingCustomer;
        after.snoozed_until = None;
        write.cases().snooze(before.key, None).await?;
    }
    write.cases().save(before, &mut after).await?;
    Ok(())
}

/// The same text by the same person since the customer's last message, queued or sent. An
/// answer that was called back, refused or is uncertain may be sent again; so may one that was
/// only rehearsed, once rehearsal ends.
async fn find_duplicate(
    write: &mut Write,
    case: &Case,
    person: &Person,
    answer: &NewAnswer,
) -> Result<Option<QueuedAnswer>> {
    let messages = write.messages().of_case(case.key, 200).await?;
    let since = write.at().plus_seconds(-60 * SAME_ANSWER_MINUTES);
    let Some(said) = said_already(&messages, person, answer, since) else {
        return Ok(None);
    };

    let answers = write.outbox().of_case(case.key).await?;
    let mut answers = answers.into_iter();
    let out = answers.find(|answer| answer.message_key == said);
    let brand = write.brands().by_key(case.brand_key).await?;
    let going = |answer: &Outgoing| match answer.state {
        OutState::Queued | OutState::Sending | OutState::Sent => true,
        OutState::Rehearsed => brand.settings.rehearsal,
        _ => false,
    };
    Ok(out.filter(going).map(|answer| QueuedAnswer {
        id: answer.id,
        message: answer.message,
        leaves_at: answer.not_before,
    }))
}

/// The message in which this person said the very same, after whatever the customer said last.
fn said_already(
    messages: &[Message],
    person: &Person,
    answer: &NewAnswer,
    since: At,
) -> Option<MessageKey> {
    // By order of arrival: a source's clock may be ahead, a mail late.
    let heard = messages
        .iter()
        .filter(|message| message.author_key.is_some())
        .map(|message| message.key)
        .max();
    let same = |message: &&Message| {
        let theirs = message.person_key == Some(person.key) && message.at >= since;
        theirs
            && Some(message.key) > heard
            && message.text == answer.text
            && message.visibility == answer.visibility
            && message.details.to == answer.to
    };
    messages
        .iter()
        .filter(same)
        .map(|message| message.key)
        .max()
}

/// Stores a promise made in an answer, once.
async fn promised(
    write: &mut Write,
    case: &Case,
    message: MessageKey,
    promise: Option<&(String, At)>,
) -> Result<()> {
    let Some((text, due)) = promise else {
        return Ok(());
    };
    if write
        .promises()
        .of_case(case.key)
        .await?
        .iter()
        .any(|it| it.text == *text && it.due_at == *due)
    {
        return Ok(());
    }
    let promise = write
        .promises()
        .insert(case.key, Some(message), text, *due)
        .await?;
    write.fact(
        FactDraft::new(Act::PromiseMade)
            .of_case(case)
            .on("promise", promise.0)
            .instant("due", *due),
    );
    Ok(())
}

/// The conversation and source of the last message of whom is answered: after a join a case has
/// several, and an answer goes where they wrote.
async fn reply_route(
    write: &mut Write,
    case: &Case,
    recipient: Option<&Recipient>,
) -> Result<(ConversationKey, Source)> {
    let here = (case.conversation_key, case.source_key);
    let (conversation, source) = recipient.map_or(here, |recipient| {
        let answered = &recipient.answered;
        (answered.conversation_key, answered.source_key)
    });
    let source = write.sources().by_key(source).await?;
    Ok((conversation, reply_source(write, source).await?))
}

/// Whether nobody but this person has written in the case since that fact: people have seen
/// their own messages.
async fn only_theirs_since(
    write: &mut Write,
    case: &Case,
    person: &Person,
    seen: i64,
) -> Result<bool> {
    let spoken = [
        Act::MessageReceived,
        Act::MessageRevised,
        Act::AnswerQueued,
        Act::CaseJoined,
        Act::MoveUndone,
    ];
    let me = Actor::Person(person.id).to_string();
    let since = write
        .facts()
        .of_case(case.key)
        .await?
        .into_iter()
        .filter(|it| it.number > seen && spoken.contains(&it.act));
    let mut spoke = since.peekable();
    Ok(seen < case.last_message_fact
        && spoke.peek().is_some()
        && spoke.all(|it| it.act == Act::AnswerQueued && it.actor == me))
}

async fn check(write: &mut Write, case: &Case, person: &Person, answer: &NewAnswer) -> Result<()> {
    if answer.text.trim().is_empty() {
        return Err(Error::Empty);
    }
    if answer.seen != case.last_message_fact
        && !only_theirs_since(write, case, person, answer.seen).await?
    {
        return Err(Error::Stale {
            last_message_fact: case.last_message_fact,
        });
    }
    if answer
        .promise
        .as_ref()
        .is_some_and(|(_, due)| *due <= write.at())
    {
        return Err(Error::NotAhead);
    }
    let remarks = vigie_charter::remarks(
        &answer.text,
        answer.visibility,
        &person.name,
        &answer.personal,
    );
    if remarks
        .iter()
        .any(|remark| remark.severity == Severity::Block)
    {
        return Err(Error::Blocked);
    }
    Ok(())
}

async fn store_words(
    write: &mut Write,
    case: &Case,
    person: &Person,
    answer: &NewAnswer,
    (id, external_id): (MessageId, String),
) -> Result<MessageKey> {
    let message = NewMessage {
        id,
        source_key: case.source_key,
        external_id,
        brand_key: case.brand_key,
        conversation_key: case.conversation_key,
        case_key: case.key,
        author_key: None,
        person_key: Some(person.key),
        emitter: Emitter::Brand,
        visibility: answer.visibility,
        channel: case.channel,
        at: write.at(),
        at_offset: 0,
        text: answer.text.clone(),
        html: None,
        title: None,
        url: None,
        in_reply_to: None,
        details: MessageDetails {
            to: answer.to,
            ..MessageDetails::default()
        },
        content_hash: vec![],
    };
    Ok(write.messages().insert(message).await?)
}

/// Its id within the source: by mail, the identifier the customer's mail program will quote.
fn external_id(route: &ReplyRoute, id: MessageId) -> String {
    match route {
        ReplyRoute::Mail(mailbox) => format!("{id}@{}", mailbox.domain()),
        _ => format!("vigie:{id}"),
    }
}
