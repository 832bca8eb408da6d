//! The commands that the process which serves a folder runs for others.

use serde::Deserialize;

use super::{
    Output, dispatch::Writes as _, erase::EraseCommand, import::ImportCommand,
    retention::RetentionCommand, secrets::SecretsCommand, user::UserCommand,
};
use crate::{Instance, cli::Completion};

/// A command that writes, as it is handed over.
#[derive(Debug, Deserialize)]
pub enum WriteCommand {
    /// Manages users.
    User(UserCommand),
    /// Imports historical data.
    Import(ImportCommand),
    /// Erases one person everywhere.
    Erase(EraseCommand),
    /// Erases everybody past their retention term.
    Retention(RetentionCommand),
    /// Seals the secrets again.
    Secrets(SecretsCommand),
}

impl WriteCommand {
    /// Runs the command in this process.
    pub async fn run(
        self,
        instance: &Instance,
        output: &mut dyn Output,
    ) -> anyhow::Result<Completion> {
        match self {
            Self::User(command) => command.run(instance, output).await,
            Self::Import(command) => command.run(instance, output).await,
            Self::Erase(command) => command.run(instance, output).await,
            Self::Retention(command) => command.run(instance, output).await,
            Self::Secrets(command) => command.run(instance, output).await,
        }
    }
}
