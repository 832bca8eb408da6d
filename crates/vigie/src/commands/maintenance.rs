//! `vigie backup`, `vigie restore`, `vigie export`, `vigie doctor`: maintenance of an
//! instance.

use std::path::PathBuf;

use clap::Args;

use super::say;
use crate::{Instance, backup, cli::Completion, cli::Open, doctor, export, settings::Settings};

/// Options of `vigie backup`.
#[derive(Args)]
pub struct Backup {
    #[command(flatten)]
    open: Open,
    /// The file to write.
    file: PathBuf,
    /// Encrypts it for the holder of this age key: `age1…`.
    #[arg(long, value_name = "AGE1…")]
    recipient: Option<String>,
}

impl Backup {
    /// Runs the command; a serving instance need not stop.
    pub async fn run(self) -> anyhow::Result<Completion> {
        let settings = Settings::read(self.open.config.as_ref(), &self.open.overrides())?;
        anyhow::ensure!(
            settings.database.is_none(),
            "with PostgreSQL, take `pg_dump -Fc` of the database and a copy of the folder's `files`"
        );
        let label = backup::write(&settings.data, &self.file, self.recipient.as_deref()).await?;
        say(&format!(
            "{} holds the backup: schema {}, {} files",
            self.file.display(),
            label.schema,
            label.files
        ))?;
        Ok(Completion::Success)
    }
}

/// Options of `vigie export`.
#[derive(Args)]
pub struct Export {
    #[command(flatten)]
    open: Open,
    /// The folder to create.
    folder: PathBuf,
    /// Only what is stored about one person: a customer's id, an address, a number such as
    /// +33612345678, or an account.
    #[arg(long, value_name = "WHO")]
    person: Option<String>,
    /// Prints one JSON object.
    #[arg(long)]
    json: bool,
}

impl Export {
    /// Runs the command; a serving instance need not stop. Exits with 1 when bytes of an
    /// attachment are lost.
    pub async fn run(self) -> anyhow::Result<Completion> {
        let settings = Settings::read(self.open.config.as_ref(), &self.open.overrides())?;
        let instance =
            Instance::open_read_only(&settings.data, settings.database.as_deref()).await?;
        let written = match &self.person {
            Some(who) => export::write_person(&instance, who, &self.folder).await?,
            None => export::write(&instance, &self.folder).await?,
        };
        if self.json {
            say(&serde_json::to_string(&written)?)?;
        } else {
            for (sheet, rows) in &written.rows {
                say(&format!("{rows:>9}  {sheet}"))?;
            }
            say(&format!("{:>9}  files", written.files))?;
        }
        for hash in &written.lost {
            eprintln!(
                "vigie: the bytes of attachment {hash} are lost: put a backup's back, see vigie \
                    doctor"
            );
        }
        Ok(if written.lost.is_empty() {
            Completion::Success
        } else {
            Completion::PartialFailure
        })
    }
}

/// Options of `vigie restore`.
#[derive(Args)]
pub struct Restore {
    #[command(flatten)]
    open: Open,
    /// The backup file.
    file: PathBuf,
    /// The file of the age key that opens an encrypted backup.
    #[arg(long, value_name = "FILE")]
    identity: Option<PathBuf>,
}

impl Restore {
    /// Runs the command.
    pub async fn run(self) -> anyhow::Result<Completion> {
        let settings = Settings::read(self.open.config.as_ref(), &self.open.overrides())?;
        let label = backup::restore(&self.file, &settings.data, self.identity.as_deref()).await?;
        let data = settings.data.display();
        say(&format!(
            "{data} holds the data of the backup: {} files; put its key file back beside it, then open \
             it with vigie serve --data {data}",
            label.files
        ))?;
        Ok(Completion::Success)
    }
}

/// Options of `vigie doctor`.
#[derive(Args)]
pub struct Doctor {
    #[command(flatten)]
    open: Open,
}

impl Doctor {
    /// Runs the command; exits with 1 when a check fails.
    pub async fn run(self) -> anyhow::Result<Completion> {
        let settings = Settings::read(self.open.config.as_ref(), &self.open.overrides())?;
        let instance =
            Instance::open_read_only(&settings.data, settings.database.as_deref()).await?;
        let found = doctor::examine(&instance, &settings.data).await?;
        for it in &found {
            say(&format!(
                "{} {:<10} {}",
                if it.well { "✓" } else { "✗" },
                it.what,
                it.detail
            ))?;
        }
        Ok(if found.iter().all(|it| it.well) {
            Completion::Success
        } else {
            Completion::PartialFailure
        })
    }
}
