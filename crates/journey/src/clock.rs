//! The machine's clock and random generator, used only here.

use rand::RngCore as _;
use vigie_model::{At, Clock, Ids};

/// The system's clock.
#[derive(Debug, Clone, Copy, Default)]
pub struct SystemClock;

impl Clock for SystemClock {
    #[expect(
        clippy::disallowed_methods,
        reason = "the one place where the house reads the time"
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
        reason = "the one place where the house takes a chance"
    )]
    fn id(&self, at: At) -> uuid::Uuid {
        let mut bytes = [0; 10];
        rand::rng().fill_bytes(&mut bytes);
        version_7(at, &bytes)
    }

    #[expect(
        clippy::disallowed_methods,
        reason = "the one place where the house takes a chance"
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

/// A clock set by hand and identifiers drawn from a seed: the demo and the tests are identical
/// every time.
pub struct FakeClock {
    now: std::sync::Mutex<At>,
    generator: std::sync::Mutex<rand_chacha::ChaCha8Rng>,
}

impl FakeClock {
    /// A clock stopped at `now`, with a generator using this seed.
    pub fn new(now: At, seed: u64) -> Self {
        use rand::SeedableRng as _;
        Self {
            now: std::sync::Mutex::new(now),
            generator: std::sync::Mutex::new(rand_chacha::ChaCha8Rng::seed_from_u64(seed)),
        }
    }

    /// Moves the clock.
    pub fn set(&self, now: At) {
        *self
            .now
            .lock()
            .unwrap_or_else(std::sync::PoisonError::into_inner) = now;
    }

    fn fill(&self, bytes: &mut [u8]) {
        self.generator
            .lock()
            .unwrap_or_else(std::sync::PoisonError::into_inner)
            .fill_bytes(bytes);
    }
}

impl Clock for FakeClock {
    fn now(&self) -> At {
        *self
            .now
            .lock()
            .unwrap_or_else(std::sync::PoisonError::into_inner)
    }
}

impl Ids for FakeClock {
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
