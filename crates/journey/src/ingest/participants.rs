//! Who takes part in the conversation of a case. Naming a mail, or a case's reply token, takes no
//! more than having seen it: whoever joins that way only is *another person*, who is given neither
//! the customer's identity nor the answers.

use std::collections::HashSet;

use vigie_model::{AuthorKey, CustomerKey, IncomingMessage, MailDetails};
use vigie_recognise::email;
use vigie_store::{Case, Message, Result, Write};

use super::Recognised;

/// The people a conversation was held with so far: who wrote, and who was written to. Whoever
/// writes from one of their addresses takes part, proved or not: the answer goes there.
#[derive(Debug, Default)]
pub struct Participants {
    authors: HashSet<AuthorKey>,
    customers: HashSet<CustomerKey>,
    /// In normal form.
    addresses: HashSet<String>,
}

impl Participants {
    /// The participants of a case that exists.
    pub async fn of(write: &mut Write, case: &Case) -> Result<Self> {
        let mut participants = Self::default();
        participants.customers.extend(case.customer_key);
        participants.authors.insert(case.author_key);
        for message in write.messages().of_case(case.key, MOST_MESSAGES).await? {
            participants.heard(&message);
        }
        let keys: Vec<_> = participants.authors.iter().copied().collect();
        for author in write.authors().by_keys(&keys).await? {
            participants.addresses.extend(author.email);
        }
        Ok(participants)
    }

    fn heard(&mut self, message: &Message) {
        if message.details.newcomer {
            return;
        }
        self.authors.extend(message.author_key);
        self.wrote_to(message.details.mail.as_deref());
    }

    fn wrote_to(&mut self, mail: Option<&MailDetails>) {
        let to = mail.into_iter().flat_map(|mail| &mail.to);
        self.addresses.extend(to.filter_map(|to| email(to)));
    }

    /// Lets the author of a message in: whether they are a newcomer, who joins by what the mail
    /// names and by nothing else.
    pub fn let_in(&mut self, message: &Recognised) -> bool {
        let incoming = &message.threaded.analysed.received.message;
        if self.is_newcomer(message, incoming) {
            return true;
        }
        self.authors.insert(message.author_key);
        let address = incoming.author.email.as_deref();
        self.addresses.extend(address.and_then(email));
        self.customers.extend(message.customer_key);
        self.wrote_to(incoming.mail.as_deref());
        false
    }

    fn is_newcomer(&self, message: &Recognised, incoming: &IncomingMessage) -> bool {
        // Elsewhere the network says who takes part in a thread; in a mail its writer does.
        let Some(mail) = &incoming.mail else {
            return false;
        };
        if self.authors.is_empty() || incoming.emitter.is_ours() || mail.automatic.is_some() {
            return false;
        }
        let address = incoming.author.email.as_deref().and_then(email);
        let is_known = self.authors.contains(&message.author_key)
            || message
                .customer_key
                .is_some_and(|key| self.customers.contains(&key))
            || address.is_some_and(|address| self.addresses.contains(&address));
        !is_known
    }
}

/// The latest messages of a case are enough to know who takes part in it.
const MOST_MESSAGES: i64 = 500;
