//! Mails from Vigie to colleagues: a question, a reminder, a customer's thanks. Written in
//! their language, sent from a mailbox of the brand if it has one; otherwise the link is
//! copied by hand.

use vigie_store::{Case, NewSystemMail, Question, Write};
use vigie_wording::catalogue;

use crate::Result;

/// The token of a link: the question's id and a seal that only this instance can make.
pub async fn link(session: &mut vigie_store::Session, question: &Question) -> Result<String> {
    let word = session.reply_tokens().for_question(question.id).await?;
    Ok(format!("{}/c/{word}", question.address))
}

pub(crate) async fn ask(write: &mut Write, case: &Case, question: &Question) -> Result<()> {
    let link = link(write, question).await?;
    let (asker, name) = (&question.asker, first(&question.to_name));
    let words = &catalogue(question.lang).question_mail;

    let subject = words.ask_subject(asker, case.number);
    let text = words.ask_text(asker, link, name, &question.text);
    send(write, case, question, &subject, &text).await
}

pub(crate) async fn remind(write: &mut Write, case: &Case, question: &Question) -> Result<()> {
    let link = link(write, question).await?;
    let (asker, name) = (&question.asker, first(&question.to_name));
    let words = &catalogue(question.lang).question_mail;

    let subject = words.remind_subject(case.number);
    let text = words.remind_text(asker, link, name);
    send(write, case, question, &subject, &text).await
}

pub(crate) async fn thank(
    write: &mut Write,
    case: &Case,
    question: &Question,
    thanks: &str,
) -> Result<()> {
    let name = first(&question.to_name);
    let words = &catalogue(question.lang).question_mail;

    let text = words.thank_text(name, case.number, thanks);
    send(write, case, question, words.thank_subject, &text).await
}

/// The name to greet somebody by: the first of “Zoë Le Gall” and of “Le Gall, Zoë”.
fn first(name: &str) -> &str {
    let given = name
        .rsplit(',')
        .map(str::trim)
        .find(|part| !part.is_empty());
    let given = given.unwrap_or(name).split_whitespace().next();
    given.unwrap_or(name).trim_matches('"')
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
    let Some(source) = write.sources().mailbox_of(case.brand_key).await? else {
        return Ok(());
    };
    let mail = NewSystemMail {
        source_key: source.key,
        to_email: email.clone(),
        to_name: question.to_name.clone(),
        lang: question.lang,
        subject: subject.to_owned(),
        text: text.to_owned(),
        list: Some("questions"),
    };
    write.system_mails().insert(mail).await?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::first;

    #[test]
    fn a_colleague_is_greeted_by_their_first_name() {
        for (name, expected) in [
            ("Zoë Le Gall", "Zoë"),
            ("Le Gall, Zoë", "Zoë"),
            ("\"Le Gall\", Zoë", "Zoë"),
            ("\"Zoë\"", "Zoë"),
            ("Müller, Anna Maria", "Anna"),
            ("Zoë,", "Zoë"),
            ("", ""),
        ] {
            assert_eq!(first(name), expected, "{name}");
        }
    }
}
