//! The steps of the journey, one file each, and the named types by which they hand a message over.

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

/// Read and accepted at the door.
#[derive(Debug)]
pub struct Received {
    /// Its place in the batch.
    pub place: usize,
    /// The id it will bear.
    pub id: MessageId,
    /// What came.
    pub message: Incoming,
}

/// Understood, as far as a program understands.
#[derive(Debug)]
pub struct Analysed {
    /// What came.
    pub received: Received,
    /// Hash of its content.
    pub hash: Vec<u8>,
    /// What was read in it.
    pub analysis: Analysis,
    /// What it tells of its author.
    pub told: Told,
    /// Where a handle lives.
    pub network: String,
}

/// New here, in its thread.
#[derive(Debug)]
pub struct Threaded {
    /// The message.
    pub analysed: Analysed,
    /// Its thread, known or to be opened.
    pub thread: Thread,
}

/// A thread.
#[derive(Debug, Clone)]
pub enum Thread {
    /// Already open.
    Known(Conversation),
    /// To be opened under this name.
    New(String),
}

/// Recognised, as far as identifiers prove.
#[derive(Debug)]
pub struct Recognised {
    /// The message.
    pub threaded: Threaded,
    /// Who speaks.
    pub author_key: i64,
    /// The customer, when proved.
    pub customer_key: Option<i64>,
}

/// In a case, weighed.
#[derive(Debug)]
pub struct Triaged {
    /// The message.
    pub recognised: Recognised,
    /// Its thread.
    pub conversation_key: i64,
    /// Its case.
    pub case_key: i64,
    /// Its case, by public id.
    pub case: CaseId,
}

/// What a batch holds that is already there, or comes twice in it.
#[derive(Debug)]
pub struct Again {
    /// What came.
    pub analysed: Analysed,
    /// What is there; nothing when it came first in this same batch.
    pub known: Option<Known>,
}

/// A batch sorted into what is new and what is not.
#[derive(Debug)]
pub struct Sorted {
    /// New.
    pub new: Vec<Threaded>,
    /// There already, with other words.
    pub known: Vec<Again>,
    /// There already, the same: place and id.
    pub unchanged: Vec<(usize, MessageId)>,
}
