//! The timeline of a customer: their messages, staff reports, orders, visits, silences,
//! promises, and how each case ended.

use serde::Serialize;
use utoipa::ToSchema;
use vigie_desk::{Silence, silences};
use vigie_model::{At, CaseId, Channel, Emitter, EvidenceKind, HowEnded, Visibility};
use vigie_store::{Case, Closure, DailyVisits, Message, Promise, Session};

use crate::Problem;
use crate::api::customers::orders::OrderResponse;

/// An entry of the timeline.
#[derive(Serialize, ToSchema)]
pub struct TimelineEntry {
    pub at: At,
    /// The case it belongs to.
    pub case: Option<CaseId>,
    /// Number of that case.
    pub number: Option<i64>,
    #[serde(flatten)]
    pub what: TimelineEvent,
}

/// The kinds of entries.
#[derive(Serialize, ToSchema)]
#[serde(tag = "what", rename_all = "snake_case")]
pub enum TimelineEvent {
    /// A message: from the customer, from us, or reported by a colleague.
    #[serde(rename = "words")]
    Message {
        channel: Channel,
        emitter: Emitter,
        visibility: Visibility,
        who: String,
        text: String,
    },
    /// A purchase.
    Order { order: OrderResponse },
    /// Visits on one day to one place.
    Visits { count: i64, place: Option<String> },
    /// No message, purchase or visit, until now or until they came back.
    Silence {
        /// The last sign before it.
        since: At,
        /// Whether it is still going on.
        lasts: bool,
    },
    /// A dated promise was made.
    Promise {
        text: String,
        due_at: At,
        /// `kept` or `broken`, once judged.
        outcome: Option<String>,
    },
    /// A case ended.
    Ended {
        how: HowEnded,
        evidence: Option<EvidenceKind>,
        /// Identifier or text of the evidence.
        reference: Option<String>,
    },
}

/// Largest number of cases read, newest first.
const MOST_CASES: usize = 50;
/// Largest number of messages read per case.
const MOST_MESSAGES: i64 = 100;
/// Number of orders, or days of visits, from which a list may have been cut.
const FULL: usize = 100;
/// Everything in these cases and orders, newest first.
pub async fn timeline(
    session: &mut Session,
    cases: &[Case],
    orders: Vec<OrderResponse>,
    visits: Vec<DailyVisits>,
    now: At,
) -> Result<Vec<TimelineEntry>, Problem> {
    let complete_from = complete_from(cases, &orders, &visits);
    let mut entries: Vec<TimelineEntry> = orders.into_iter().map(order_entry).collect();
    entries.extend(visits.into_iter().map(visits_entry));
    for case in cases.iter().take(MOST_CASES) {
        entries.extend(of_case(session, case).await?);
    }

    let signs = entries.iter().filter(|entry| is_sign(&entry.what));
    let silences = silences(signs.map(|entry| entry.at).collect(), now);
    let seen = silences
        .into_iter()
        .filter(|silence| Some(silence.since) >= complete_from);
    entries.extend(seen.map(silence_entry));
    entries.sort_by_key(|entry| std::cmp::Reverse(entry.at));
    Ok(entries)
}

/// From when nothing is missing: what a limit cut off is not a silence, so none is shown before
/// the oldest entry of a full list.
fn complete_from(cases: &[Case], orders: &[OrderResponse], visits: &[DailyVisits]) -> Option<At> {
    let oldest_order = orders.iter().map(|order| order.placed_at).min();
    let oldest_visit = visits.iter().map(|visit| visit.at).min();
    let limits = [
        oldest_order.filter(|_| orders.len() >= FULL),
        oldest_visit.filter(|_| visits.len() >= FULL),
        cases.get(MOST_CASES).map(|case| case.heard_at),
    ];
    limits.into_iter().flatten().max()
}

const fn order_entry(order: OrderResponse) -> TimelineEntry {
    TimelineEntry {
        at: order.placed_at,
        case: None,
        number: None,
        what: TimelineEvent::Order { order },
    }
}

fn visits_entry(visits: DailyVisits) -> TimelineEntry {
    TimelineEntry {
        at: visits.at,
        case: None,
        number: None,
        what: TimelineEvent::Visits {
            count: visits.visits,
            place: visits.place,
        },
    }
}

/// What was said, promised and decided in a case.
async fn of_case(session: &mut Session, case: &Case) -> Result<Vec<TimelineEntry>, Problem> {
    let messages = session.messages().of_case(case.key, MOST_MESSAGES).await?;
    let messages = messages.into_iter().map(message_event);
    let promises = session.promises().of_case(case.key).await?;
    let promises = promises.into_iter().map(promise_event);
    let closures = session.closures().of_case(case.key).await?;
    let standing = closures.into_iter().filter(|it| it.undone_at.is_none());

    let events = messages.chain(promises).chain(standing.map(closure_event));
    let entries = events.map(|(at, what)| TimelineEntry {
        at,
        case: Some(case.id),
        number: Some(case.number),
        what,
    });
    Ok(entries.collect())
}

fn message_event(message: Message) -> (At, TimelineEvent) {
    let event = TimelineEvent::Message {
        channel: message.channel,
        emitter: message.emitter,
        visibility: message.visibility,
        who: message.who,
        text: message.text,
    };
    (message.at, event)
}

fn promise_event(promise: Promise) -> (At, TimelineEvent) {
    let event = TimelineEvent::Promise {
        text: promise.text,
        due_at: promise.due_at,
        outcome: promise.outcome,
    };
    (promise.made_at, event)
}

fn closure_event(closure: Closure) -> (At, TimelineEvent) {
    let event = TimelineEvent::Ended {
        how: closure.how,
        evidence: closure.evidence,
        reference: closure.reference,
    };
    (closure.made_at, event)
}

/// Whether it comes from the customer: their message, a colleague's report of it, a purchase,
/// a visit.
fn is_sign(what: &TimelineEvent) -> bool {
    match what {
        TimelineEvent::Message { emitter, .. } => vigie_desk::is_sign(*emitter),
        TimelineEvent::Order { .. } | TimelineEvent::Visits { .. } => true,
        TimelineEvent::Silence { .. }
        | TimelineEvent::Promise { .. }
        | TimelineEvent::Ended { .. } => false,
    }
}

const fn silence_entry(silence: Silence) -> TimelineEntry {
    TimelineEntry {
        at: silence.until,
        case: None,
        number: None,
        what: TimelineEvent::Silence {
            since: silence.since,
            lasts: silence.lasts,
        },
    }
}
