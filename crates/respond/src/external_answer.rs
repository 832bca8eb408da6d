//! "Answered there": the answer was given on the network itself; a link or a screenshot proves
//! it.

use vigie_model::{Act, CaseId, CaseState, Emitter, FileRef, MessageId, Visibility};
use vigie_store::{Case, FactDraft, MessageDetails, NewMessage, Person, Write};

use crate::{Error, Result};

/// An answer given elsewhere.
#[derive(Debug, Clone)]
pub struct ExternalAnswer {
    pub case: CaseId,
    /// The text given there.
    pub text: String,
    /// Where it can be viewed.
    pub url: Option<String>,
    /// Already stored.
    pub screenshots: Vec<FileRef>,
}

/// Records an answer given elsewhere, with its proof.
///
/// # Errors
/// [`Error::ProofMissing`] without a link or a screenshot.
pub async fn record_external_answer(
    write: &mut Write,
    person: &Person,
    answer: ExternalAnswer,
) -> Result<MessageId> {
    if answer.text.trim().is_empty() {
        return Err(Error::Empty);
    }
    let web = |url: &&String| url.starts_with("https://") || url.starts_with("http://");
    let url = answer.url.as_ref().filter(web).cloned();
    if url.is_none() && answer.screenshots.is_empty() {
        return Err(Error::ProofMissing);
    }
    let before = write.cases().find(answer.case).await?;
    let id = MessageId(write.id());
    let message = NewMessage {
        id,
        source_key: before.source_key,
        external_id: format!("vigie:{id}"),
        brand_key: before.brand_key,
        conversation_key: before.conversation_key,
        case_key: before.key,
        author_key: None,
        person_key: Some(person.key),
        emitter: Emitter::Brand,
        visibility: Visibility::Public,
        channel: before.channel,
        at: write.at(),
        at_offset: 0,
        text: answer.text,
        html: None,
        title: None,
        url,
        in_reply_to: None,
        details: MessageDetails::default(),
        content_hash: vec![],
    };
    let key = Some(write.messages().insert(message).await?);
    let files = answer
        .screenshots
        .into_iter()
        .map(|file| (key, before.key, file))
        .collect();
    write.attachments().insert_many(files).await?;
    write.fact(
        FactDraft::new(Act::ExternalAnswer)
            .of_case(&before)
            .on("message", id.0),
    );
    let mut after = Case {
        answered_at: Some(write.at()),
        waiting_since: None,
        touched_at: write.at(),
        ..before.clone()
    };
    if before.state != CaseState::Closed {
        after.state = CaseState::WaitingCustomer;
        after.snoozed_until = None;
        write.cases().snooze(before.key, None).await?;
    }
    write.cases().save(&before, &mut after).await?;
    Ok(id)
}
