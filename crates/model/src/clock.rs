//! Time and randomness as arguments, so that every test is deterministic.

use crate::At;

/// Gives the current time: the system clock in production, a clock set by hand in tests.
pub trait Clock: Send + Sync {
    /// The present instant.
    fn now(&self) -> At;
}

/// Generates new identifiers and secrets.
pub trait Ids: Send + Sync {
    /// A new UUID, version 7, for something that happens at `at`.
    fn id(&self, at: At) -> uuid::Uuid;

    /// 32 unguessable bytes, for tokens and keys.
    fn secret(&self) -> [u8; 32];
}
