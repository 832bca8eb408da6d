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
mod case_list;
mod cases;
mod causes;
mod colleagues;
mod customers;
mod database;
mod deletion;
pub mod erasure;
mod error;
pub mod export;
mod facts;
mod first_contact;
mod found;
mod identity;
mod import_insights;
mod imported_records;
mod imports;
mod indexed;
mod ingest_delay;
mod keys;
mod message_writes;
mod messages;
mod moves;
mod orders;
mod outbox;
mod pairing;
mod people;
mod preferences;
mod promises;
mod questions;
mod read_state;
mod reply_token;
mod reports;
mod retention;
mod row;
mod rules;
mod saved_searches;
mod saved_views;
mod schema;
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

pub use attachments::{Attachment, AttachmentStore};
pub use brands::{Brand, BrandSettings, ResponseTargets};
pub use bulk::BulkRecord;
pub use cards::AnswerCard;
pub use case_list::{CaseFilters, CaseListParams, CaseListRow, CaseSort, Cursor, View};
pub use cases::{Case, CaseKey, NewCase};
pub use causes::Cause;
pub use colleagues::{Colleague, ColleagueLoad};
pub use customers::{Customer, CustomerListRow, NewCustomer};
pub use database::{Database, Session};
pub use deletion::RemovedMessages;
pub use error::Error;
pub use facts::FactDraft;
pub use first_contact::{FirstContact, LateSignal};
pub use found::{CaseHitRow, CustomerHitRow, MessageHitRow};
pub use identity::{Author, Edge, IdentityJoin, NewAuthor};
pub use import_insights::{ImportInsights, ImportSegment};
pub use imported_records::{ImportedKind, ImportedRecord};
pub use imports::{Counts, Import};
pub use indexed::{CaseFacets, ChangedSubjects, EntityKind, IndexDocument};
pub use keys::{ApiKey, Scope};
pub use messages::{Conversation, ExistingMessage, Message, MessageDetails, NewMessage, Revision};
pub use moves::{Move, MoveKind};
pub use orders::{NewOrder, Order, UpsertOutcome};
pub use outbox::{Delivery, Outgoing};
pub use pairing::paired;
pub use people::{Person, PersonSession as SignedIn};
pub use preferences::{Preference, PreferenceValues};
pub use promises::Promise;
pub use questions::{ColleagueMail, NewQuestion, Question};
pub use read_state::MOST_UNREAD;
pub use reports::ReportedCase;
pub use retention::{ExpiredPerson, RetentionClass, RetentionTerms};
pub use row::{Row, Value, placeholders};
pub use rules::{Rule, RuleDefinition};
pub use saved_searches::{SavedSearch, SavedSearchContent};
pub use saved_views::{SavedView, SavedViewContent};
pub use schema::SCHEMA;
pub use snapshot::{schema_version, snapshot};
pub use sources::{RefusedRecord, Source};
pub use tags::{Tag, TagCount, TagRef};
pub use tallies::Tally;
pub use teams::{Team, TeamRef};
pub use things::{Assignment, CaseCause, Closure, Draft, Note};
pub use tickets::{OpenTicket, Ticket, TicketPurpose};
pub use visits::{DailyVisits, NewVisit};
pub use webhooks::{Webhook, WebhookAttempt};
pub use week::{LearnedItem, Verbatim, WeeklyCause, WeeklyPromises};
pub use weigher::{Weigher, WeighingContext};
pub use write::{Committed, Store, Write};

/// A result whose error is the store's.
pub type Result<T, E = Error> = std::result::Result<T, E>;
