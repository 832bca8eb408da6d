//! What is growing: bursts, near-duplicates, rumours, spread. It will take counts and messages
//! and return levels with their reasons, without knowing who is notified. The crate is still
//! empty: it comes with alerts.
