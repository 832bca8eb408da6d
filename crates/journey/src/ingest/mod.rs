//! The steps of the journey, one file each, and the named types in which they pass a message
//! on.

mod analysis;
mod authors;
mod bounces;
mod channel;
mod customers;
mod deduplication;
mod excerpt;
mod metrics;
mod orders;
mod outcomes;
mod participants;
mod persist;
mod placement;
mod reanalysis;
mod receipts;
mod revision;
mod rule_application;
mod thanks;
mod visits;

use analysis::derived;
pub use analysis::{RefusedItem, analyse, received};
pub use authors::recognise;
pub use bounces::{bounces_in, note_bounces};
pub use customers::persist_customers;
pub use deduplication::{related_sources, sort};
pub(crate) use excerpt::first_words;
pub use metrics::measure;
pub use orders::{receive_orders, upsert_orders};
pub use outcomes::{BatchResult, answer, check_complete};
pub use persist::{CreatedMessage, persist_messages, persist_refused};
pub use placement::place_in_cases;
pub use reanalysis::{reanalyse_message, recount_case};
pub use receipts::send_receipts;
pub use revision::revise;
pub use thanks::forward_thanks;
pub use visits::receive_visits;

use vigie_analyse::Analysis;
use vigie_model::{
    AuthorKey, CaseId, CaseKey, ConversationKey, CustomerKey, IncomingMessage, MessageId,
};
use vigie_recognise::AuthorIdentifiers;
use vigie_store::{Conversation, ExistingMessage};

/// A message read and accepted at intake.
#[derive(Debug)]
pub struct Received {
    /// Its position in the batch.
    pub index: usize,
    /// The id it will have.
    pub id: MessageId,
    pub message: IncomingMessage,
}

/// A message with its analysis.
#[derive(Debug)]
pub struct Analysed {
    pub received: Received,
    /// Hash of the message's content.
    pub hash: Vec<u8>,
    /// What was read in it.
    pub analysis: Analysis,
    /// The version of what read it.
    pub version: String,
    /// The identifiers of its author.
    pub author_ids: AuthorIdentifiers,
    /// The network of the handle.
    pub network: String,
}

/// A new message, in its thread.
#[derive(Debug)]
pub struct Threaded {
    pub analysed: Analysed,
    /// Existing or to be opened.
    pub thread: Thread,
}

/// The thread of a message.
#[derive(Debug, Clone)]
pub enum Thread {
    /// An existing conversation.
    Known(Conversation),
    /// To be opened under this name.
    New(String),
}

/// A message with its author, and the customer they are or claim to be.
#[derive(Debug)]
pub struct Recognised {
    pub threaded: Threaded,
    pub author_key: AuthorKey,
    /// The customer, if they gave what tells who they are.
    pub customer_key: Option<CustomerKey>,
    /// Whether nothing proves yet that they are this customer.
    pub claimed: bool,
}

/// A message in its case, which was weighed.
#[derive(Debug)]
pub struct Triaged {
    pub recognised: Recognised,
    pub conversation_key: ConversationKey,
    pub case_key: CaseKey,
    pub case: CaseId,
    /// Its author is another person in this conversation: see [`MessageDetails::newcomer`].
    ///
    /// [`MessageDetails::newcomer`]: vigie_store::MessageDetails::newcomer
    pub newcomer: bool,
}

/// A message that is already stored, or occurs twice in the batch.
#[derive(Debug)]
pub struct RepeatedMessage {
    pub analysed: Analysed,
    /// The stored message; `None` when it came earlier in this same batch.
    pub existing: Option<ExistingMessage>,
}

/// A batch sorted into what is new and what is not.
#[derive(Debug)]
pub struct SortedBatch {
    pub new: Vec<Threaded>,
    /// Already stored with other content.
    pub existing: Vec<RepeatedMessage>,
    /// Already stored, unchanged: place and id.
    pub unchanged: Vec<(usize, MessageId)>,
}
