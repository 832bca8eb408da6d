//! Situations to weigh, told in a few words.

use vigie_model::{Harm, Kind};
use vigie_triage::{Rumour, Situation, TriageContext, TriageCustomer};

/// A complaint of nobody known, about nothing grave, that nobody waits for.
pub fn complaint() -> Situation {
    Situation {
        kind: Kind::Complaint,
        harm: Harm::None,
        gates: Vec::new(),
        asks: false,
        silence: false,
        customer: TriageCustomer::default(),
        context: TriageContext::default(),
        elapsed_minutes: 0.0,
        slack_minutes: None,
        untouched_days: 0,
        moved: 0,
        ruled: 0,
    }
}

/// The same of another kind.
pub fn of(kind: Kind) -> Situation {
    Situation {
        kind,
        ..complaint()
    }
}

/// A rumour, as people assessed it.
pub fn rumour(rumour: Rumour) -> Situation {
    let mut situation = of(Kind::Rumour);
    situation.context.rumour = Some(rumour);
    situation
}

/// A situation changed in one respect.
pub fn with(mut situation: Situation, change: impl FnOnce(&mut Situation)) -> Situation {
    change(&mut situation);
    situation
}
