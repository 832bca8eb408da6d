//! Collects what a mail is made of from the case it answers.

use vigie_model::Lang;
use vigie_store::{Message, Outgoing, Write};

use super::{OutgoingMail, compose::Quotation};
use crate::{Error, Result, format_datetime_of_year, recipients::addressee};

/// The longest quotation included, in characters.
const MOST_QUOTED: usize = 4_000;

/// Collects the content of an answer's mail.
///
/// # Errors
/// [`Error::NoWayBack`] when the customer gave no address.
pub async fn gather(write: &mut Write, out: &Outgoing) -> Result<OutgoingMail> {
    let message = write.messages().by_key(out.message_key).await?;
    let case = write.cases().by_key(out.case_key).await?;
    let brand = write.brands().by_key(case.brand_key).await?;
    let (author, answered) = addressee(write, &case, &message).await?;
    let answered = answered.as_ref();
    let to = author.email.clone().ok_or(Error::NoWayBack(
        "the customer gave no address: call or write otherwise",
    ))?;
    let lang = case.customer_lang();
    Ok(OutgoingMail {
        id: message.external_id.clone(),
        person: if out.receipt {
            String::new()
        } else {
            message.who.clone()
        },
        brand: brand.name,
        to,
        to_name: author.name.clone(),
        subject: answered
            .and_then(|it| it.title.clone())
            .unwrap_or(case.title.clone()),
        text: message.text.clone(),
        lang,
        at: message.at,
        reply_token: write.reply_tokens().for_case(case.number).await?,
        thread: answered.map(thread).unwrap_or_default(),
        quoted: answered.map(|message| quotation(message, &brand.settings.timezone, lang)),
        automatic: out.receipt,
    })
}

fn quotation(message: &Message, zone: &str, lang: Lang) -> Quotation {
    Quotation {
        who: display_name(message),
        moment: format_datetime_of_year(message.at, zone, lang),
        text: message.text.chars().take(MOST_QUOTED).collect(),
    }
}

/// The ids of the thread, oldest first, ending with the mail answered.
fn thread(answered: &Message) -> Vec<String> {
    let mut ids = answered
        .details
        .mail
        .as_ref()
        .map(|it| it.references.clone())
        .unwrap_or_default();
    ids.reverse();
    // A mail that came without an id has one of ours, which nobody else knows: it is left out.
    ids.extend(Some(answered.external_id.clone()).filter(|it| !it.starts_with("raw:")));
    let kept = ids.len().saturating_sub(20);
    ids.split_off(kept)
}

fn display_name(message: &Message) -> String {
    if message.who.is_empty() {
        "?".into()
    } else {
        message.who.clone()
    }
}
