//! A case as the command line tells it: what `vigie analyse` writes, with dates and context added.

use serde::{Deserialize, Serialize};
use vigie_model::{At, Gate, Harm, Intent, Kind};

use crate::{Calendar, Context, Speaker, Subject, Weighed};

/// One line of input of `vigie triage`; other fields are carried through by the command.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Asked {
    /// What it is; `unknown` when absent.
    #[serde(default = "unknown_kind")]
    pub kind: Kind,
    /// Worst harm told; `unknown` when absent.
    #[serde(default = "unknown_harm")]
    pub harm: Harm,
    /// Hard gates.
    #[serde(default)]
    pub gates: Vec<Gate>,
    /// Clues.
    #[serde(default)]
    pub intents: Vec<Intent>,
    /// The instant of the decision.
    pub now: At,
    /// When the message came.
    pub received_at: At,
    /// Who speaks.
    #[serde(default)]
    pub customer: Speaker,
    /// What is known around.
    #[serde(default)]
    pub context: Context,
}

const fn unknown_kind() -> Kind {
    Kind::Unknown
}

const fn unknown_harm() -> Harm {
    Harm::Unknown
}

impl Asked {
    /// Weighs in wall-clock time: the command line knows no opening hours.
    pub fn weigh(self) -> Weighed {
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
