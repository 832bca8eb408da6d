//! Time and chance as arguments, so that every test is exact.

use crate::At;

/// Tells the time. The house uses the system's; tests move theirs by hand.
pub trait Clock: Send + Sync {
    /// The present instant.
    fn now(&self) -> At;
}

/// Hands out fresh identifiers and secrets.
pub trait Ids: Send + Sync {
    /// A new UUID, version 7, for something that happens at `at`.
    fn id(&self, at: At) -> uuid::Uuid;

    /// 32 unguessable bytes, for tokens and keys.
    fn secret(&self) -> [u8; 32];
}
