//! Recognised → Triaged: a message joins the open case of its thread, reopens it when it was
//! closed less than seven days ago, or opens a new one; the case is weighed as it is stored.

use std::collections::HashMap;

use vigie_desk::RuleSet;
use vigie_model::{
    Act, Actor, At, CaseKey, CaseState, ConversationKey, Emitter, IncomingMessage, Kind, Visibility,
};
use vigie_store::{Brand, Case, Error, FactDraft, NewCase, Result, Source, Write};

use super::{
    Recognised, Thread, Triaged, channel::channel, first_words, participants::Participants,
    rule_application::apply_rules,
};

/// A customer who comes back within this many days is assumed to write about the same subject.
pub const RECONTACT_DAYS: i64 = 7;

/// A case of this batch, before and after.
struct PendingCase {
    before: Option<Case>,
    after: Case,
    participants: Participants,
}

impl PendingCase {
    /// A case that exists.
    async fn known(write: &mut Write, source: &Source, case: Case) -> Result<Self> {
        let participants = match source.holds_mails() {
            true => Participants::of(write, &case).await?,
            false => Participants::default(),
        };
        Ok(Self {
            participants,
            before: Some(case.clone()),
            after: case,
        })
    }

    /// A case that is opened.
    fn new(case: Case) -> Self {
        Self {
            before: None,
            after: case,
            participants: Participants::default(),
        }
    }
}

/// The cases of a batch, and which thread leads to which case: after a join several lead to
/// one.
#[derive(Default)]
struct PendingCases {
    cases: Vec<PendingCase>,
    threads: HashMap<String, ThreadTarget>,
}

#[derive(Clone, Copy)]
struct ThreadTarget {
    conversation_key: ConversationKey,
    index: usize,
}

impl PendingCases {
    fn add(&mut self, thread: &str, conversation_key: ConversationKey, pending: PendingCase) {
        let same = |it: &PendingCase| it.after.key == pending.after.key;
        let index = self
            .cases
            .iter()
            .position(same)
            .filter(|_| pending.before.is_some());
        let index = index.unwrap_or_else(|| {
            self.cases.push(pending);
            self.cases.len() - 1
        });
        self.threads.insert(
            thread.to_owned(),
            ThreadTarget {
                conversation_key,
                index,
            },
        );
    }
}

/// Assigns each message to its case, in the order they were written.
pub async fn place_in_cases(
    write: &mut Write,
    source: &Source,
    brand: &Brand,
    mut messages: Vec<Recognised>,
) -> Result<Vec<Triaged>> {
    messages.sort_by_key(|message| {
        (
            written_at(message, write.at()),
            message.threaded.analysed.received.index,
        )
    });
    let mut pending_cases = load_pending_cases(write, source, brand, &messages).await?;
    let rule_set = RuleSet::open(write).await?;
    let mut triaged = Vec::with_capacity(messages.len());
    for recognised in messages {
        let name = thread_name(&recognised.threaded.thread).to_owned();
        let target = pending_cases.threads.get(&name).copied();
        let target = target.ok_or_else(|| no_case(&recognised))?;
        let pending = pending_cases.cases.get_mut(target.index);
        let pending = pending.ok_or_else(|| no_case(&recognised))?;
        let newcomer = pending.participants.let_in(&recognised);
        add_message(write, pending, &recognised, newcomer).await?;
        apply_rules(write, &rule_set, source, &mut pending.after, &recognised).await?;
        let (case_key, case) = (pending.after.key, pending.after.id);
        triaged.push(Triaged {
            recognised,
            conversation_key: target.conversation_key,
            case_key,
            case,
            newcomer,
        });
    }
    store(write, pending_cases.cases).await?;
    Ok(triaged)
}

/// Every message leads to a case: one that does not would be lost.
fn no_case(message: &Recognised) -> Error {
    let index = message.threaded.analysed.received.index;
    Error::Inconsistent(format!("item {index} of the batch leads to no case"))
}

fn thread_name(thread: &Thread) -> &str {
    match thread {
        Thread::Known(conversation) => &conversation.external_key,
        Thread::New(name) => name,
    }
}

fn written_at(recognised: &Recognised, now: At) -> At {
    recognised
        .threaded
        .analysed
        .received
        .message
        .at
        .unwrap_or(now)
        .min(now)
}

/// The instant at which a message counts as received: for imported messages, when they were
/// written.
fn heard_at(recognised: &Recognised, now: At) -> At {
    if recognised.threaded.analysed.received.message.past {
        written_at(recognised, now)
    } else {
        now
    }
}

