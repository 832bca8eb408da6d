//! Who looks at which case right now: in memory, gone after half a minute of silence.

use std::{
    collections::HashMap,
    sync::{Mutex, PoisonError},
};

use vigie_model::{At, CaseId, PersonId};

const FADES_AFTER_SECONDS: i64 = 30;

/// Somebody looking at a case.
#[derive(Debug, Clone)]
pub struct Looking {
    /// Who.
    pub person: PersonId,
    /// Their name.
    pub name: String,
    /// They are writing.
    pub writing: bool,
    seen: At,
}

/// Everybody looking at something.
#[derive(Default)]
pub struct Presence {
    looking: Mutex<HashMap<CaseId, Vec<Looking>>>,
}

impl Presence {
    /// Somebody looks; returns the others who do.
    pub fn look(&self, case: CaseId, person: PersonId, name: &str, writing: bool, now: At) -> Vec<Looking> {
        let mut all = self.looking.lock().unwrap_or_else(PoisonError::into_inner);
        all.retain(|_, people| {
            people.retain(|it| it.seen.plus_seconds(FADES_AFTER_SECONDS) > now);
            !people.is_empty()
        });
        let people = all.entry(case).or_default();
        people.retain(|it| it.person != person);
        let others = people.clone();
        people.push(Looking { person, name: name.to_owned(), writing, seen: now });
        others
    }
}
