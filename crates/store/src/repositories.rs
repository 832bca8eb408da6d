//! One repository per noun: `read.customers().find(id)`, `write.cases().save(&before, &mut after)`.
//!
//! A repository is a view of the session or the write it is taken from, at no cost. The `…Mut` one
//! writes, and reads what the same write has done so far.

use std::ops::{Deref, DerefMut};

use ref_cast::RefCast;

use crate::{Session, Write};

macro_rules! read_only {
    ($($(#[$doc:meta])+ $accessor:ident: $read:ident;)+) => {
        $(
            $(#[$doc])+
            #[derive(RefCast)]
            #[repr(transparent)]
            pub struct $read(pub(crate) Session);
        )+

        impl Session {
            $(
                $(#[$doc])+
                pub fn $accessor(&mut self) -> &mut $read {
                    $read::ref_cast_mut(self)
                }
            )+
        }
    };
}

macro_rules! repositories {
    ($($(#[$doc:meta])+ $accessor:ident: $read:ident, $write:ident;)+) => {
        read_only! { $($(#[$doc])+ $accessor: $read;)+ }

        $(
            $(#[$doc])+
            #[derive(RefCast)]
            #[repr(transparent)]
            pub struct $write(pub(crate) Write);

            impl Deref for $write {
                type Target = $read;

                fn deref(&self) -> &$read {
                    $read::ref_cast(&self.0)
                }
            }

            impl DerefMut for $write {
                fn deref_mut(&mut self) -> &mut $read {
                    $read::ref_cast_mut(&mut self.0)
                }
            }
        )+

        impl Write {
            $(
                $(#[$doc])+
                pub fn $accessor(&mut self) -> &mut $write {
                    $write::ref_cast_mut(self)
                }
            )+
        }
    };
}

repositories! {
    /// Cases, one row per case; lists, counts and weighing.
    cases: Cases, CasesMut;
    /// Who had which case, and when.
    assignments: Assignments, AssignmentsMut;
    /// Acts on many cases at once, kept for their undo.
    bulk_acts: BulkActs, BulkActsMut;
    /// The cause named for each case.
    case_causes: CaseCauses, CaseCausesMut;
    /// Causes a brand names.
    causes: Causes, CausesMut;
    /// How cases ended.
    closures: Closures, ClosuresMut;
    /// Answers being written.
    drafts: Drafts, DraftsMut;
    /// Splits and joins of cases.
    moves: Moves, MovesMut;
    /// Comments of colleagues on cases.
    notes: Notes, NotesMut;
    /// Words given to one customer.
    promises: Promises, PromisesMut;
    /// What each person has read.
    read_states: ReadStates, ReadStatesMut;
    /// Sorting rules.
    rules: Rules, RulesMut;
    /// Inbox filters people keep.
    saved_views: SavedViews, SavedViewsMut;
    /// Marks people put on cases.
    tags: Tags, TagsMut;
    /// Teams, their members and hours.
    teams: Teams, TeamsMut;
    /// Customers, the accounts that are theirs, and joins.
    customers: Customers, CustomersMut;
    /// Accounts that speak.
    authors: Authors, AuthorsMut;
    /// Mails that ask the owner of an address whether it was them.
    address_checks: AddressChecks, AddressChecksMut;
    /// Purchases.
    orders: Orders, OrdersMut;
    /// How a customer wants to be reached.
    preferences: Preferences, PreferencesMut;
    /// Days on which an account visited.
    visits: Visits, VisitsMut;
    /// Removes messages and all that hangs on them.
    deletions: Deletions, DeletionsMut;
    /// Every copy of what one person left, and its erasure.
    traces: Traces, TracesMut;
    /// What staff reported of customers.
    reports: Reports, ReportsMut;
    /// Files that came with messages.
    attachments: Attachments, AttachmentsMut;
    /// Messages, their revisions and what was derived from them.
    messages: Messages, MessagesMut;
    /// Threads on one channel.
    conversations: Conversations, ConversationsMut;
    /// Agreed answers.
    answer_cards: AnswerCards, AnswerCardsMut;
    /// Answers on their way out.
    outbox: Outbox, OutboxMut;
    /// Questions to colleagues.
    questions: Questions, QuestionsMut;
    /// Mails of Vigie's own, on their way.
    system_mails: SystemMails, SystemMailsMut;
    /// Addresses told of facts.
    webhooks: Webhooks, WebhooksMut;
    /// What an import changed, for its undo.
    imported_records: ImportedRecords, ImportedRecordsMut;
    /// Imports of the past.
    imports: Imports, ImportsMut;
    /// People who answer questions by mail.
    colleagues: Colleagues, ColleaguesMut;
    /// People who sign in.
    people: People, PeopleMut;
    /// Who is signed in.
    sessions: Sessions, SessionsMut;
    /// Links that work once.
    tickets: Tickets, TicketsMut;
    /// Searches people keep.
    saved_searches: SavedSearches, SavedSearchesMut;
    /// Brands and their settings.
    brands: Brands, BrandsMut;
    /// Keys of programs.
    api_keys: ApiKeys, ApiKeysMut;
    /// Connections to media.
    sources: Sources, SourcesMut;
    /// Items that could not be taken in.
    refused_items: RefusedItems, RefusedItemsMut;
}

read_only! {
    /// Counts per view, kept as cases change.
    tallies: Tallies;
    /// How long people are kept.
    retention: Retention;
    /// Tables as sheets, for exports.
    exports: Exports;
    /// The history, in the order of its numbers.
    facts: Facts;
    /// Figures over periods.
    measures: Measures;
    /// Tokens by which an answer finds its case or question.
    reply_tokens: ReplyTokens;
    /// What an import shows.
    insights: Insights;
    /// Rows of search results.
    hits: Hits;
    /// What the search index is built from.
    index_documents: IndexDocuments;
}
