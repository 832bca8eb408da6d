//! Stores everything. One file per noun, visible SQL, one statement for SQLite and PostgreSQL
//! wherever the dialects allow. It knows nothing of HTTP, of sources, or of how messages are
//! analysed and weighed: callers pass results in.
//!
//! The one rule everything relies on: **a write begins by taking the fact counter**. Writers
//! are therefore serialised on both databases, facts are numbered without gaps and become
//! visible in order, and an act can read what it needs and decide without a race.

mod cases;
mod customers;
mod database;
pub mod erasure;
mod error;
pub mod export;
mod fact_draft;
mod facts;
mod keyring;
mod measures;
mod messages;
mod outgoing;
mod pairing;
mod past;
mod people;
mod repositories;
mod row;
mod schema;
mod sealing;
mod searching;
mod settings;
mod snapshot;
mod write;

pub use cases::bulk::BulkRecord;
pub use cases::case::{Case, NewCase};
pub use cases::causes::Cause;
pub use cases::list::{CaseFilters, CaseListParams, CaseListRow, CaseSort, Cursor, View};
pub use cases::moves::{Move, MoveKind};
pub use cases::promises::Promise;
pub use cases::read_state::MOST_UNREAD;
pub use cases::rules::{Rule, RuleDefinition};
pub use cases::saved_views::{SavedView, SavedViewContent};
pub use cases::tags::{Tag, TagCount, TagRef};
pub use cases::tallies::Tally;
pub use cases::teams::{Team, TeamRef};
pub use cases::weigher::{Weigher, WeighingContext};
pub use cases::{
    assignments::Assignment, case_causes::CaseCause, closures::Closure, drafts::Draft, notes::Note,
};
pub use customers::claims::AddressCheck;
pub use customers::customer::{Customer, CustomerListRow, NewCustomer};
pub use customers::identity::{Author, Edge, LookAlike, NewAuthor};
pub use customers::joins::IdentityJoin;
pub use customers::orders::{NewOrder, Order, UpsertOutcome};
pub use customers::preferences::{Preference, PreferenceValues};
pub use customers::visits::{DailyVisits, NewVisit};
pub use database::{Database, Session};
pub use erasure::deletion::RemovedMessages;
pub use erasure::retention::ExpiredPerson;
pub use error::Error;
pub use fact_draft::FactDraft;
pub use keyring::{KeyError, Keyring};
pub use measures::first_contact::{FirstContact, LateSignal};
pub use measures::reports::ReportedCase;
pub use measures::week::{LearnedItem, Verbatim, WeeklyCause, WeeklyPromises};
pub use messages::attachment_store::AttachmentStore;
pub use messages::attachments::Attachment;
pub use messages::message::{
    Conversation, ExistingMessage, Message, MessageDetails, NewMessage, Revision,
};
pub use outgoing::cards::AnswerCard;
pub use outgoing::outbox::{Delivery, Outgoing};
pub use outgoing::questions::{NewQuestion, NewSystemMail, Question, SystemMail};
pub use outgoing::webhooks::{Webhook, WebhookAttempt};
pub use pairing::paired;
pub use past::imported_records::{ImportedKind, ImportedRecord, ImportedThing};
pub use past::imports::{Counts, Import};
pub use past::insights::{ImportInsights, ImportSegment};
pub use people::colleagues::{Colleague, ColleagueLoad};
pub use people::person::Person;
pub use people::sessions::{NewSession, OwnSession};
pub use people::tickets::{OpenTicket, Ticket, TicketPurpose};
pub use repositories::*;
pub use row::{NamedRow, Row, Value, placeholders, read_derived, readable};
pub use schema::SCHEMA;
pub use sealing::SealedSecrets;
pub use searching::found::{CaseHitRow, CustomerHitRow, MessageHitRow};
pub use searching::indexed::{CaseFacets, ChangedSubjects, EntityKind, IndexDocument};
pub use searching::saved_searches::{SavedSearch, SavedSearchContent};
pub use settings::brand::{Brand, BrandSettings, ResponseTargets};
pub use settings::keys::{ApiKey, Scope};
pub use settings::retention_terms::{RetentionClass, RetentionTerms};
pub use settings::sources::{NewSource, RefusedRecord, Source};
pub use snapshot::{schema_version, snapshot};
pub use write::{Committed, Store, Write};

/// A result whose error is the store's.
pub type Result<T, E = Error> = std::result::Result<T, E>;
