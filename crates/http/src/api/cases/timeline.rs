//! The timeline of a customer: their messages, staff reports, orders, visits, silences,
//! promises, and how each case ended.

use serde::Serialize;
use utoipa::ToSchema;
use vigie_model::{At, CaseId, Channel, Emitter, EvidenceKind, HowEnded, Visibility};
use vigie_store::{Case, DailyVisits, Session};

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
/// A quarter without a sign is shown as a silence: a fact to read, not a judgement about the
/// cause.
const SILENT_DAYS: i64 = 90;

/// Everything in these cases and orders, newest first.
pub async fn timeline(
    session: &mut Session,
    cases: &[Case],
    orders: Vec<OrderResponse>,
    visits: Vec<DailyVisits>,
    now: At,
) -> Result<Vec<TimelineEntry>, Problem> {
    // What a limit cut off is not a silence: nothing is shown before the oldest entry of a full
    // list.
    let orders_from = orders
        .iter()
        .map(|it| it.placed_at)
        .min()
        .filter(|_| orders.len() >= FULL);
    let visits_from = visits
        .iter()
        .map(|it| it.at)
        .min()
        .filter(|_| visits.len() >= FULL);
    let cases_from = cases.get(MOST_CASES).map(|it| it.heard_at);
    let from = [orders_from, visits_from, cases_from]
        .into_iter()
        .flatten()
        .max();
    let mut moments: Vec<TimelineEntry> = orders
        .into_iter()
        .map(|order| TimelineEntry {
            at: order.placed_at,
            case: None,
            number: None,
            what: TimelineEvent::Order { order },
        })
        .collect();
    for case in cases.iter().take(MOST_CASES) {
        let of = |at, what| TimelineEntry {
            at,
            case: Some(case.id),
            number: Some(case.number),
            what,
        };
        for it in session.messages().of_case(case.key, MOST_MESSAGES).await? {
            let (channel, emitter, visibility) = (it.channel, it.emitter, it.visibility);
            moments.push(of(
                it.at,
                TimelineEvent::Message {
                    channel,
                    emitter,
                    visibility,
                    who: it.who,
                    text: it.text,
                },
            ));
        }
        for it in session.promises().of_case(case.key).await? {
            moments.push(of(
                it.made_at,
                TimelineEvent::Promise {
                    text: it.text,
                    due_at: it.due_at,
                    outcome: it.outcome,
                },
            ));
        }
        for it in session
            .closures()
            .of_case(case.key)
            .await?
            .into_iter()
            .filter(|it| it.undone_at.is_none())
        {
            moments.push(of(
                it.made_at,
                TimelineEvent::Ended {
                    how: it.how,
                    evidence: it.evidence,
                    reference: it.reference,
                },
            ));
        }
    }
    let came = |it: DailyVisits| TimelineEvent::Visits {
        count: it.visits,
        place: it.place,
    };
    moments.extend(visits.into_iter().map(|it| TimelineEntry {
        at: it.at,
        case: None,
        number: None,
        what: came(it),
    }));
    let signs = moments
        .iter()
        .filter(|it| is_sign(&it.what))
        .map(|it| it.at)
        .collect();
    moments.extend(
        silences(signs, now)
            .into_iter()
            .filter(|it| began(it) >= from),
    );
    moments.sort_by_key(|it| std::cmp::Reverse(it.at));
    Ok(moments)
}

/// When a silence began.
const fn began(it: &TimelineEntry) -> Option<At> {
    match it.what {
        TimelineEvent::Silence { since, .. } => Some(since),
        _ => None,
    }
}

/// Whether it comes from the customer: their message, a colleague's report of it, a purchase,
/// a visit.
const fn is_sign(what: &TimelineEvent) -> bool {
    match what {
        TimelineEvent::Message { emitter, .. } => {
            !matches!(emitter, Emitter::Brand | Emitter::Paid)
        }
        TimelineEvent::Order { .. } | TimelineEvent::Visits { .. } => true,
        TimelineEvent::Silence { .. }
        | TimelineEvent::Promise { .. }
        | TimelineEvent::Ended { .. } => false,
    }
}

/// The periods of a quarter or more between two signs, and since the last one.
fn silences(mut signs: Vec<At>, now: At) -> Vec<TimelineEntry> {
    signs.sort();
    let ends = signs
        .iter()
        .skip(1)
        .map(|it| (*it, false))
        .chain([(now, true)]);
    let stretches = signs.iter().copied().zip(ends);
    let silent = stretches.filter(|(since, (until, _))| *until >= since.plus_days(SILENT_DAYS));
    let silence = |(since, (at, lasts))| TimelineEntry {
        at,
        case: None,
        number: None,
        what: TimelineEvent::Silence { since, lasts },
    };
    silent.map(silence).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_quarter_without_a_sign_is_a_silence() {
        let day = |it: i64| At::from_millis(it * 86_400_000);
        let told = |signs: &[i64], now| {
            let found = silences(signs.iter().copied().map(day).collect(), day(now));
            found
                .into_iter()
                .map(|it| {
                    (
                        it.at,
                        matches!(it.what, TimelineEvent::Silence { lasts: true, .. }),
                    )
                })
                .collect::<Vec<_>>()
        };
        assert_eq!(told(&[], 400), []);
        assert_eq!(told(&[300, 0, 89], 389), [(day(300), false)]);
        assert_eq!(told(&[0], 90), [(day(90), true)]);
        assert_eq!(told(&[0, 90], 120), [(day(90), false)]);
    }
}
