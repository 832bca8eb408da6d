//! Commands that write: run here when no process serves the folder, otherwise by the process
//! that does.

use std::io::IsTerminal as _;

use indicatif::ProgressBar;
use serde::{Deserialize, Serialize};

use super::{
    erase::EraseErrand, import::ImportErrand, retention::RetentionErrand, user::UserErrand,
};
use crate::{Instance, cli::Ended, settings::Settings, side_door};

/// A command that writes.
#[derive(Debug, Serialize, Deserialize)]
pub enum Errand {
    /// Manages users.
    User(UserErrand),
    /// Imports historical data.
    Import(ImportErrand),
    /// Erases one person everywhere.
    Erase(EraseErrand),
    /// Erases everybody past their retention term.
    Retention(RetentionErrand),
}

/// Where a command writes its output: a terminal, directly or through the control socket.
pub trait Voice: Send {
    /// Writes a result.
    fn say(&mut self, line: &str);
    /// Reports something refused.
    fn complain(&mut self, line: &str);
    /// Shows progress, which is not kept.
    fn progress(&mut self, line: &str);
}

impl Errand {
    /// Runs the command in this process.
    pub async fn run(self, instance: &Instance, voice: &mut dyn Voice) -> anyhow::Result<Ended> {
        match self {
            Self::User(it) => it.run(instance, voice).await,
            Self::Import(it) => it.run(instance, voice).await,
            Self::Erase(it) => it.run(instance, voice).await,
            Self::Retention(it) => it.run(instance, voice).await,
        }
    }

    /// Runs the command here, or hands it to the process that serves the folder.
    pub async fn see_to(self, settings: &Settings) -> anyhow::Result<Ended> {
        let mut voice = Terminal::default();
        if Instance::is_served(&settings.data) {
            return side_door::hand_in(&settings.data, &self, &mut voice).await;
        }
        let instance = Instance::open(&settings.data, settings.database.as_deref()).await?;
        super::serve::prepare(&instance).await?;
        vigie_journey::past::mend(&instance).await?;
        let ended = self.run(&instance, &mut voice).await?;
        // No process serves the folder, so none brings the index up to date.
        voice.progress("indexing");
        instance.search.follow(&instance.store).await?;
        Ok(ended)
    }
}

/// Standard output and error, with a spinner on a terminal.
struct Terminal(ProgressBar);

impl Default for Terminal {
    fn default() -> Self {
        Self(if std::io::stderr().is_terminal() {
            ProgressBar::new_spinner()
        } else {
            ProgressBar::hidden()
        })
    }
}

impl Voice for Terminal {
    fn say(&mut self, line: &str) {
        // The reader may have gone; the command finishes all the same.
        drop(self.0.suspend(|| super::say(line)));
    }

    fn complain(&mut self, line: &str) {
        self.0.suspend(|| eprintln!("{line}"));
    }

    fn progress(&mut self, line: &str) {
        self.0.set_message(line.to_owned());
        self.0.tick();
    }
}
