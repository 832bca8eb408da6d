//! Historical files, read batch by batch on a thread of their own; their attachments are
//! stored before intake sees them.

use std::{
    fs::File,
    io::BufReader,
    path::{Path, PathBuf},
    sync::Arc,
};

use anyhow::Context as _;
use vigie_listen::{
    IncomingItem, Refusal, mail,
    past::{ImportSpec, mbox},
};
use vigie_model::At;
use vigie_store::AttachmentStore;

use super::{
    item::{HasSize, ImportItem, Items},
    records, tickets,
};

/// Number of items per transaction: enough to be fast, few enough to let others write in
/// between.
const BATCH: usize = 500;
/// Largest batch in bytes, for mails with large files.
const BATCH_BYTES: usize = 16 * 1024 * 1024;

/// Files being read.
pub struct ImportReader<T = ImportItem> {
    items: Option<Items<T>>,
    /// The columns of a table.
    pub columns: Vec<String>,
    /// The column mapping, as completed.
    pub mapping: Vec<String>,
    /// The brand that the mapping names.
    pub brand: Option<String>,
    /// Messages that others reply to and that are not in the files.
    pub missing_parents: i64,
}

impl ImportReader {
    /// Opens files of messages. The error names the file, or what is wrong with the mapping.
    pub fn of_messages(spec: &ImportSpec, now: At) -> anyhow::Result<Self> {
        let open = records::open(&spec.files, &spec.mapping, now)?;
        let missing_parents = open.missing_parents;
        Ok(Self {
            missing_parents,
            ..Self::of(open.items, open.columns, open.mapping, open.brand)
        })
    }

    /// Opens exports of other helpdesks. The error names the file.
    pub fn of_tickets(spec: &ImportSpec, now: At) -> anyhow::Result<Self> {
        anyhow::ensure!(
            spec.mapping.is_empty(),
            "tickets need no --map: each export says who wrote what"
        );
        Ok(Self::of(
            tickets::open(&spec.files, now)?,
            Vec::new(),
            Vec::new(),
            None,
        ))
    }

    /// Opens mboxes, Maildirs and raw mails. The error names the file.
    pub fn of_mails(spec: &ImportSpec, now: At) -> anyhow::Result<Self> {
        anyhow::ensure!(
            spec.mapping.is_empty(),
            "mails need no --map: their headers say who wrote what"
        );
        Ok(Self::of(
            mails(&spec.files, spec.own.clone(), now)?,
            Vec::new(),
            Vec::new(),
            None,
        ))
    }

    /// The next items, with their files stored; `None` at the end.
    pub async fn next(
        &mut self,
        files: &AttachmentStore,
    ) -> anyhow::Result<Option<Vec<ImportItem>>> {
        let files = files.clone();
        self.batch(move |found| {
            let all = found.iter().flat_map(|item| {
                item.files
                    .iter()
                    .map(|(hash, bytes)| (hash.as_str(), bytes.as_slice()))
            });
            Ok(files.keep_all(all)?)
        })
        .await
    }
}

impl<T: HasSize> ImportReader<T> {
    /// Starts reading these items.
    pub fn of(
        items: Items<T>,
        columns: Vec<String>,
        mapping: Vec<String>,
        brand: Option<String>,
    ) -> Self {
        Self {
            items: Some(items),
            columns,
            mapping,
            brand,
            missing_parents: 0,
        }
    }

    /// The next items; `None` at the end.
    pub async fn next_batch(&mut self) -> anyhow::Result<Option<Vec<T>>> {
        self.batch(|_| Ok(())).await
    }

    async fn batch(
        &mut self,
        keep: impl FnOnce(&[T]) -> anyhow::Result<()> + Send + 'static,
    ) -> anyhow::Result<Option<Vec<T>>> {
        let Some(mut items) = self.items.take() else {
            return Ok(None);
        };
        let (items, batch) = tokio::task::spawn_blocking(move || {
            let (mut batch, mut weight) = (Vec::new(), 0);
            for found in items.by_ref() {
                let found = found?;
                weight += found.weight();
                batch.push(found);
                if batch.len() >= BATCH || weight >= BATCH_BYTES {
                    break;
                }
            }
            keep(&batch)?;
            anyhow::Ok((items, batch))
        })
        .await??;
        self.items = Some(items);
        Ok(Some(batch).filter(|it| !it.is_empty()))
    }
}

