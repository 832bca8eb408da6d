//! `vigie secrets`: the secrets of an instance and the keys that open them, even while the folder
//! is served.

use clap::{Args, Subcommand};
use serde::{Deserialize, Serialize};
use vigie_journey::{
    SystemIds,
    key_file::{self, KeySource},
};

use super::{
    Output,
    dispatch::{Writes, dispatch},
    say,
};
use crate::{
    Instance,
    cli::{Completion, Open},
    settings::Settings,
};

/// Options of `vigie secrets`.
#[derive(Args)]
pub struct Secrets {
    #[command(flatten)]
    open: Open,
    #[command(subcommand)]
    act: SecretsCommand,
}

/// What to do.
#[derive(Subcommand, Debug, Serialize, Deserialize)]
pub enum SecretsCommand {
    /// Seals every secret again with a new key; the older keys stay in the file, for older backups.
    Rotate,
    /// When the key file is lost: lets go of the secrets it opened, so that the instance starts
    /// again. Mailboxes need their passwords again.
    Forget,
}

impl Secrets {
    /// Runs the command.
    pub async fn run(self) -> anyhow::Result<Completion> {
        let settings = Settings::read(self.open.config.as_ref(), &self.open.overrides())?;
        match self.act {
            SecretsCommand::Rotate => dispatch(self.act, &settings).await,
            SecretsCommand::Forget => forget(&settings).await,
        }
    }
}

impl Writes for SecretsCommand {
    const NAME: &'static str = "Secrets";

    async fn run(self, instance: &Instance, output: &mut dyn Output) -> anyhow::Result<Completion> {
        anyhow::ensure!(
            matches!(self, Self::Rotate),
            "stop the instance first: `vigie secrets forget` runs on a folder nobody serves"
        );
        let source = &instance.key_source;
        let sealed = key_file::rotate(&instance.store, source, &SystemIds).await?;
        output.say(&match source {
            KeySource::OwnFile(file) => format!(
                "{sealed} secrets are sealed with a new key, the first line of {0}. Copy {0} to \
                 where you keep it apart from backups; older lines open older backups.",
                file.display()
            ),
            _ => format!(
                "{sealed} secrets are sealed with the first of the keys this process was given. \
                 To have another, put a line before it (a name, a space, 32 bytes in base64), \
                 restart, and do this again."
            ),
        });
        Ok(Completion::Success)
    }
}

/// The folder cannot be opened as an instance, whose secrets would have to open.
async fn forget(settings: &Settings) -> anyhow::Result<Completion> {
    anyhow::ensure!(
        !Instance::is_served(&settings.data),
        "stop the instance first"
    );
    let forgotten = Instance::forget_secrets(&settings.data, settings.database.as_deref()).await?;
    say(&format!(
        "{forgotten} secrets were let go: set the passwords of the mailboxes again, and give \
         programs the new secrets of their sources and webhooks; links that were sent are over"
    ))?;
    Ok(Completion::Success)
}
