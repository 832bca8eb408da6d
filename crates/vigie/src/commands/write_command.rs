//! Commands that write: run here when no process serves the folder, otherwise by the process
//! that does.

use std::io::IsTerminal as _;

use indicatif::ProgressBar;
use serde::{Deserialize, Serialize};

use super::{
    erase::EraseCommand, import::ImportCommand, retention::RetentionCommand, user::UserCommand,
};
use crate::{Instance, cli::Completion, control_socket, settings::Settings};

/// A command that writes.
#[derive(Debug, Serialize, Deserialize)]
pub enum WriteCommand {
    /// Manages users.
    User(UserCommand),
    /// Imports historical data.
    Import(ImportCommand),
    /// Erases one person everywhere.
    Erase(EraseCommand),
    /// Erases everybody past their retention term.
    Retention(RetentionCommand),
}

/// Where a command writes its output: a terminal, directly or through the control socket.
pub trait Output: Send {
    /// Writes a result.
    fn say(&mut self, line: &str);
    /// Reports something refused.
    fn error(&mut self, line: &str);
    /// Shows progress, which is not kept.
    fn progress(&mut self, line: &str);
}

impl WriteCommand {
    /// Runs the command in this process.
    pub async fn run(
        self,
        instance: &Instance,
        output: &mut dyn Output,
    ) -> anyhow::Result<Completion> {
        match self {
            Self::User(it) => it.run(instance, output).await,
            Self::Import(it) => it.run(instance, output).await,
            Self::Erase(it) => it.run(instance, output).await,
            Self::Retention(it) => it.run(instance, output).await,
        }
    }

    /// Runs the command here, or hands it to the process that serves the folder.
    pub async fn dispatch(self, settings: &Settings) -> anyhow::Result<Completion> {
        let mut output = TerminalOutput::default();
        if Instance::is_served(&settings.data) {
            return control_socket::send_command(&settings.data, &self, &mut output).await;
        }
        let instance = Instance::open(&settings.data, settings.database.as_deref()).await?;
        super::serve::prepare(&instance).await?;
        vigie_journey::past::recover_interrupted(&instance).await?;
        let ended = self.run(&instance, &mut output).await?;
        // No process serves the folder, so none brings the index up to date.
        output.progress("indexing");
        instance.search.follow(&instance.store).await?;
        Ok(ended)
    }
}

/// Standard output and error, with a spinner on a terminal.
struct TerminalOutput(ProgressBar);

impl Default for TerminalOutput {
    fn default() -> Self {
        Self(if std::io::stderr().is_terminal() {
            ProgressBar::new_spinner()
        } else {
            ProgressBar::hidden()
        })
    }
}

impl Output for TerminalOutput {
    fn say(&mut self, line: &str) {
        // The reader may have gone; the command finishes all the same.
        drop(self.0.suspend(|| super::say(line)));
    }

    fn error(&mut self, line: &str) {
        self.0.suspend(|| eprintln!("{line}"));
    }

    fn progress(&mut self, line: &str) {
        self.0.set_message(line.to_owned());
        self.0.tick();
    }
}