/// Every mail of the files: an mbox contains many, a folder is a Maildir, any other file is
/// one mail.
fn mails(paths: &[PathBuf], own: Vec<String>, now: At) -> anyhow::Result<Items> {
    anyhow::ensure!(!paths.is_empty(), "name the files to take in");
    let mut readers: Vec<Items> = Vec::new();
    for path in paths {
        let (own, path_name) = (own.clone(), path.display().to_string());
        if path.is_dir() {
            let inside = maildir(path)?;
            readers.push(Box::new(inside.into_iter().map(move |path| {
                let place = path.display().to_string();
                let raw = std::fs::read(&path).with_context(|| format!("cannot read {place}"))?;
                Ok(mail_item(place, raw, &own, now))
            })));
            continue;
        }
        let file = File::open(path).with_context(|| format!("cannot read {path_name}"))?;
        readers.push(Box::new(
            mbox::Mbox::new(BufReader::with_capacity(1 << 20, file)).map(move |piece| {
                let piece = piece.with_context(|| format!("cannot read {path_name}"))?;
                let place = format!("{path_name}:mail {} at byte {}", piece.number, piece.offset);
                Ok(match piece.raw {
                    Some(raw) => mail_item(place, raw, &own, now),
                    None => too_large(place, piece.number),
                })
            }),
        ));
    }
    Ok(Box::new(readers.into_iter().flatten()))
}

/// The mails of a Maildir and its subfolders, sorted by name, which begins with their time.
fn maildir(folder: &Path) -> anyhow::Result<Vec<PathBuf>> {
    let mut mails = Vec::new();
    let mut folders = vec![folder.to_owned()];
    while let Some(folder) = folders.pop() {
        let entries = std::fs::read_dir(&folder)
            .with_context(|| format!("cannot read {}", folder.display()))?;
        for entry in entries {
            let entry = entry?;
            let (kind, name) = (
                entry.file_type()?,
                entry.file_name().to_string_lossy().into_owned(),
            );
            if kind.is_dir() && name != "tmp" {
                folders.push(entry.path());
            } else if kind.is_file() && !name.starts_with("dovecot") && !name.starts_with("maildir")
            {
                mails.push(entry.path());
            }
        }
    }
    mails.sort_by_key(|it| it.file_name().map(ToOwned::to_owned));
    Ok(mails)
}

fn mail_item(place: String, raw: Vec<u8>, own: &[String], now: At) -> ImportItem {
    let head = raw.get(..raw.len().min(4_096)).unwrap_or_default();
    if !head.contains(&b':') {
        let refusal = Refusal::new("mail_unreadable", "this is no mail: it has no header");
        let path_name = String::from_utf8_lossy(head).into_owned();
        return ImportItem::new(
            place,
            IncomingItem {
                external_id: None,
                raw: path_name,
                parsed: Err(refusal),
            },
            Vec::new(),
        );
    }
    let sent = is_outgoing(&raw, own);
    let mut received = mail::incoming(
        &raw,
        &mail::MailboxContext {
            own: own.to_vec(),
            sent,
            // A file says not whose server received its mails.
            authserv_id: String::new(),
        },
        now,
    );
    received.message.past = true;
    if let Some(mail) = received.message.mail.as_mut() {
        // Reply tokens only exist in this instance's own mails; imported mails have none.
        mail.reply_token = None;
    }
    let hash = received
        .message
        .mail
        .as_ref()
        .map(|it| it.raw.clone())
        .unwrap_or_default();
    let external_id = Some(received.message.external_id.clone());
    let mut found = ImportItem::new(
        place,
        IncomingItem {
            external_id,
            raw: String::new(),
            parsed: Ok(received.message),
        },
        received.files,
    );
    found.files.push((hash, Arc::new(raw)));
    found
}

/// Whether the brand wrote this mail: in its own archive nobody else writes under its address.
fn is_outgoing(raw: &[u8], own: &[String]) -> bool {
    let from = mail::parse(raw).from.map(|it| it.address.to_lowercase());
    !own.is_empty() && from.is_some_and(|from| own.iter().any(|it| it.eq_ignore_ascii_case(&from)))
}

fn too_large(place: String, number: u64) -> ImportItem {
    let detail = format!("mail {number} is over 60 MiB: it was left out");
    let read = Err(Refusal::new("mail_too_large", detail));
    ImportItem::new(
        place,
        IncomingItem {
            external_id: None,
            raw: format!("mail {number}"),
            parsed: read,
        },
        Vec::new(),
    )
}
