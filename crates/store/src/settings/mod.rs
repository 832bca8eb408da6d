//! Brands, sources and keys.

pub(crate) mod brand;
pub(crate) mod brands;
pub(crate) mod keys;
pub(crate) mod retention_terms;
pub(crate) mod sources;