/// One slot per thread: the case its messages join, reopen or open.
async fn load_pending_cases(
    write: &mut Write,
    source: &Source,
    brand: &Brand,
    messages: &[Recognised],
) -> Result<PendingCases> {
    let mut current = HashMap::new();
    let mut pending_cases = PendingCases::default();
    let mut fresh: Vec<(&str, &Recognised, Option<ConversationKey>, Option<CaseKey>)> = Vec::new();
    let keys: Vec<CaseKey> = messages.iter().filter_map(known_case).collect();
    for case in write.cases().by_keys(&keys).await? {
        let key = case.key;
        current.insert(key, resolve_joined(write, case).await?);
    }
    let mut seen = std::collections::HashSet::new();
    for message in messages {
        let name = thread_name(&message.threaded.thread);
        if !seen.insert(name) {
            continue;
        }
        let conversation = match &message.threaded.thread {
            Thread::Known(conversation) => Some(conversation),
            Thread::New(_) => None,
        };
        let case = conversation
            .and_then(|it| it.case_key)
            .and_then(|key| current.get(&key).cloned());
        match (conversation, case) {
            (Some(conversation), Some(case)) if continues(&case, heard_at(message, write.at())) => {
                let pending = PendingCase::known(write, source, case).await?;
                pending_cases.add(name, conversation.key, pending);
            }
            (conversation, case) => {
                fresh.push((
                    name,
                    message,
                    conversation.map(|it| it.key),
                    case.map(|it| it.key),
                ));
            }
        }
    }
    open_cases(write, source, brand, fresh, &mut pending_cases).await?;
    Ok(pending_cases)
}

fn known_case(message: &Recognised) -> Option<CaseKey> {
    match &message.threaded.thread {
        Thread::Known(conversation) => conversation.case_key,
        Thread::New(_) => None,
    }
}

/// The case itself, or the one it was joined into.
async fn resolve_joined(write: &mut Write, mut case: Case) -> Result<Case> {
    let mut seen = std::collections::HashSet::new();
    while let Some(into) = case.joined_key.filter(|_| seen.insert(case.key)) {
        case = write.cases().by_key(into).await?;
    }
    Ok(case)
}

/// Whether a new message continues the case: open, waiting, snoozed, or closed less than seven
/// days ago.
fn continues(case: &Case, now: At) -> bool {
    case.closed_at
        .is_none_or(|closed| closed.plus_days(RECONTACT_DAYS) > now)
}

async fn open_cases(
    write: &mut Write,
    source: &Source,
    brand: &Brand,
    fresh: Vec<(&str, &Recognised, Option<ConversationKey>, Option<CaseKey>)>,
    pending_cases: &mut PendingCases,
) -> Result<()> {
    if fresh.is_empty() {
        return Ok(());
    }
    let count = i64::try_from(fresh.len()).unwrap_or(i64::MAX);
    let first = write.cases().take_numbers(count).await?;
    let new: Vec<(String, CaseKey)> = (first..)
        .zip(&fresh)
        .filter(|(_, (_, _, conversation, _))| conversation.is_none())
        .map(|(number, (name, ..))| ((*name).to_owned(), CaseKey::from_number(number)))
        .collect();
    let opened = write.conversations().insert_many(source.key, &new).await?;
    let opened: HashMap<String, ConversationKey> = opened
        .into_iter()
        .map(|it| (it.external_key, it.key))
        .collect();
    let mut pointed = Vec::new();
    for (number, (name, message, conversation, older)) in (first..).zip(fresh) {
        let conversation_key = conversation
            .or_else(|| opened.get(name).copied())
            .ok_or_else(|| no_case(message))?;
        if conversation.is_some() {
            pointed.push((conversation_key, CaseKey::from_number(number)));
        }
        let incoming = &message.threaded.analysed.received.message;
        let new = NewCase {
            brand_key: brand.key,
            source_key: source.key,
            conversation_key,
            author_key: message.author_key,
            customer_key: message.customer_key,
            claimed: message.claimed,
            channel: channel(source, incoming.channel),
            title: incoming
                .title
                .clone()
                .filter(|it| !it.trim().is_empty())
                .unwrap_or_else(|| first_words(&incoming.text, 90)),
            continues_key: older,
        };
        let after = Case::opening(new, number, write.id(), written_at(message, write.at()));
        pending_cases.add(name, conversation_key, PendingCase::new(after));
    }
    write.conversations().set_cases(&pointed).await
}

/// Updates a case for a message, and appends its fact.
async fn add_message(
    write: &mut Write,
    pending: &mut PendingCase,
    message: &Recognised,
    newcomer: bool,
) -> Result<()> {
    let (case, new) = (&mut pending.after, pending.before.is_none());
    let analysed = &message.threaded.analysed;
    let incoming = &analysed.received.message;
    let at = written_at(message, write.at());
    if new && case.last_message_fact == 0 {
        write.case_fact(Act::CaseOpened, case);
    }
    let fact = FactDraft::new(Act::MessageReceived)
        .of_case(case)
        .on("message", analysed.received.id.0);
    case.last_message_fact = write.fact(
        fact.code("emitter", incoming.emitter.code())
            .code("kind", analysed.analysis.kind.code()),
    );
    case.public |= incoming.visibility == Visibility::Public;
    if incoming.past {
        case.opened_at = case.opened_at.min(at);
    }
    if is_automatic_or_stray(incoming) {
        lay_aside(case, incoming, at);
        return Ok(());
    }
    if incoming.emitter.is_ours() {
        add_ours(case, incoming, new, at);
        return Ok(());
    }
    let begins = new && case.messages == 0;
    if case.state != CaseState::Open && !incoming.past {
        reopen(write, case).await?;
    }
    add_theirs(case, message, at);
    if !newcomer {
        recognise_customer(case, message);
    }
    if incoming.past && (begins || case.state == CaseState::Closed) {
        close_as_history(case);
    }
    Ok(())
}

