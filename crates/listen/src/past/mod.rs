//! `past`: messages from before Vigie, in files of any shape: tables by columns, JSON Lines,
//! mailboxes, and the exports of other helpdesks. Pure: text in, intake items out; nothing is
//! lost and each refusal names its line.

pub mod helpdesk;
pub mod mbox;

mod base;
mod columns;
mod lines;
mod mapping;
mod spec;
mod table;
mod threads;
mod times;

pub use base::{customer, order};
pub use columns::{CUSTOMERS, Catalogue, MESSAGES, ORDERS};
pub use lines::{JsonLine, JsonLines};
pub use mapping::{BoundMapping, Mapping};
pub use spec::{ImportDryRun, ImportSample, ImportSpec};
pub use table::{Table, TableRecord};
pub use threads::ThreadIndex;
