//! Everything stored, in a folder of open formats: one JSON Lines file per noun, every
//! attachment under its hash, and a page that describes each field. It is read as of one
//! instant, while the instance keeps running.

use std::{
    fs::File,
    io::{BufWriter, Write as _},
    os::unix::fs::PermissionsExt as _,
    path::Path,
};

use anyhow::{Context as _, ensure};
use vigie_http::person_copy;
use vigie_model::Lang;
use vigie_store::{
    Session,
    export::{ColumnType, ExportSheet, LEFT, PersonSheet, files_of, sheets},
};

use crate::Instance;

/// Number of rows read per query.
const ROWS: i64 = 2_000;

/// What was exported.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
pub struct ExportSummary {
    /// Number of rows per sheet.
    pub rows: Vec<(&'static str, u64)>,
    /// Number of attachments.
    pub files: u64,
    /// Hashes of attachments whose bytes are lost; `vigie doctor` lists them too.
    pub lost: Vec<String>,
}

/// Exports everything into a folder that must not exist yet.
pub async fn write(instance: &Instance, into: &Path) -> anyhow::Result<ExportSummary> {
    make(into)?;
    let mut snapshot = instance.store.read_snapshot().await?;
    let mut written = ExportSummary {
        rows: Vec::new(),
        files: 0,
        lost: Vec::new(),
    };
    for sheet in sheets() {
        let rows = write_sheet(&mut snapshot, sheet, into).await?;
        written.rows.push((sheet.name, rows));
    }
    copy_files(
        instance,
        snapshot.exports().attachment_hashes().await?,
        into,
        &mut written,
    )?;
    std::fs::write(into.join("README.md"), described())?;
    Ok(written)
}

/// Exports everything about one person into a folder that must not exist yet: `person.json`
/// for programs, a page to read in each language, and their files. Fails when the person is
/// unknown.
pub async fn write_person(
    instance: &Instance,
    who: &str,
    into: &Path,
) -> anyhow::Result<ExportSummary> {
    let person = vigie_journey::erasure::traces_of(instance, who).await?;
    make(into)?;
    let mut snapshot = instance.store.read_snapshot().await?;
    let copied = snapshot.exports().copy_of(&person).await?;
    let zone = snapshot.brands().timezone().await?;
    drop(snapshot);

    let mut written = ExportSummary {
        rows: counted(&copied),
        files: 0,
        lost: Vec::new(),
    };
    let json = serde_json::to_vec_pretty(&person_copy::as_json(&copied))?;
    std::fs::write(into.join("person.json"), json)?;
    for lang in [Lang::En, Lang::Fr] {
        std::fs::write(
            into.join(format!("person.{}.html", lang.code())),
            person_copy::as_page(&copied, lang, &zone)?,
        )?;
    }
    copy_files(instance, files_of(&copied), into, &mut written)?;
    Ok(written)
}

fn counted(copied: &[PersonSheet]) -> Vec<(&'static str, u64)> {
    let copied = copied.iter();
    copied
        .map(|(sheet, rows)| (sheet.name, rows.len() as u64))
        .collect()
}

fn make(folder: &Path) -> anyhow::Result<()> {
    ensure!(
        !folder.exists(),
        "{} is there already: name a folder to be made",
        folder.display()
    );
    std::fs::create_dir_all(folder)
        .with_context(|| format!("{} cannot be made", folder.display()))?;
    // Contains customers' text: readable by its owner only.
    std::fs::set_permissions(folder, std::fs::Permissions::from_mode(0o700))?;
    Ok(())
}

async fn write_sheet(
    snapshot: &mut Session,
    sheet: &ExportSheet,
    into: &Path,
) -> anyhow::Result<u64> {
    let path = into.join(format!("{}.jsonl", sheet.name));
    let mut file = BufWriter::new(
        File::create(&path).with_context(|| format!("{} cannot be written", path.display()))?,
    );
    let (mut after, mut rows) = (i64::MIN, 0);
    loop {
        let page = snapshot
            .exports()
            .sheet(sheet, after, ROWS)
            .await
            .with_context(|| format!("{} cannot be read", sheet.name))?;
        let Some((last, _)) = page.last() else { break };
        after = *last;
        for (_, row) in &page {
            serde_json::to_writer(&mut file, row)?;
            file.write_all(b"\n")?;
            rows += 1;
        }
    }
    file.into_inner()
        .map_err(|err| err.into_error())?
        .sync_all()?;
    Ok(rows)
}

fn copy_files(
    instance: &Instance,
    hashes: Vec<String>,
    into: &Path,
    written: &mut ExportSummary,
) -> anyhow::Result<()> {
    for hash in hashes {
        let (Some(folder), Some(name)) = (hash.get(..2), hash.get(2..)) else {
            continue;
        };
        let Ok(bytes) = instance.store.files().bytes(&hash) else {
            written.lost.push(hash);
            continue;
        };
        let folder = into.join("files").join(folder);
        std::fs::create_dir_all(&folder)?;
        std::fs::write(folder.join(name), bytes)
            .with_context(|| format!("file {hash} cannot be written"))?;
        written.files += 1;
    }
    Ok(())
}

/// The description of each file and field.
fn described() -> String {
    let mut page = String::from(
        "# What this folder holds\n\nEach `.jsonl` file is one noun, one JSON object a line, \
            UTF-8. An absent field is unknown or empty. \
         Instants are RFC 3339 in UTC. Fields named after another noun hold its `id`. \
         `messages.jsonl` is what \
         `vigie import messages` reads. The bytes of an attachment are in `files/ab/cdef…`, where \
         `abcdef…` is its `sha256`.\n",
    );
    for sheet in sheets() {
        page.push_str(&format!("\n## {}.jsonl\n{}\n\n", sheet.name, sheet.about));
        for (name, shape, _) in sheet.fields {
            page.push_str(&format!("- `{name}`: {}\n", in_words(*shape)));
        }
    }
    page.push_str("\n## What stays\n");
    for (table, reason) in LEFT {
        page.push_str(&format!("- `{table}`: {reason}\n"));
    }
    page
}

const fn in_words(shape: ColumnType) -> &'static str {
    match shape {
        ColumnType::Id => "an id (UUID)",
        ColumnType::Text => "words or a code",
        ColumnType::Instant => "an instant",
        ColumnType::Number => "a whole number",
        ColumnType::Flag => "true or false",
        ColumnType::Object => "a value of its own shape",
    }
}