/// Whose case it is: the customer proved first, else the one who claimed it first.
const fn recognise_customer(case: &mut Case, message: &Recognised) {
    let is_proof = case.claimed && !message.claimed;
    if message.customer_key.is_some() && (case.customer_key.is_none() || is_proof) {
        (case.customer_key, case.claimed) = (message.customer_key, message.claimed);
    }
}

/// A message that no person wrote, or that leads nowhere, waits for nobody.
fn lay_aside(case: &mut Case, incoming: &IncomingMessage, at: At) {
    if case.messages > 0 || case.state != CaseState::Open {
        return;
    }
    (case.state, case.kind) = (CaseState::Aside, Kind::Noise);
    case.excerpt = first_words(&incoming.text, 160);
    case.heard_at = case.heard_at.max(at);
    if incoming.past {
        close_as_history(case);
    }
}

fn add_ours(case: &mut Case, incoming: &IncomingMessage, new: bool, at: At) {
    if incoming.emitter == Emitter::Brand {
        record_own_message(case, at);
    }
    if incoming.past && new && case.messages == 0 {
        close_as_history(case);
    }
}

/// What a customer's message makes of the case.
fn add_theirs(case: &mut Case, message: &Recognised, at: At) {
    let analysed = &message.threaded.analysed;
    let reading = &analysed.analysis;
    case.messages += 1;
    case.heard_at = case.heard_at.max(at);
    case.waiting_since = case.waiting_since.or(Some(at));
    case.excerpt = first_words(&analysed.received.message.text, 160);
    case.kind = match case.messages {
        1 => reading.kind,
        _ => case.kind.stronger(reading.kind),
    };
    case.sentiment = reading.sentiment;
    case.harm = case.harm.worse(reading.harm);
    case.urgent = reading.urgent;
    let gates = reading.gates.iter().copied();
    let new: Vec<_> = gates.filter(|gate| !case.gates.contains(gate)).collect();
    case.gates.extend(new);
    if reading.lang != "und" {
        case.lang.clone_from(&reading.lang);
    }
}

/// Imported cases are closed by default: they are for reading, not for handling.
fn close_as_history(case: &mut Case) {
    (case.state, case.closed_at, case.waiting_since) =
        (CaseState::Closed, Some(case.heard_at), None);
}

/// Whether nobody has to act: no person wrote it, or it is a mail of ours that answers nothing
/// known.
fn is_automatic_or_stray(incoming: &vigie_model::IncomingMessage) -> bool {
    incoming
        .mail
        .as_ref()
        .is_some_and(|mail| mail.automatic.is_some() || (mail.sent && mail.references.is_empty()))
}

/// Applies a message from the brand: the customer's turn, unless no customer ever wrote in the
/// case.
fn record_own_message(case: &mut Case, at: At) {
    case.answered_at = case.answered_at.max(Some(at));
    // An older answer that arrives late answers nothing written since.
    if case.messages == 0 || at >= case.heard_at {
        case.waiting_since = None;
        if case.state == CaseState::Open {
            case.state = CaseState::WaitingCustomer;
        }
    }
    if case.messages == 0 && case.kind == Kind::Unknown {
        case.kind = Kind::Noise;
    }
}

/// Reopens a case because the customer wrote again, whatever it was waiting for.
async fn reopen(write: &mut Write, case: &mut Case) -> Result<()> {
    if case.state == CaseState::Closed {
        write.closures().undo(case.key).await?;
        (case.how, case.closed_at) = (None, None);
    }
    write.cases().snooze(case.key, None).await?;
    case.snoozed_until = None;
    case.state = CaseState::Open;
    case.waiting_since = None;
    case.take_by = None;
    if let Some(owner) = case.owner_key
        && !write.people().by_key(owner).await?.available(write.at())
    {
        case.owner_key = None;
        write.assignments().assign(case.key, None).await?;
    }
    let fact = FactDraft::new(Act::CaseReopened)
        .of_case(case)
        .by(Actor::System);
    write.fact(fact);
    Ok(())
}

async fn store(write: &mut Write, mut pending_cases: Vec<PendingCase>) -> Result<()> {
    pending_cases.sort_by_key(|pending| pending.after.key);
    let (new, known): (Vec<_>, Vec<_>) = pending_cases
        .into_iter()
        .partition(|pending| pending.before.is_none());
    let mut opened: Vec<Case> = new.into_iter().map(|pending| pending.after).collect();
    write.cases().insert_many(&mut opened).await?;
    for mut pending in known {
        if let Some(before) = &pending.before {
            write.cases().save(before, &mut pending.after).await?;
        }
    }
    Ok(())
}
