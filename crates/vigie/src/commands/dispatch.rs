//! Runs a command that writes: here when no process serves the folder, otherwise by the process
//! that does.

use serde::Serialize;

use super::{Output, output::TerminalOutput};
use crate::{Instance, cli::Completion, control_socket, settings::Settings};

/// A command that writes.
pub trait Writes: Serialize {
    /// Its name among those that are handed over.
    const NAME: &'static str;

    /// Runs the command in this process.
    async fn run(self, instance: &Instance, output: &mut dyn Output) -> anyhow::Result<Completion>;
}

/// Runs the command here, or hands it to the process that serves the folder.
pub async fn dispatch<C: Writes>(command: C, settings: &Settings) -> anyhow::Result<Completion> {
    let mut output = TerminalOutput::default();
    if Instance::is_served(&settings.data) {
        let named = serde_json::json!({ C::NAME: command });
        return control_socket::send_command(&settings.data, &named, &mut output).await;
    }

    let instance = Instance::open(&settings.data, settings.database.as_deref()).await?;
    vigie_journey::prepare(&instance).await?;
    vigie_journey::past::recover_interrupted(&instance).await?;
    let ended = command.run(&instance, &mut output).await?;
    // No process serves the folder, so none brings the index up to date.
    output.progress("indexing");
    instance.search.follow(&instance.store).await?;
    Ok(ended)
}
