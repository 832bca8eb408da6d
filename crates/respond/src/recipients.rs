//! Whom an answer can go to. It goes to the customer, where they wrote last; somebody else of the
//! conversation is answered when a person chooses to, never by default.

use std::collections::HashSet;

use vigie_model::AuthorId;
use vigie_store::{Author, Case, Message, Session};

use crate::{Error, Result};

/// The latest messages of a case among which people to answer are looked for.
const MOST_MESSAGES: i64 = 500;

/// Somebody who wrote in a case.
#[derive(Debug, Clone, PartialEq)]
pub struct Recipient {
    pub author: Author,
    /// What is answered: the last they wrote.
    pub answered: Message,
    /// Whether the case's customer is known by the address this author writes from.
    pub known: bool,
    /// Whether they are another person, who joined the conversation only by naming it.
    pub newcomer: bool,
}

/// Everybody who can be answered in a case: first the one an answer goes to by default.
pub async fn recipients(session: &mut Session, case: &Case) -> Result<Vec<Recipient>> {
    let messages = session.messages().of_case(case.key, MOST_MESSAGES).await?;
    let mut met = HashSet::new();
    let mut found = Vec::new();
    for message in messages.into_iter().rev().filter(is_of_a_person_outside) {
        let Some(author_key) = message.author_key.filter(|key| met.insert(*key)) else {
            continue;
        };
        let author = session.authors().by_key(author_key).await?;
        let known = is_customer(case, &author);
        found.push(Recipient {
            newcomer: message.details.newcomer && !known,
            answered: message,
            author,
            known,
        });
    }
    // Whom a customer copies in may have been copied in under their name: they come after.
    found.sort_by_key(|recipient| (recipient.newcomer, !recipient.known));
    know_by_address(&mut found);
    Ok(found)
}

/// Whoever writes from an address of the customer's, proved or not, is answered at that address.
fn know_by_address(found: &mut [Recipient]) {
    let known = found.iter().filter(|recipient| recipient.known);
    let addresses: HashSet<String> = known.filter_map(|it| it.author.email.clone()).collect();
    for recipient in found {
        let email = recipient.author.email.as_ref();
        recipient.known |= email.is_some_and(|email| addresses.contains(email));
        recipient.newcomer &= !recipient.known;
    }
}

/// Whom this answer goes to; `None` when nobody outside the company wrote in the case.
///
/// # Errors
/// [`Error::NoSuchRecipient`] when `to` names somebody who did not write in the case.
pub async fn recipient(
    session: &mut Session,
    case: &Case,
    to: Option<AuthorId>,
) -> Result<Option<Recipient>> {
    let mut all = recipients(session, case).await?.into_iter();
    let Some(id) = to else {
        return Ok(all.next());
    };
    let chosen = all.find(|recipient| recipient.author.id == id);
    chosen.map(Some).ok_or(Error::NoSuchRecipient)
}

/// Whom an answer of ours was written to, and what it answers: they stay the same whatever
/// becomes of the case before it leaves.
pub async fn addressee(
    session: &mut Session,
    case: &Case,
    answer: &Message,
) -> Result<(Author, Option<Message>)> {
    let all = recipients(session, case).await?;
    let of_answer = |recipient: &Recipient| match answer.details.to {
        Some(id) => recipient.author.id == id,
        None => true,
    };
    if let Some(recipient) = all.into_iter().find(of_answer) {
        return Ok((recipient.author, Some(recipient.answered)));
    }
    let author = match answer.details.to {
        Some(id) => session.authors().find(id).await?,
        None => session.authors().by_key(case.author_key).await?,
    };
    Ok((author, None))
}

fn is_of_a_person_outside(message: &Message) -> bool {
    let mail = message.details.mail.as_ref();
    let automatic = mail.is_some_and(|mail| mail.automatic.is_some());
    message.author_key.is_some() && !message.emitter.is_ours() && !automatic
}

fn is_customer(case: &Case, author: &Author) -> bool {
    let same = author.customer_key.is_some() && author.customer_key == case.customer_key;
    author.key == case.author_key || same
}
