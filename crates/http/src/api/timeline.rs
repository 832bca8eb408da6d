//! One timeline of a customer: their words, what staff reported, orders, promises, and how each case ended.

use serde::Serialize;
use utoipa::ToSchema;
use vigie_model::{At, CaseId, Channel, Emitter, EvidenceKind, HowEnded, Visibility};
use vigie_store::{Case, Session};

use super::orders::OrderShown;
use crate::Problem;

/// A moment of the timeline.
#[derive(Serialize, ToSchema)]
pub struct Moment {
    /// When.
    pub at: At,
    /// The case it belongs to.
    pub case: Option<CaseId>,
    /// Its number.
    pub number: Option<i64>,
    /// What happened.
    #[serde(flatten)]
    pub what: What,
}

/// What happened.
#[derive(Serialize, ToSchema)]
#[serde(tag = "what", rename_all = "snake_case")]
pub enum What {
    /// Words: a customer's, ours, or a colleague's report.
    Words {
        /// Medium.
        channel: Channel,
        /// Who emitted them.
        emitter: Emitter,
        /// Who could read them.
        visibility: Visibility,
        /// Who wrote.
        who: String,
        /// The words.
        text: String,
    },
    /// A purchase.
    Order {
        /// The order.
        order: OrderShown,
    },
    /// A dated word was given.
    Promise {
        /// The words.
        text: String,
        /// Due.
        due_at: At,
        /// `kept` or `broken`, once judged.
        outcome: Option<String>,
    },
    /// A case ended.
    Ended {
        /// How.
        how: HowEnded,
        /// The evidence.
        evidence: Option<EvidenceKind>,
        /// Its identifier or words.
        reference: Option<String>,
    },
}

/// Cases looked at, the newest first.
const MOST_CASES: usize = 50;
/// Messages of each.
const MOST_MESSAGES: i64 = 100;

/// Everything of these cases and these orders, the newest first.
pub async fn timeline(session: &mut Session, cases: &[Case], orders: Vec<OrderShown>) -> Result<Vec<Moment>, Problem> {
    let mut moments: Vec<Moment> = orders
        .into_iter()
        .map(|order| Moment { at: order.placed_at, case: None, number: None, what: What::Order { order } })
        .collect();
    for case in cases.iter().take(MOST_CASES) {
        let of = |at, what| Moment { at, case: Some(case.id), number: Some(case.number), what };
        for it in session.messages_of_case(case.key, MOST_MESSAGES).await? {
            let (channel, emitter, visibility) = (it.channel, it.emitter, it.visibility);
            moments.push(of(it.at, What::Words { channel, emitter, visibility, who: it.who, text: it.text }));
        }
        for it in session.promises(case.key).await? {
            moments.push(of(it.made_at, What::Promise { text: it.text, due_at: it.due_at, outcome: it.outcome }));
        }
        for it in session.closures(case.key).await?.into_iter().filter(|it| it.undone_at.is_none()) {
            moments.push(of(it.made_at, What::Ended { how: it.how, evidence: it.evidence, reference: it.reference }));
        }
    }
    moments.sort_by_key(|it| std::cmp::Reverse(it.at));
    Ok(moments)
}
