//! Rate limits: sign-ins, forms, keys. Kept in memory: a restart resets them.

use std::num::NonZeroU32;

use governor::{DefaultKeyedRateLimiter, Quota, RateLimiter, clock::Clock as _};
use parking_lot::Mutex;
use std::collections::HashMap;

use crate::Problem;

/// One limiter per purpose.
#[derive(Default)]
pub struct RateLimits {
    limiters: Mutex<HashMap<&'static str, std::sync::Arc<DefaultKeyedRateLimiter<String>>>>,
}

impl RateLimits {
    /// Lets `who` through, or returns when to try again.
    pub fn check(&self, what: &'static str, who: &str, per_minute: u32) -> Result<(), Problem> {
        let limiter = {
            let mut limiters = self.limiters.lock();
            let quota = Quota::per_minute(NonZeroU32::new(per_minute).unwrap_or(NonZeroU32::MIN));
            limiters
                .entry(what)
                .or_insert_with(|| std::sync::Arc::new(RateLimiter::keyed(quota)))
                .clone()
        };
        if limiter.len() > 50_000 {
            limiter.retain_recent();
        }
        limiter.check_key(&who.to_owned()).map_err(|until| {
            let wait = until.wait_time_from(governor::clock::DefaultClock::default().now());
            Problem::too_many_requests(u32::try_from(wait.as_secs()).unwrap_or(60) + 1)
        })
    }
}
