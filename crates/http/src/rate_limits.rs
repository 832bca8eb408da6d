//! Rate limits: sign-ins, forms, keys. Kept in memory, whose size does not depend on who tries: a
//! restart resets them.

use std::{collections::HashMap, num::NonZeroU32, num::NonZeroUsize, sync::Arc};

use governor::{
    DefaultDirectRateLimiter, Quota, RateLimiter,
    clock::{Clock as _, DefaultClock},
};
use lru::LruCache;
use parking_lot::Mutex;
use sha2::{Digest as _, Sha256};

use crate::Problem;

/// How many callers are remembered for one purpose, the latest: whoever makes up more names than
/// that forgets their own first.
const MOST_CALLERS: NonZeroUsize = NonZeroUsize::new(20_000).expect("it is not zero");

/// A caller by the beginning of a hash: names come from outside, and may be long.
type Caller = [u8; 16];

/// One limiter per purpose and caller.
#[derive(Default)]
pub struct RateLimits {
    purposes: Mutex<HashMap<&'static str, LruCache<Caller, Arc<DefaultDirectRateLimiter>>>>,
}

impl RateLimits {
    /// Lets `who` through, or returns when to try again.
    pub fn check(&self, what: &'static str, who: &str, per_minute: u32) -> Result<(), Problem> {
        let quota = Quota::per_minute(NonZeroU32::new(per_minute).unwrap_or(NonZeroU32::MIN));
        let limiter = {
            let mut purposes = self.purposes.lock();
            let callers = purposes
                .entry(what)
                .or_insert_with(|| LruCache::new(MOST_CALLERS));
            let new = || Arc::new(RateLimiter::direct(quota));
            Arc::clone(callers.get_or_insert(hashed(who), new))
        };
        limiter.check().map_err(|until| {
            let wait = until.wait_time_from(DefaultClock::default().now());
            Problem::too_many_requests(u32::try_from(wait.as_secs()).unwrap_or(60) + 1)
        })
    }
}

/// The beginning of the SHA-256 of a name.
pub fn hashed(name: &str) -> [u8; 16] {
    let mut beginning = [0; 16];
    for (byte, hash) in beginning.iter_mut().zip(Sha256::digest(name)) {
        *byte = hash;
    }
    beginning
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_caller_has_tries_of_their_own() {
        let limits = RateLimits::default();
        let tries = |who: &str| {
            (0..5)
                .filter(|_| limits.check("form", who, 3).is_ok())
                .count()
        };

        assert_eq!((tries("jo"), tries("jo"), tries("al")), (3, 0, 3));
        assert!(limits.check("sign_in", "jo", 3).is_ok(), "another purpose");
    }

    #[test]
    fn made_up_names_take_no_more_memory() {
        let limits = RateLimits::default();

        for number in 0..MOST_CALLERS.get() + 500 {
            limits.check("form", &number.to_string(), 3).unwrap();
        }

        assert_eq!(limits.purposes.lock()["form"].len(), MOST_CALLERS.get());
    }
}
