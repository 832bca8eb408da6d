//! Customers who fall silent: the stretches of time without a sign of them.

use vigie_model::{At, Emitter};

/// A quarter without a sign is a silence: a fact to read, not a judgement about its cause.
const SILENT_DAYS: i64 = 90;

/// A long time without a sign of a customer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Silence {
    /// The last sign before it.
    pub since: At,
    /// When they came back, or now.
    pub until: At,
    /// Whether it still goes on.
    pub lasts: bool,
}

/// Whether a message by this emitter is a sign of the customer: their own, or what a colleague
/// reports of them; not what we say.
pub const fn is_sign(emitter: Emitter) -> bool {
    !matches!(emitter, Emitter::Brand | Emitter::Paid)
}

/// The silences between signs in any order, and since the last one; oldest first. Nobody is silent
/// who never gave a sign.
pub fn silences(mut signs: Vec<At>, now: At) -> Vec<Silence> {
    signs.sort();
    let ends = signs
        .iter()
        .skip(1)
        .map(|sign| (*sign, false))
        .chain([(now, true)]);
    signs
        .iter()
        .zip(ends)
        .map(|(since, (until, lasts))| Silence {
            since: *since,
            until,
            lasts,
        })
        .filter(|silence| silence.until >= silence.since.plus_days(SILENT_DAYS))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_quarter_without_a_sign_is_a_silence() {
        let day = |number: i64| At::from_millis(number * 86_400_000);
        let silence = |since, until, lasts| Silence {
            since: day(since),
            until: day(until),
            lasts,
        };
        for (signs, now, expected) in [
            (vec![], 400, vec![]),
            (vec![300, 0, 89], 389, vec![silence(89, 300, false)]),
            (vec![0], 89, vec![]),
            (vec![0], 90, vec![silence(0, 90, true)]),
            (vec![0, 90], 120, vec![silence(0, 90, false)]),
            (
                vec![0, 100],
                300,
                vec![silence(0, 100, false), silence(100, 300, true)],
            ),
        ] {
            let found = silences(signs.iter().copied().map(day).collect(), day(now));
            assert_eq!(found, expected, "{signs:?}");
        }
    }

    #[test]
    fn what_we_say_is_no_sign() {
        let signs = Emitter::ALL.iter().filter(|emitter| is_sign(**emitter));
        assert!(signs.clone().any(|emitter| *emitter == Emitter::Employee));
        assert!(signs.clone().any(|emitter| *emitter == Emitter::Customer));
        assert_eq!(signs.count(), Emitter::ALL.len() - 2);
    }
}
