//! What is growing: bursts, near-duplicates, rumours, spread. It will take counts and messages and
//! give levels with their reasons, and it will refuse to know who is told. The room opens with the
//! alerts; nothing lives here yet.
