//! `vigie user`: manages users from the terminal, even while the folder is served.

use anyhow::Context as _;
use clap::{Args, Subcommand};
use serde::{Deserialize, Serialize};
use vigie_model::{Act, Actor, Lang, Role};
use vigie_store::FactDraft;

use super::{
    Output,
    dispatch::{Writes, dispatch},
};
use crate::{
    Instance,
    cli::{Completion, Open},
    settings::Settings,
};

/// Options of `vigie user`.
#[derive(Args)]
pub struct User {
    #[command(flatten)]
    open: Open,
    #[command(subcommand)]
    act: UserCommand,
}

/// The change to make.
#[derive(Subcommand, Debug, Serialize, Deserialize)]
pub enum UserCommand {
    /// Adds a user; the password is read from standard input.
    Add {
        /// Sign-in address.
        #[arg(long)]
        email: String,
        /// The name that signs answers.
        #[arg(long)]
        name: String,
        /// Role: administrator, lead, agent, volunteer or reader.
        #[arg(long, default_value = "agent")]
        role: Role,
        /// Hash of the password.
        #[arg(skip)]
        password_hash: String,
    },
    /// Lists all users.
    List,
    /// Disables a user; their cases go back to the team.
    Disable {
        /// Sign-in address.
        #[arg(long)]
        email: String,
    },
}

impl User {
    /// Runs the command.
    pub async fn run(mut self) -> anyhow::Result<Completion> {
        let settings = Settings::read(self.open.config.as_ref(), &self.open.overrides())?;
        if let UserCommand::Add {
            email,
            name,
            password_hash,
            ..
        } = &mut self.act
        {
            anyhow::ensure!(
                vigie_recognise::email(email).is_some(),
                "this is not an e-mail address: {email}"
            );
            *password_hash = read_password(&[email, name])?;
        }
        dispatch(self.act, &settings).await
    }
}

/// Hashes the password from standard input; the password itself goes no further.
fn read_password(words: &[&str]) -> anyhow::Result<String> {
    let mut password = String::new();
    std::io::stdin()
        .read_line(&mut password)
        .context("cannot read the password")?;
    let password = password.trim_end_matches(['\r', '\n']);
    vigie_http::check_strength(password, words)
        .map_err(|refused| anyhow::anyhow!("{}", refused.detail()))?;
    vigie_http::hash_password(password).map_err(anyhow::Error::msg)
}

impl Writes for UserCommand {
    const NAME: &'static str = "User";

    async fn run(self, instance: &Instance, output: &mut dyn Output) -> anyhow::Result<Completion> {
        match self {
            Self::Add {
                email,
                name,
                role,
                password_hash,
            } => add(instance, &email, &name, role, &password_hash).await?,
            Self::List => {
                for person in instance.store.read().await?.people().list().await? {
                    let state = if person.disabled_at.is_some() {
                        "disabled"
                    } else {
                        "active"
                    };
                    output.say(&format!(
                        "{}\t{}\t{}\t{state}",
                        person.email, person.name, person.role
                    ));
                }
            }
            Self::Disable { email } => disable(instance, &email).await?,
        }
        Ok(Completion::Success)
    }
}

async fn add(
    instance: &Instance,
    email: &str,
    name: &str,
    role: Role,
    hash: &str,
) -> anyhow::Result<()> {
    let mut write = instance.store.write(Actor::System).await?;
    anyhow::ensure!(
        write.people().by_email(email).await?.is_none(),
        "there is already an account for {email}"
    );
    let person = write
        .people()
        .insert(email, name, role, Lang::Fr, Some(hash))
        .await?;
    write.fact(
        FactDraft::new(Act::PersonChanged)
            .on("person", person.id.0)
            .code("role", role.code()),
    );
    write.commit().await?;
    Ok(())
}

async fn disable(instance: &Instance, email: &str) -> anyhow::Result<()> {
    let mut write = instance.store.write(Actor::System).await?;
    let found = write.people().by_email(email).await?;
    let (mut person, _) = found.with_context(|| format!("no account for {email}"))?;
    person.disabled_at = Some(write.at());
    write.people().save(&person).await?;
    vigie_desk::release_owner(&mut write, person.key).await?;
    write.fact(
        FactDraft::new(Act::PersonChanged)
            .on("person", person.id.0)
            .number("disabled", 1),
    );
    write.commit().await?;
    Ok(())
}
