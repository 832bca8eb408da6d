//! `vigie retention`: lists people past their retention term, and erases them.

use anyhow::Context as _;
use clap::Args;
use serde::{Deserialize, Serialize};
use vigie_model::Actor;
use vigie_store::Standing;

use super::{Errand, Voice};
use crate::{
    Instance,
    cli::{Ended, Open},
    settings::Settings,
};

/// Options of `vigie retention`.
#[derive(Args)]
pub struct Retention {
    #[command(flatten)]
    open: Open,
    #[command(flatten)]
    errand: RetentionErrand,
}

/// The erasure to perform.
#[derive(Args, Debug, Serialize, Deserialize)]
pub struct RetentionErrand {
    /// Lists who would be erased, one JSON object per line, and erases nobody.
    #[arg(long)]
    dry_run: bool,
}

impl Retention {
    /// Runs the command; exits with 1 when something of somebody is still found.
    pub async fn run(self) -> anyhow::Result<Ended> {
        let settings = Settings::read(self.open.config.as_ref(), &self.open.given())?;
        Errand::Retention(self.errand).see_to(&settings).await
    }
}

/// Number of people listed per query.
const PAGE: i64 = 1_000;

impl RetentionErrand {
    /// Performs the erasure.
    pub async fn run(self, instance: &Instance, voice: &mut dyn Voice) -> anyhow::Result<Ended> {
        if self.dry_run {
            return name_them(instance, voice).await;
        }
        voice.progress("erasing");
        let proof = vigie_journey::erasure::purge_expired(instance, Actor::House).await?;
        voice.say(&serde_json::to_string(&proof).context("the proof cannot be written")?);
        Ok(if proof.found_in.is_empty() {
            Ended::Well
        } else {
            Ended::SomeRefused
        })
    }
}

async fn name_them(instance: &Instance, voice: &mut dyn Voice) -> anyhow::Result<Ended> {
    let mut session = instance.store.read().await?;
    let (terms, now) = (session.retention_terms().await?, instance.store.now());
    for standing in Standing::ALL {
        let Some(bound) = terms.bound(standing, now) else {
            voice.complain(&format!(
                "{}: kept for ever; say a term in Settings, Retention",
                standing.code()
            ));
            continue;
        };
        let mut after = 0;
        loop {
            let people = session.past_term(standing, bound, after, PAGE).await?;
            let Some(last) = people.last() else { break };
            after = last.key;
            for it in &people {
                let line =
                    serde_json::json!({"id": it.id, "standing": standing, "last_at": it.last_at});
                voice.say(&line.to_string());
            }
        }
    }
    Ok(Ended::Well)
}
