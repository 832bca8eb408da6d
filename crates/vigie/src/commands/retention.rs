//! `vigie retention`: lists people past their retention term, and erases them.

use anyhow::Context as _;
use clap::Args;
use serde::{Deserialize, Serialize};
use vigie_model::Actor;
use vigie_store::RetentionClass;

use super::{
    Output,
    dispatch::{Writes, dispatch},
};
use crate::{
    Instance,
    cli::{Completion, Open},
    settings::Settings,
};

/// Options of `vigie retention`.
#[derive(Args)]
pub struct Retention {
    #[command(flatten)]
    open: Open,
    #[command(flatten)]
    command: RetentionCommand,
}

/// The erasure to perform.
#[derive(Args, Debug, Serialize, Deserialize)]
pub struct RetentionCommand {
    /// Lists who would be erased, one JSON object per line, and erases nobody.
    #[arg(long)]
    dry_run: bool,
}

impl Retention {
    /// Runs the command; exits with 1 when something of somebody is still found.
    pub async fn run(self) -> anyhow::Result<Completion> {
        let settings = Settings::read(self.open.config.as_ref(), &self.open.overrides())?;
        dispatch(self.command, &settings).await
    }
}

/// Number of people listed per query.
const PAGE: i64 = 1_000;

impl Writes for RetentionCommand {
    const NAME: &'static str = "Retention";

    async fn run(self, instance: &Instance, output: &mut dyn Output) -> anyhow::Result<Completion> {
        if self.dry_run {
            return list_expired(instance, output).await;
        }
        output.progress("erasing");
        let proof = vigie_journey::erasure::purge_expired(instance, Actor::System).await?;
        output.say(&serde_json::to_string(&proof).context("the proof cannot be written")?);
        Ok(if proof.found_in.is_empty() {
            Completion::Success
        } else {
            Completion::PartialFailure
        })
    }
}

async fn list_expired(instance: &Instance, output: &mut dyn Output) -> anyhow::Result<Completion> {
    let mut session = instance.store.read().await?;
    let (terms, now) = (session.retention().terms().await?, instance.store.now());
    for class in RetentionClass::ALL {
        let Some(bound) = terms.cutoff(class, now) else {
            output.error(&format!(
                "{}: kept forever; set a term in Settings, Retention",
                class.code()
            ));
            continue;
        };
        let mut after = 0;
        loop {
            let people = session
                .retention()
                .expired_people(class, bound, after, PAGE)
                .await?;
            let Some(last) = people.last() else { break };
            after = last.key;
            for it in &people {
                let line =
                    serde_json::json!({"id": it.id, "standing": class, "last_at": it.last_at});
                output.say(&line.to_string());
            }
        }
    }
    Ok(Completion::Success)
}
