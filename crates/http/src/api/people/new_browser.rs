//! Word by mail of a sign-in with a browser that the account was not opened in before.

use vigie_model::SourceKind;
use vigie_respond::format_datetime;
use vigie_store::{NewSystemMail, Person, Source, Write};
use vigie_wording::catalogue;

use crate::Problem;

/// Queues the mail, from the first mailbox there is; without one nothing can be sent, and the list
/// of sessions tells it alone. What the browser calls itself is not in it: whoever signed in chose
/// that.
pub async fn notify(
    write: &mut Write,
    person: &Person,
    network: &str,
    site: &str,
) -> Result<(), Problem> {
    let sources = write.sources().list().await?;
    let Some(mailbox) = sources.into_iter().find(is_open_mailbox) else {
        return Ok(());
    };
    let brand = write.brands().by_key(mailbox.brand_key).await?;
    let when = format_datetime(write.at(), &brand.settings.timezone, person.lang);
    let words = &catalogue(person.lang).sign_in_mail;
    let link = format!("{site}/settings/account");
    let mail = NewSystemMail {
        source_key: mailbox.key,
        to_email: person.email.clone(),
        to_name: person.name.clone(),
        lang: person.lang,
        subject: words.subject.to_owned(),
        text: words.text(link, network, when),
        list: Some("security"),
    };
    write.system_mails().insert(mail).await?;
    Ok(())
}

fn is_open_mailbox(source: &Source) -> bool {
    source.kind == SourceKind::MAIL && source.paused_at.is_none()
}
