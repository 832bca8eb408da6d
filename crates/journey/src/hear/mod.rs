//! The steps of the journey, one file each, and the named types in which they pass a message
//! on.

mod again;
mod bounces;
mod customers;
mod keeping;
mod measuring;
mod orders;
mod placing;
mod reading;
mod receipts;
mod ruling;
mod sorting;
mod speakers;
mod thanks;
mod visits;
mod words;

pub use again::{look_again, read_again};
pub use bounces::{came_back, note_bounces};
pub use customers::keep_customers;
pub use keeping::{Answers, Created, answer, keep_messages, keep_refused, revise};
pub use measuring::measure;
pub use orders::{keep_orders, receive_orders};
pub use placing::place_in_cases;
pub use reading::{RefusedItem, analyse, received};
pub use receipts::send_receipts;
pub use sorting::{siblings, sort};
pub use speakers::recognise;
pub use thanks::pass_thanks_on;
pub use visits::receive_visits;
pub(crate) use words::first_words;

use vigie_analyse::Analysis;
use vigie_model::{CaseId, Incoming, MessageId};
use vigie_recognise::Told;
use vigie_store::{Conversation, Known};

/// A message read and accepted at intake.
#[derive(Debug)]
pub struct Received {
    /// Its position in the batch.
    pub place: usize,
    /// The id it will have.
    pub id: MessageId,
    pub message: Incoming,
}

/// A message with its analysis.
#[derive(Debug)]
pub struct Analysed {
    pub received: Received,
    /// Hash of the message's content.
    pub hash: Vec<u8>,
    /// What was read in it.
    pub analysis: Analysis,
    /// The identifiers of its author.
    pub told: Told,
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

/// A message with its author, and its customer if identifiers prove it.
#[derive(Debug)]
pub struct Recognised {
    pub threaded: Threaded,
    pub author_key: i64,
    /// The customer, if proved.
    pub customer_key: Option<i64>,
}

/// A message in its case, which was weighed.
#[derive(Debug)]
pub struct Triaged {
    pub recognised: Recognised,
    pub conversation_key: i64,
    pub case_key: i64,
    pub case: CaseId,
}

/// A message that is already stored, or occurs twice in the batch.
#[derive(Debug)]
pub struct Again {
    pub analysed: Analysed,
    /// The stored message; `None` when it came earlier in this same batch.
    pub known: Option<Known>,
}

/// A batch sorted into what is new and what is not.
#[derive(Debug)]
pub struct Sorted {
    pub new: Vec<Threaded>,
    /// Already stored with other content.
    pub known: Vec<Again>,
    /// Already stored, unchanged: place and id.
    pub unchanged: Vec<(usize, MessageId)>,
}
