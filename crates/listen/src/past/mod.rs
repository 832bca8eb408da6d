//! `past`: messages from before Vigie, in files of any shape: tables by columns, JSON Lines,
//! mailboxes, and the exports of other helpdesks. Pure: text in, intake items out; nothing is
//! lost and each refusal names its line.

pub mod helpdesk;
pub mod mbox;

mod asked;
mod base;
mod columns;
mod lines;
mod mapping;
mod table;
mod threads;
mod times;

pub use asked::{PastAsked, PastPreview, PastSample};
pub use base::{customer, order};
pub use columns::{CUSTOMERS, Catalogue, MESSAGES, ORDERS};
pub use lines::{Line, Lines};
pub use mapping::{Bound, Mapping};
pub use table::{Record, Table};
pub use threads::Threads;
