//! The messages of a case, with what was read in them, and the orders they mention.

use std::{collections::HashMap, sync::Arc};

use vigie_analyse::Analysis;
use vigie_listen::html::SafeHtml;
use vigie_model::{AuthorId, AuthorKey, Derived, MessageKey};
use vigie_respond::Recipient;
use vigie_store::{Attachment, Case, Message, Revision, Session, readable};

use crate::{
    AppState, Problem,
    api::{
        cases::row::{AttachmentResponse, DeliveryResponse, MessageResponse, RevisionResponse},
        customers::orders::CaseOrderResponse,
    },
};

const MOST_MESSAGES: i64 = 500;

/// What belongs to the messages of a case.
struct Belongings {
    readings: HashMap<MessageKey, Derived>,
    corrections: HashMap<MessageKey, Derived>,
    deliveries: HashMap<MessageKey, DeliveryResponse>,
    files: Vec<Attachment>,
    authors: HashMap<AuthorKey, AuthorId>,
    html: HashMap<MessageKey, Arc<SafeHtml>>,
}

impl Belongings {
    async fn of(
        session: &mut Session,
        case: &Case,
        recipients: &[Recipient],
        html: HashMap<MessageKey, Arc<SafeHtml>>,
    ) -> Result<Self, Problem> {
        let authors = recipients.iter();
        let authors = authors.map(|recipient| (recipient.author.key, recipient.author.id));
        let messages = session.messages();
        let readings = messages.derived_of_case(case.key, "analysis").await?;
        let corrections = messages.derived_of_case(case.key, "correction").await?;
        let out = session.outbox().of_case(case.key).await?;
        let deliveries = out
            .iter()
            .map(|out| (out.message_key, DeliveryResponse::from(out)));
        Ok(Self {
            readings,
            corrections,
            deliveries: deliveries.collect(),
            files: session.attachments().of_case(case.key).await?,
            authors: authors.collect(),
            html,
        })
    }

    fn response(
        &self,
        message: Message,
        revisions: Vec<Revision>,
    ) -> Result<MessageResponse, Problem> {
        let reading = self.readings.get(&message.key);
        let correction = self.corrections.get(&message.key);
        let files = self.files.iter();
        let own = files.filter(|file| file.message_key == Some(message.key));
        let html = self.html.get(&message.key).filter(|it| !it.html.is_empty());
        let author = message.author_key;
        Ok(MessageResponse {
            id: message.id,
            who: message.who,
            author: author.and_then(|key| self.authors.get(&key).copied()),
            to: message.details.to,
            emitter: message.emitter,
            visibility: message.visibility,
            channel: message.channel,
            at: message.at,
            html: html.map(|it| it.html.clone()),
            html_cut: html.is_some_and(|it| it.cut),
            text: message.text,
            url: message.url,
            rating: message.details.rating,
            counts: message.details.counts,
            counts_version: message.details.counts_version,
            order: message.details.order,
            mail: message.details.mail,
            revision: message.revision,
            revisions: revisions.into_iter().map(revision).collect(),
            reading: reading.and_then(|it| readable::<Analysis>(message.key, it)),
            correction: correction.and_then(|it| readable(message.key, it)),
            files: own.map(AttachmentResponse::from).collect(),
            out: self.deliveries.get(&message.key).cloned(),
        })
    }
}

fn revision(revision: Revision) -> RevisionResponse {
    RevisionResponse {
        revision: revision.revision,
        text: revision.text,
        replaced_at: revision.replaced_at,
    }
}

/// The messages of a case, in chronological order.
pub(super) async fn messages(
    app: &AppState,
    session: &mut Session,
    case: &Case,
    recipients: &[Recipient],
) -> Result<Vec<MessageResponse>, Problem> {
    let messages = session.messages().of_case(case.key, MOST_MESSAGES).await?;
    let html = app.safe_html.of(&messages).await?;
    let belongings = Belongings::of(session, case, recipients, html).await?;

    let mut responses = Vec::with_capacity(messages.len());
    for message in messages {
        let revisions = match message.revision {
            1 => Vec::new(),
            _ => session.messages().revisions(message.key).await?,
        };
        responses.push(belongings.response(message, revisions)?);
    }
    Ok(responses)
}

/// The orders its messages mention, and whether the same customer bought them.
pub(super) async fn orders(
    session: &mut Session,
    case: &Case,
    messages: &[MessageResponse],
) -> Result<Vec<CaseOrderResponse>, Problem> {
    let numbers: Vec<String> = messages
        .iter()
        .filter_map(|it| it.order.clone())
        .map(|it| it.trim().to_owned())
        .collect();
    // A number is easily seen or guessed: what it opens stays closed to whoever is not proved.
    if numbers.is_empty() || case.customer_key.is_none() || case.claimed {
        return Ok(Vec::new());
    }
    let mut named = Vec::new();
    for order in session
        .orders()
        .numbered(case.brand_key, &numbers)
        .await?
        .into_values()
    {
        let buyer = session.authors().by_key(order.author_key).await?;
        let theirs = buyer.customer_key.is_some() && buyer.customer_key == case.customer_key;
        named.push(CaseOrderResponse {
            order: order.into(),
            theirs,
        });
    }
    named.sort_by_key(|it| it.order.placed_at);
    Ok(named)
}
