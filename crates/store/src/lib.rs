//! Stores everything. One file per noun, visible SQL, one statement for SQLite and PostgreSQL
//! wherever the dialects allow. It knows nothing of HTTP, of sources, or of how messages are
//! analysed and weighed: callers pass results in.
//!
//! The one rule everything relies on: **a write begins by taking the fact counter**. Writers
//! are therefore serialised on both databases, facts are numbered without gaps and become
//! visible in order, and an act can read what it needs and decide without a race.

mod attachments;
mod brands;
mod bulk;
mod cards;
mod cases;
mod cases_list;
mod causes;
mod colleagues;
mod customers;
mod database;
pub mod erasing;
mod error;
pub mod exporting;
mod facts;
mod first_contact;
mod found;
mod heard_after;
mod identity;
mod imported_base;
mod imports;
mod indexed;
mod keeping;
mod keys;
mod messages;
mod moves;
mod orders;
mod outbox;
mod own_past;
mod people;
mod preferences;
mod private_words;
mod promises;
mod questions;
mod removing;
mod reports;
mod retention;
mod row;
mod rules;
mod saved_searches;
mod saved_views;
mod schema;
mod seen;
mod snapshot;
mod sources;
mod tags;
mod tallies;
mod teams;
mod things;
mod tickets;
mod visits;
mod webhooks;
mod week;
mod weigher;
mod write;

pub use attachments::{Attachment, Files};
pub use brands::{Brand, BrandSettings, Targets};
pub use bulk::Bulk;
pub use cards::AnswerCard;
pub use cases::{Case, CaseKey, NewCase};
pub use cases_list::{Asked, Cursor, ListedCase, Narrowed, Sorting, View};
pub use causes::Cause;
pub use colleagues::{Colleague, Load};
pub use customers::{Customer, CustomerLine, NewCustomer};
pub use database::{Database, Session};
pub use error::Error;
pub use facts::FactDraft;
pub use first_contact::{FirstContact, LateSignal};
pub use found::{CaseRow, CustomerRow, ResultRow};
pub use identity::{Author, Edge, IdentityJoin, NewAuthor};
pub use imported_base::{ImportedThing, Thing};
pub use imports::{Counts, Import};
pub use indexed::{Indexed, Noun, OfCase, Touched};
pub use keys::{ApiKey, Scope};
pub use messages::{Conversation, Details, Known, Message, NewMessage, Revision};
pub use moves::{Move, MoveKind};
pub use orders::{Kept, NewOrder, Order};
pub use outbox::{Delivery, Outgoing};
pub use own_past::{OwnPast, PartOfPast};
pub use people::{Person, Session as SignedIn};
pub use preferences::{Preference, Preferred};
pub use promises::Promise;
pub use questions::{HouseLetter, NewQuestion, Question};
pub use removing::Removed;
pub use reports::ReportedCase;
pub use retention::{PastTerm, Standing, Terms};
pub use row::{Row, Value, placeholders};
pub use rules::{Rule, RuleSaid};
pub use saved_searches::{SavedSearch, SearchKept};
pub use saved_views::{SavedView, ViewKept};
pub use schema::SCHEMA;
pub use seen::MOST_UNREAD;
pub use snapshot::{schema_version, snapshot};
pub use sources::{Refused, Source};
pub use tags::{Tag, TagCount, TagNamed};
pub use tallies::Tally;
pub use teams::{Team, TeamNamed};
pub use things::{Assignment, CaseCause, Closure, Draft, Note};
pub use tickets::{OpenTicket, Ticket, TicketPurpose};
pub use visits::{DayOfVisits, NewVisit};
pub use webhooks::{Attempt, Webhook};
pub use week::{CauseOfWeek, Learned, PromisesOfWeek, Verbatim};
pub use weigher::{Around, Weigher};
pub use write::{Committed, Store, Write};

/// A result whose error is the store's.
pub type Result<T, E = Error> = std::result::Result<T, E>;
