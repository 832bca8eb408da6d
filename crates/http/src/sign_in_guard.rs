//! Slows down who guesses passwords, without shutting out whose account it is: each wrong try from
//! a place doubles the wait there; after a hundred wrong tries in an hour, wherever they come from,
//! an account opens only in browsers it was opened in before.

use std::num::NonZeroUsize;

use lru::LruCache;
use parking_lot::Mutex;
use vigie_model::At;

use crate::{Problem, rate_limits::hashed};

/// Wrong tries from one place that cost no wait: anybody mistypes.
const FREE_TRIES: u32 = 3;
/// The longest wait between two tries from one place, in seconds.
const LONGEST_WAIT: i64 = 300;
/// After this long without a wrong try, in minutes, a place begins again.
const FORGOTTEN_MINUTES: i64 = 60;
/// Wrong tries on one account in an hour, from wherever, after which it is guarded.
const MOST_PER_HOUR: u32 = 100;
/// How many accounts and places are remembered, the latest.
const MOST_KEPT: NonZeroUsize = NonZeroUsize::new(20_000).expect("it is not zero");

/// Wrong tries so far.
pub struct SignInGuard {
    places: Mutex<LruCache<[u8; 16], WrongTries>>,
    accounts: Mutex<LruCache<[u8; 16], WrongTries>>,
}

#[derive(Debug, Clone, Copy)]
struct WrongTries {
    count: u32,
    /// Of a place its last try, of an account the first of this hour.
    at: At,
}

/// One try: at an account, from a place.
#[derive(Debug, Clone, Copy)]
pub struct Try<'a> {
    pub email: &'a str,
    /// The network it comes from.
    pub from: &'a str,
    /// Whether this browser opened the account before.
    pub known_browser: bool,
    pub now: At,
}

impl Default for SignInGuard {
    fn default() -> Self {
        Self {
            places: Mutex::new(LruCache::new(MOST_KEPT)),
            accounts: Mutex::new(LruCache::new(MOST_KEPT)),
        }
    }
}

impl SignInGuard {
    /// Lets a try through, or says when to come again.
    pub fn check(&self, one: Try<'_>) -> Result<(), Problem> {
        let until = self.places.lock().get(&place(one)).map(WrongTries::next);
        if let Some(until) = until.filter(|until| *until > one.now) {
            return Err(wait(until, one.now));
        }
        let account = self.accounts.lock().get(&hashed(one.email)).copied();
        match account.filter(|it| it.count >= MOST_PER_HOUR && !one.known_browser) {
            Some(tries) if tries.at.plus_minutes(60) > one.now => {
                Err(wait(tries.at.plus_minutes(60), one.now))
            }
            _ => Ok(()),
        }
    }

    /// Remembers a wrong try.
    pub fn failed(&self, one: Try<'_>) {
        let mut places = self.places.lock();
        let forgotten = one.now.plus_minutes(-FORGOTTEN_MINUTES);
        let before = places.get(&place(one)).filter(|it| it.at > forgotten);
        let count = before.map_or(0, |it| it.count).saturating_add(1);
        places.put(place(one), WrongTries { count, at: one.now });
        drop(places);

        let mut accounts = self.accounts.lock();
        let this_hour = one.now.plus_minutes(-60);
        let before = accounts.get(&hashed(one.email)).copied();
        let tries = match before.filter(|it| it.at > this_hour) {
            Some(before) => WrongTries {
                count: before.count.saturating_add(1),
                ..before
            },
            None => WrongTries {
                count: 1,
                at: one.now,
            },
        };
        accounts.put(hashed(one.email), tries);
    }

    /// Forgets the wrong tries of a place whose owner remembered.
    pub fn succeeded(&self, one: Try<'_>) {
        self.places.lock().pop(&place(one));
    }
}

impl WrongTries {
    /// When the next try is let through.
    fn next(&self) -> At {
        let doubled = self.count.saturating_sub(FREE_TRIES).min(16);
        let seconds = match doubled {
            0 => 0,
            doubled => (1_i64 << doubled).min(LONGEST_WAIT),
        };
        self.at.plus_seconds(seconds)
    }
}

fn place(one: Try<'_>) -> [u8; 16] {
    hashed(&format!("{}\n{}", one.from, one.email))
}

fn wait(until: At, now: At) -> Problem {
    let seconds = (until.millis() - now.millis() + 999) / 1_000;
    Problem::too_many_requests(u32::try_from(seconds).unwrap_or(u32::MAX))
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOON: At = At::from_millis(1_790_000_000_000);

    fn one(from: &str, seconds: i64) -> Try<'_> {
        Try {
            email: "anne@mail.example",
            from,
            known_browser: false,
            now: NOON.plus_seconds(seconds),
        }
    }

    #[test]
    fn each_wrong_try_doubles_the_wait_there_and_only_there() {
        let guard = SignInGuard::default();
        for (tries, wait) in [(1, 0), (2, 0), (3, 0), (4, 2), (5, 4), (6, 8), (13, 300)] {
            let guard = SignInGuard::default();
            (0..tries).for_each(|_| guard.failed(one("192.0.2.1", 0)));
            let is_open = |seconds| guard.check(one("192.0.2.1", seconds)).is_ok();

            assert!(is_open(wait), "{tries}");
            assert!(wait == 0 || !is_open(wait - 1), "{tries}");
            assert!(guard.check(one("192.0.2.2", 0)).is_ok(), "elsewhere");
        }
        (0..9).for_each(|_| guard.failed(one("192.0.2.1", 0)));
        guard.succeeded(one("192.0.2.1", 0));
        assert!(guard.check(one("192.0.2.1", 0)).is_ok(), "remembered");
    }

    #[test]
    fn many_places_do_not_guess_more_and_the_owner_comes_in() {
        let guard = SignInGuard::default();
        for number in 0..MOST_PER_HOUR {
            let from = format!("2001:db8:{number:x}::/64");
            assert!(guard.check(one(&from, 0)).is_ok());
            guard.failed(one(&from, 0));
        }

        assert!(guard.check(one("198.51.100.1", 0)).is_err());
        let mut owner = one("203.0.113.1", 0);
        owner.known_browser = true;
        assert!(guard.check(owner).is_ok());
        owner.email = "paul@mail.example";
        owner.known_browser = false;
        assert!(guard.check(owner).is_ok(), "another account");
        assert!(
            guard.check(one("198.51.100.1", 3_600)).is_ok(),
            "an hour later"
        );
    }
}
