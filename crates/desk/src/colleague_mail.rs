//! Mails from Vigie to colleagues: a question, a reminder, a customer's thanks. Written in
//! their language, sent from a mailbox of the brand if it has one; otherwise the link is
//! copied by hand.

use vigie_model::{Lang, SourceKind};
use vigie_store::{Case, Question, Source, Write};

use crate::Result;

/// The token of a link: the question's id and a seal that only this instance can make.
pub async fn link(session: &mut vigie_store::Session, question: &Question) -> Result<String> {
    let word = session.reply_tokens().for_question(question.id).await?;
    Ok(format!("{}/c/{word}", question.address))
}

pub(crate) async fn ask(write: &mut Write, case: &Case, question: &Question) -> Result<()> {
    let link = link(write, question).await?;
    let (asker, text, name) = (&question.asker, &question.text, first(&question.to_name));
    let (subject, words) = match question.lang {
        Lang::Fr => (
            format!(
                "{asker} a besoin de vous pour un client (n°\u{a0}{})",
                case.number
            ),
            format!(
                "Bonjour {name},\n\n{asker} vous \
                    demande\u{a0}:\n\n«\u{a0}{text}\u{a0}»\n\nRépondez ici, en deux minutes, sans \
                    compte ni mot de \
                 passe\u{a0}:\n{link}\n\nSi ce n’est pas pour vous, la même page permet de dire à \
                 qui demander. Ce lien vaut trois \
                 jours."
            ),
        ),
        Lang::En => (
            format!("{asker} needs you for a customer (no. {})", case.number),
            format!(
                "Hello {name},\n\n{asker} asks you:\n\n“{text}”\n\nAnswer here, in two minutes, \
                    without account or password:\n{link}\n\n\
                 If it is not for you, the same page lets you say whom to ask. The link lives \
                 three days."
            ),
        ),
    };
    send(write, case, question, &subject, &words).await
}

pub(crate) async fn remind(write: &mut Write, case: &Case, question: &Question) -> Result<()> {
    let link = link(write, question).await?;
    let (asker, name) = (&question.asker, first(&question.to_name));
    let (subject, words) = match question.lang {
        Lang::Fr => (
            format!("Un client attend toujours (n°\u{a0}{})", case.number),
            format!(
                "Bonjour {name},\n\n{asker} attend votre réponse pour un client. Deux minutes \
                    suffisent\u{a0}:\n{link}\n\nSans réponse, \
                 l’équipe reprendra la question d’elle-même\u{a0}; vous ne recevrez pas d’autre \
                 rappel."
            ),
        ),
        Lang::En => (
            format!("A customer is still waiting (no. {})", case.number),
            format!(
                "Hello {name},\n\n{asker} awaits your answer for a customer. Two minutes are \
                    enough:\n{link}\n\nWithout an answer the team \
                 takes the question back by itself; you will get no other reminder."
            ),
        ),
    };
    send(write, case, question, &subject, &words).await
}

pub(crate) async fn thank(
    write: &mut Write,
    case: &Case,
    question: &Question,
    thanks: &str,
) -> Result<()> {
    let name = first(&question.to_name);
    let (subject, words) = match question.lang {
        Lang::Fr => (
            "Un client vous remercie".to_owned(),
            format!(
                "Bonjour {name},\n\nvotre réponse a aidé un client (n°\u{a0}{}). Ses \
                    mots\u{a0}:\n\n«\u{a0}{thanks}\u{a0}»\n\nMerci à vous.",
                case.number
            ),
        ),
        Lang::En => (
            "A customer thanks you".to_owned(),
            format!(
                "Hello {name},\n\nyour answer helped a customer (no. {}). Their \
                    words:\n\n“{thanks}”\n\nThank you.",
                case.number
            ),
        ),
    };
    send(write, case, question, &subject, &words).await
}

fn first(name: &str) -> &str {
    name.split_whitespace().next().unwrap_or(name)
}

async fn send(
    write: &mut Write,
    case: &Case,
    question: &Question,
    subject: &str,
    text: &str,
) -> Result<()> {
    let Some(email) = &question.to_email else {
        return Ok(());
    };
    let Some(source) = mailbox(write, case).await? else {
        return Ok(());
    };
    write
        .colleague_mails()
        .insert(
            source.key,
            (email, &question.to_name),
            question.lang,
            subject,
            text,
        )
        .await?;
    Ok(())
}

/// A mailbox of the case's brand.
async fn mailbox(write: &mut Write, case: &Case) -> Result<Option<Source>> {
    let sources = write.sources().list().await?.into_iter();
    let mut own =
        sources.filter(|it| it.kind == SourceKind::MAIL && it.brand_key == case.brand_key);
    Ok(own.find(|it| it.paused_at.is_none()))
}
