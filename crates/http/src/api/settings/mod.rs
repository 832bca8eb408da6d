//! Brands, sources, connectors and keys.

pub mod brands;
pub mod connectors;
pub mod keys;
pub mod mailboxes;
pub mod refused_items;
pub mod source_secrets;
pub mod sources;
