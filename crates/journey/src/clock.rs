//! The machine's clock and random generator, used only here; and those of tests and the demo.

use parking_lot::Mutex;
use rand::{RngCore as _, SeedableRng as _};
use rand_chacha::ChaCha8Rng;
use vigie_model::{At, Clock, Ids};

/// The system's clock.
#[derive(Debug, Clone, Copy, Default)]
pub struct SystemClock;

impl Clock for SystemClock {
    #[expect(
        clippy::disallowed_methods,
        reason = "the one place where Vigie reads the time"
    )]
    fn now(&self) -> At {
        jiff::Timestamp::now().into()
    }
}

/// Identifiers and secrets from the system's generator.
#[derive(Debug, Clone, Copy, Default)]
pub struct SystemIds;

impl Ids for SystemIds {
    #[expect(
        clippy::disallowed_methods,
        reason = "the one place where Vigie takes a chance"
    )]
    fn id(&self, at: At) -> uuid::Uuid {
        let mut bytes = [0; 10];
        rand::rng().fill_bytes(&mut bytes);
        version_7(at, &bytes)
    }

    #[expect(
        clippy::disallowed_methods,
        reason = "the one place where Vigie takes a chance"
    )]
    fn secret(&self) -> [u8; 32] {
        let mut bytes = [0; 32];
        rand::rng().fill_bytes(&mut bytes);
        bytes
    }
}

/// A version 7 UUID from an instant and ten random bytes.
pub fn version_7(at: At, random: &[u8; 10]) -> uuid::Uuid {
    let millis = u64::try_from(at.millis()).unwrap_or(0);
    uuid::Builder::from_unix_timestamp_millis(millis, random).into_uuid()
}

/// A clock set by hand.
#[derive(Debug)]
pub struct FakeClock(Mutex<At>);

impl FakeClock {
    /// A clock stopped at `now`.
    pub const fn new(now: At) -> Self {
        Self(Mutex::new(now))
    }

    /// Moves the clock.
    pub fn set(&self, now: At) {
        *self.0.lock() = now;
    }
}

impl Clock for FakeClock {
    fn now(&self) -> At {
        *self.0.lock()
    }
}

/// Identifiers and secrets drawn from a seed: the same every time.
pub struct SeededIds(Mutex<ChaCha8Rng>);

impl SeededIds {
    /// A generator with this seed.
    pub fn new(seed: u64) -> Self {
        Self(Mutex::new(ChaCha8Rng::seed_from_u64(seed)))
    }

    fn fill(&self, bytes: &mut [u8]) {
        let mut generator = self.0.lock();
        generator.fill_bytes(bytes);
    }
}

impl Ids for SeededIds {
    fn id(&self, at: At) -> uuid::Uuid {
        let mut bytes = [0; 10];
        self.fill(&mut bytes);
        version_7(at, &bytes)
    }

    fn secret(&self) -> [u8; 32] {
        let mut bytes = [0; 32];
        self.fill(&mut bytes);
        bytes
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_seed_gives_the_same_ids_and_another_seed_others() {
        let at = At::from_millis(1_795_000_000_000);
        let draw = |seed| {
            let ids = SeededIds::new(seed);
            (ids.id(at), ids.id(at), ids.secret())
        };

        assert_eq!(draw(7), draw(7));
        assert_ne!(draw(7), draw(8));
        assert_ne!(draw(7).0, draw(7).1);
    }

    #[test]
    fn the_clock_stands_still_until_it_is_moved() {
        let clock = FakeClock::new(At::from_millis(1));
        assert_eq!(clock.now(), clock.now());

        clock.set(At::from_millis(2));
        assert_eq!(clock.now(), At::from_millis(2));
    }
}
