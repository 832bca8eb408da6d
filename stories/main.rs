//! End-to-end stories: a real house, its real doors, a real database. Each runs on SQLite and on PostgreSQL.
#![expect(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing, reason = "a story fails by panicking")]

mod house;

mod answering;
mod bad_input;
mod closing;
mod described;
mod facts;
mod hearing;
mod live;
mod orders;
mod orphans;
mod people;
mod rights;
mod sorting;
mod tidy;
