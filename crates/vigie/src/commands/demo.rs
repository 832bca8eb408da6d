//! `vigie demo`: builds an invented brand with a year of history, then serves it.

use std::{
    io::ErrorKind,
    net::SocketAddr,
    path::{Path, PathBuf},
};

use anyhow::Context as _;
use clap::Args;
use indicatif::{ProgressBar, ProgressStyle};

use super::say;
use vigie_demo as demo;

use crate::{cli::Completion, commands::serve::serve_until_stopped, settings::Settings};

/// Options of `vigie demo`.
#[derive(Args)]
pub struct Demo {
    /// The same seed gives the same data.
    #[arg(long, default_value_t = 7)]
    seed: u64,
    /// The folder to build in; one that already holds a demo is opened unchanged.
    #[arg(long, value_name = "DIR", default_value = "demo-data")]
    data: PathBuf,
    /// Address and port to listen on.
    #[arg(long, value_name = "ADDR:PORT", default_value = "127.0.0.1:8080")]
    listen: SocketAddr,
    /// PostgreSQL instead of the folder's own database.
    #[arg(long)]
    database: Option<String>,
    /// Builds without serving.
    #[arg(long)]
    build_only: bool,
}

impl Demo {
    /// Runs the command.
    pub async fn run(self) -> anyhow::Result<Completion> {
        if !demo::is_built(&self.data) {
            self.build().await?;
        }
        if self.build_only {
            return Ok(Completion::Success);
        }
        let instance = demo::open(&self.data, self.database.as_deref()).await?;
        let settings = Settings {
            data: self.data,
            listen: self.listen,
            database: self.database,
            ..Settings::default()
        };
        say(&format!("Vigie is open: {}", settings.public()))?;
        say(&format!(
            "Sign in as {} with the password {}",
            demo::SIGN_IN_AS,
            demo::PASSWORD
        ))?;
        say(
            "It is Tuesday 17 November 2026, 9:42 in Paris. Rehearsal is on: nothing leaves. \
                Ctrl-C stops.",
        )?;
        serve_until_stopped(instance, &settings).await
    }

    async fn build(&self) -> anyhow::Result<()> {
        let bar = ProgressBar::new(0);
        bar.set_style(ProgressStyle::with_template("{msg} {bar:30} {pos}/{len}")?);
        bar.set_message("Building the invented brand");
        check_free(&self.data)?;
        // Beside its folder, so that an interrupted build leaves nothing half done in it.
        let folder = self.building_folder()?;
        let progress = |done: usize, all: usize| {
            bar.set_length(all as u64);
            bar.set_position(done as u64);
        };
        let hash = vigie_http::hash_password(demo::PASSWORD).map_err(anyhow::Error::msg)?;
        let database = self.database.as_deref();
        demo::build(&folder, database, self.seed, &hash, progress).await?;
        if folder != self.data {
            put_in_place(&folder, &self.data)?;
        }
        bar.finish_and_clear();
        Ok(())
    }

    /// Where the demo is built.
    fn building_folder(&self) -> anyhow::Result<PathBuf> {
        if self.database.is_some() {
            return Ok(self.data.clone());
        }
        let whole = std::path::absolute(&self.data)?;
        let name = whole.file_name().context("name a folder for the demo")?;
        let process = std::process::id();
        let building = format!(".{}.building-{process}", name.to_string_lossy());
        Ok(whole.with_file_name(building))
    }
}

/// A demo is built in a free place, never over somebody's files.
fn check_free(folder: &Path) -> anyhow::Result<()> {
    let free = match std::fs::read_dir(folder) {
        Ok(mut entries) => entries.next().is_none(),
        Err(error) if error.kind() == ErrorKind::NotFound => true,
        Err(error) => return Err(error).context(format!("cannot read {}", folder.display())),
    };
    anyhow::ensure!(
        free,
        "{} holds something that is not a demo: name a folder that is empty or not there yet",
        folder.display()
    );
    Ok(())
}

fn put_in_place(built: &Path, folder: &Path) -> anyhow::Result<()> {
    if folder.exists() {
        std::fs::remove_dir(folder)?;
    }
    vigie_journey::key_file::move_keys(built, folder)?;
    std::fs::rename(built, folder)?;
    Ok(())
}
