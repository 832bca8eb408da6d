//! End-to-end stories: a real server, its real routes, a real database. Each runs on SQLite and on
//! PostgreSQL.
#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "a story fails by panicking"
)]

mod test_server;

mod another_analyser;
mod answering;
mod bad_input;
mod bulk;
mod claims;
mod claims_by_mail;
mod closing;
mod colleague;
mod described;
mod erasure;
mod export;
mod facts;
mod hearing;
mod inbox;
mod live;
mod mail;
mod mail_protected;
mod newcomers;
mod null_connector;
mod orders;
mod orphans;
mod pages;
mod past;
mod people;
mod post_office;
mod private_links;
mod retention;
mod rights;
mod rules;
mod search;
mod sign_in;
mod sorting;
mod source_forms;
mod tags;
mod teams;
mod translation;
mod uploads;
mod visits;
mod webhooks;
