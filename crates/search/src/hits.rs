//! What a search gives: its order, its hits, and how many there are of each value.

use std::collections::BTreeMap;

/// The order of search results.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum SortOrder {
    /// Most relevant first.
    #[default]
    Rank,
    /// Newest first.
    Date,
}

/// One result of a search.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Hit {
    /// Of the message, the case or the customer.
    pub key: i64,
    /// Its sort key.
    pub sort_key: f64,
}

/// Values with their number of results, by field.
pub type FacetCounts = BTreeMap<&'static str, Vec<(String, u64)>>;
