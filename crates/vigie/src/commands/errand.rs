//! Errands: commands that write. They are done here when nobody serves the folder, else by whoever
//! does.

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
    /// People of the instance.
    User(UserErrand),
    /// The past.
    Import(ImportErrand),
    /// One person, everywhere.
    Erase(EraseErrand),
    /// Everybody past their term.
    Retention(RetentionErrand),
}

/// How a command speaks: on a terminal, or to one through the side door.
pub trait Voice: Send {
    /// A result.
    fn say(&mut self, line: &str);
    /// Something refused.
    fn complain(&mut self, line: &str);
    /// How far it is; shown, not kept.
    fn progress(&mut self, line: &str);
}

impl Errand {
    /// Does it here.
    ///
    /// # Errors
    /// A sentence.
    pub async fn run(self, instance: &Instance, voice: &mut dyn Voice) -> anyhow::Result<Ended> {
        match self {
            Self::User(it) => it.run(instance, voice).await,
            Self::Import(it) => it.run(instance, voice).await,
            Self::Erase(it) => it.run(instance, voice).await,
            Self::Retention(it) => it.run(instance, voice).await,
        }
    }

    /// Does it where it belongs.
    ///
    /// # Errors
    /// A sentence.
    pub async fn see_to(self, settings: &Settings) -> anyhow::Result<Ended> {
        let mut voice = Terminal::default();
        if Instance::is_served(&settings.data) {
            return side_door::hand_in(&settings.data, &self, &mut voice).await;
        }
        let instance = Instance::open(&settings.data, settings.database.as_deref()).await?;
        super::serve::prepare(&instance).await?;
        vigie_journey::past::mend(&instance).await?;
        let ended = self.run(&instance, &mut voice).await?;
        // Nobody serves the house: nobody else brings the index up to date.
        voice.progress("indexing");
        instance.search.follow(&instance.store).await?;
        Ok(ended)
    }
}

/// Standard output and error, and a spinner on a terminal.
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
        // Whoever reads may have gone; the errand is done all the same.
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
