//! A case as given on the command line: the output of `vigie analyse`, with dates and context
//! added.

use serde::{Deserialize, Serialize};
use vigie_model::{At, Gate, Harm, Intent, Kind};

use crate::{Calendar, Subject, TriageContext, TriageCustomer, TriageResult};

/// One input line of `vigie triage`; the command passes other fields through.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct TriageInput {
    /// `unknown` when absent.
    #[serde(default = "unknown_kind")]
    pub kind: Kind,
    /// `unknown` when absent.
    #[serde(default = "unknown_harm")]
    pub harm: Harm,
    #[serde(default)]
    pub gates: Vec<Gate>,
    #[serde(default)]
    pub intents: Vec<Intent>,
    /// The instant of the decision.
    pub now: At,
    /// When the message was received.
    pub received_at: At,
    #[serde(default)]
    pub customer: TriageCustomer,
    /// The known context.
    #[serde(default)]
    pub context: TriageContext,
}

const fn unknown_kind() -> Kind {
    Kind::Unknown
}

const fn unknown_harm() -> Harm {
    Harm::Unknown
}

impl TriageInput {
    /// Weighs with wall-clock time: the command line has no opening hours.
    pub fn weigh(self) -> TriageResult {
        let now = self.now;
        let subject = Subject {
            kind: self.kind,
            harm: self.harm,
            gates: self.gates,
            asks: self.intents.contains(&Intent::Asks) || self.kind == Kind::Question,
            customer: self.customer,
            context: self.context,
            waiting_since: self.received_at,
            touched_at: now,
            moved: 0,
            ruled: 0,
        };
        subject.weigh(now, &Calendar::always()).1
    }
}
