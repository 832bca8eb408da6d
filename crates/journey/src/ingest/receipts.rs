//! The plain receipt: a copy, a number, an honest delay. It is off unless a mailbox enables
//! it, never stops a clock, and cannot start a loop: one per address and day, never in reply
//! to automatic mail, and marked so that no program answers it.

use vigie_model::{Act, Channel, Emitter, Lang, MessageId, SourceKind, Visibility};
use vigie_store::{
    Brand, Case, FactDraft, Message, MessageDetails, NewMessage, Result, Source, Write,
};
use vigie_wording::catalogue;

use super::{CreatedMessage, first_words};
use crate::Instance;

/// Sends a receipt for each case this batch opened, if the mailbox enables it.
pub async fn send_receipts(
    instance: &Instance,
    write: &mut Write,
    source: &Source,
    brand: &Brand,
    created: &[CreatedMessage],
) -> Result<()> {
    if source.kind != SourceKind::MAIL {
        return Ok(());
    }
    let mailbox =
        vigie_respond::mail::settings_of(source).map_err(vigie_store::Error::Inconsistent)?;
    if !mailbox.receipt {
        return Ok(());
    }
    for made in created {
        let message = write.messages().by_key(made.existing.key).await?;
        let case = write.cases().by_key(made.existing.case_key).await?;
        if is_due(write, &mailbox.own(), &case, &message).await? {
            send(instance, write, brand, mailbox.domain(), &case, &message).await?;
        }
    }
    Ok(())
}

/// Whether a receipt is due: the first message of a case, by a person, from an address that
/// got no receipt for a day.
async fn is_due(write: &mut Write, own: &[String], case: &Case, message: &Message) -> Result<bool> {
    let automatic = message
        .details
        .mail
        .as_ref()
        .is_none_or(|it| it.automatic.is_some());
    let first = case.messages == 1 && case.answered_at.is_none() && case.closed_at.is_none();
    if automatic || !first || message.emitter != Emitter::Customer {
        return Ok(false);
    }
    let Some(author_key) = message.author_key else {
        return Ok(false);
    };
    let Some(email) = write.authors().by_key(author_key).await?.email else {
        return Ok(false);
    };
    let local = email
        .split('@')
        .next()
        .unwrap_or_default()
        .replace(['-', '_', '.'], "");
    let machine = [
        "noreply",
        "donotreply",
        "nepasrepondre",
        "mailerdaemon",
        "postmaster",
    ]
    .contains(&local.as_str());
    if machine || own.contains(&email) {
        return Ok(false);
    }
    let since = write.at().plus_days(-1);
    Ok(write.outbox().receipts_since(&email, since).await? == 0)
}

async fn send(
    instance: &Instance,
    write: &mut Write,
    brand: &Brand,
    domain: &str,
    case: &Case,
    message: &Message,
) -> Result<()> {
    let id = MessageId(write.id());
    let lang = case.customer_lang();
    let new = NewMessage {
        id,
        source_key: message.source_key,
        external_id: format!("{id}@{domain}"),
        brand_key: case.brand_key,
        conversation_key: message.conversation_key,
        case_key: case.key,
        author_key: None,
        person_key: None,
        emitter: Emitter::Brand,
        visibility: Visibility::Private,
        channel: Channel::Mail,
        at: write.at(),
        at_offset: 0,
        text: words(instance, brand, case, message, lang),
        html: None,
        title: None,
        url: None,
        in_reply_to: None,
        details: MessageDetails {
            to: Some(write.authors().by_key(case.author_key).await?.id),
            ..MessageDetails::default()
        },
        content_hash: vec![],
    };
    let key = write.messages().insert(new).await?;
    let at = write.at();
    let out = write
        .outbox()
        .insert(case.key, key, message.source_key, at, true)
        .await?;
    let fact = FactDraft::new(Act::ReceiptSent)
        .of_case(case)
        .on("message", id.0)
        .on("answer", out.0);
    write.fact(fact);
    Ok(())
}

fn words(instance: &Instance, brand: &Brand, case: &Case, message: &Message, lang: Lang) -> String {
    let now = instance.store.now();
    let targets = &brand.settings.targets;
    let due = instance
        .weigher
        .calendar(brand, now)
        .after(now, targets.complaint.max(targets.question));
    let when = vigie_respond::format_datetime(due, &brand.settings.timezone, lang);
    let copy = first_words(&message.text, 500);
    catalogue(lang)
        .receipt
        .text(&brand.name, copy, case.number, when)
}
