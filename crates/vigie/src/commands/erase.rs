//! `vigie erase`: erases one person everywhere, with a proof.

use anyhow::Context as _;
use clap::Args;
use serde::{Deserialize, Serialize};
use vigie_model::Actor;

use super::{
    Output,
    dispatch::{Writes, dispatch},
};
use crate::{
    Instance,
    cli::{Completion, Open},
    settings::Settings,
};

/// Options of `vigie erase`.
#[derive(Args)]
pub struct Erase {
    #[command(flatten)]
    open: Open,
    #[command(flatten)]
    command: EraseCommand,
}

/// The erasure to perform.
#[derive(Args, Debug, Serialize, Deserialize)]
pub struct EraseCommand {
    /// A customer's id, an address, a number such as +33612345678, or an account.
    customer: String,
    /// Shows what would be erased, and erases nothing.
    #[arg(long)]
    dry_run: bool,
}

impl Erase {
    /// Runs the command; exits with 1 when something of the person is still found.
    pub async fn run(self) -> anyhow::Result<Completion> {
        let settings = Settings::read(self.open.config.as_ref(), &self.open.overrides())?;
        dispatch(self.command, &settings).await
    }
}

impl Writes for EraseCommand {
    const NAME: &'static str = "Erase";

    async fn run(self, instance: &Instance, output: &mut dyn Output) -> anyhow::Result<Completion> {
        let person = vigie_journey::erasure::traces_of(instance, &self.customer).await?;
        if self.dry_run {
            let (accounts, traces) = (person.authors.len(), person.looked_for.len());
            output.say(&format!(
                "{accounts} accounts or addresses, {traces} traces to look for: nothing was erased"
            ));
            return Ok(Completion::Success);
        }
        output.progress("erasing");
        let proof = vigie_journey::erasure::erase(instance, Actor::System, &person).await?;
        output.say(&serde_json::to_string(&proof).context("the proof cannot be written")?);
        Ok(if proof.found_in.is_empty() {
            Completion::Success
        } else {
            Completion::PartialFailure
        })
    }
}
