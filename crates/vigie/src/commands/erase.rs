//! `vigie erase`: erases one person everywhere, with a proof.

use anyhow::Context as _;
use clap::Args;
use serde::{Deserialize, Serialize};
use vigie_model::Actor;

use super::{Errand, Voice};
use crate::{
    Instance,
    cli::{Ended, Open},
    settings::Settings,
};

/// Options of `vigie erase`.
#[derive(Args)]
pub struct Erase {
    #[command(flatten)]
    open: Open,
    #[command(flatten)]
    errand: EraseErrand,
}

/// The erasure to perform.
#[derive(Args, Debug, Serialize, Deserialize)]
pub struct EraseErrand {
    /// A customer's id, an address, a number such as +33612345678, or an account.
    customer: String,
    /// Shows what would be erased, and erases nothing.
    #[arg(long)]
    dry_run: bool,
}

impl Erase {
    /// Runs the command; exits with 1 when something of the person is still found.
    pub async fn run(self) -> anyhow::Result<Ended> {
        let settings = Settings::read(self.open.config.as_ref(), &self.open.given())?;
        Errand::Erase(self.errand).see_to(&settings).await
    }
}

impl EraseErrand {
    /// Performs the erasure.
    pub async fn run(self, instance: &Instance, voice: &mut dyn Voice) -> anyhow::Result<Ended> {
        let known = vigie_journey::erasure::traces_of(instance, &self.customer).await?;
        if self.dry_run {
            let (accounts, traces) = (known.authors.len(), known.looked_for.len());
            voice.say(&format!(
                "{accounts} accounts or addresses, {traces} traces to look for: nothing was erased"
            ));
            return Ok(Ended::Well);
        }
        voice.progress("erasing");
        let proof = vigie_journey::erasure::erase(instance, Actor::House, &known).await?;
        voice.say(&serde_json::to_string(&proof).context("the proof cannot be written")?);
        Ok(if proof.found_in.is_empty() {
            Ended::Well
        } else {
            Ended::SomeRefused
        })
    }
}
