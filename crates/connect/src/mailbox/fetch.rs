//! Fetches whole mails, without marking them as seen.

use std::{collections::HashSet, time::Duration};

use futures::TryStreamExt as _;
use vigie_listen::{IncomingItem, Refusal};
use vigie_model::At;

use super::connection::{ImapSession, describe_error};

/// The longest pause tolerated in the middle of a response.
pub const PATIENCE: Duration = Duration::from_secs(120);
pub const SILENT: &str = "the server went silent";

/// Larger mails are listed as refused and left on the server; bytes.
pub const LARGEST: u32 = 60 * 1024 * 1024;

/// A mail as the server delivers it.
pub struct Raw {
    pub number: u32,
    pub arrived: Option<At>,
    pub bytes: Vec<u8>,
}

/// What was asked for, by what became of it.
#[derive(Default)]
pub struct Fetched {
    pub mails: Vec<Raw>,
    /// Too large to be read.
    large: Vec<u32>,
    /// Listed by the server, and not handed over when asked for.
    withheld: Vec<u32>,
}

impl Fetched {
    /// The items for mails that were not read: each is named in the refused list, and stays where
    /// it is.
    pub fn refused(&self, validity: u32) -> Vec<IncomingItem> {
        let large = self.large.iter().map(|number| {
            let detail =
                format!("mail {number} is over 60 MiB: it was left in the mailbox, read it there");
            (number, Refusal::new("mail_too_large", detail))
        });
        let withheld = self.withheld.iter().map(|number| {
            let detail =
                format!("mail {number} was not handed over by its server: read it in the mailbox");
            (number, Refusal::new("mail_unread", detail))
        });
        let refused = large.chain(withheld);
        refused
            .map(|(number, refusal)| IncomingItem {
                external_id: Some(format!("uid:{validity}:{number}")),
                raw: format!("mail {number}"),
                parsed: Err(refusal),
            })
            .collect()
    }
}

/// Fetches the mails of these numbers.
///
/// # Errors
/// When the server fails or falls silent: a sentence.
pub async fn fetch(session: &mut ImapSession, numbers: &[u32]) -> Result<Fetched, String> {
    let fetching = fetch_by_size(session, numbers);
    let fetched = tokio::time::timeout(PATIENCE, fetching)
        .await
        .map_err(|_| SILENT.to_owned())?;
    fetched.map_err(|err| describe_error(&err))
}

async fn fetch_by_size(
    session: &mut ImapSession,
    numbers: &[u32],
) -> Result<Fetched, async_imap::error::Error> {
    let sizes: Vec<_> = session
        .uid_fetch(list(numbers), "(UID RFC822.SIZE)")
        .await?
        .try_collect()
        .await?;
    let (small, large): (Vec<_>, Vec<_>) = sizes
        .iter()
        .partition(|mail| mail.size.is_none_or(|size| size <= LARGEST));
    let wanted: Vec<u32> = small.iter().filter_map(|mail| mail.uid).collect();
    let large = large.iter().filter_map(|mail| mail.uid).collect();

    let mails = match wanted.is_empty() {
        true => Vec::new(),
        false => fetch_whole(session, &wanted).await?,
    };
    let came: HashSet<u32> = mails.iter().map(|mail| mail.number).collect();
    let withheld = wanted.into_iter().filter(|number| !came.contains(number));
    Ok(Fetched {
        withheld: withheld.collect(),
        mails,
        large,
    })
}

async fn fetch_whole(
    session: &mut ImapSession,
    numbers: &[u32],
) -> Result<Vec<Raw>, async_imap::error::Error> {
    let mails: Vec<_> = session
        .uid_fetch(list(numbers), "(UID INTERNALDATE BODY.PEEK[])")
        .await?
        .try_collect()
        .await?;
    // An answer without number or body is none to what was asked: the mail then counts as withheld.
    let whole = mails.iter().filter_map(|mail| {
        let arrived = mail.internal_date();
        Some(Raw {
            number: mail.uid?,
            arrived: arrived.map(|date| At::from_millis(date.timestamp_millis())),
            bytes: mail.body()?.to_vec(),
        })
    });
    Ok(whole.collect())
}

fn list(numbers: &[u32]) -> String {
    let numbers: Vec<_> = numbers.iter().map(u32::to_string).collect();
    numbers.join(",")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_mail_that_is_too_large_or_withheld_is_named() {
        let fetched = Fetched {
            mails: Vec::new(),
            large: vec![7],
            withheld: vec![9],
        };

        let refused = fetched.refused(3);

        let ids: Vec<_> = refused
            .iter()
            .map(|item| item.external_id.clone().unwrap())
            .collect();
        assert_eq!(ids, ["uid:3:7", "uid:3:9"]);
        let problems: Vec<_> = refused
            .into_iter()
            .map(|item| item.parsed.unwrap_err().problem)
            .collect();
        assert_eq!(problems, ["mail_too_large", "mail_unread"]);
    }
}
