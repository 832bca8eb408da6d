//! `vigie user`: people of the house, from the terminal. The house must not be serving the same folder.

use anyhow::Context as _;
use clap::{Args, Subcommand};
use vigie_model::{Act, Actor, Lang, Role};
use vigie_store::FactDraft;

use super::say;
use crate::{House, cli::Ended, cli::Open, settings::Settings};

/// Options.
#[derive(Args)]
pub struct User {
    #[command(flatten)]
    open: Open,
    #[command(subcommand)]
    act: UserAct,
}

#[derive(Subcommand)]
enum UserAct {
    /// Adds somebody; the password is read from standard input.
    Add {
        /// Address to sign in with.
        #[arg(long)]
        email: String,
        /// Name that signs answers.
        #[arg(long)]
        name: String,
        /// administrator, lead, agent, volunteer or reader.
        #[arg(long, default_value = "agent")]
        role: Role,
    },
    /// Lists everybody.
    List,
    /// Keeps somebody out; their cases go back to the team.
    Disable {
        /// Address.
        #[arg(long)]
        email: String,
    },
}

impl User {
    /// Runs it.
    pub async fn run(self) -> anyhow::Result<Ended> {
        let settings = Settings::read(self.open.config.as_ref(), &self.open.given())?;
        let house = House::open(&settings.data, settings.database.as_deref()).await?;
        match self.act {
            UserAct::Add { email, name, role } => add(&house, &email, &name, role).await?,
            UserAct::List => {
                for person in house.store.read().await?.people().await? {
                    let state = if person.disabled_at.is_some() { "disabled" } else { "active" };
                    say(&format!("{}\t{}\t{}\t{state}", person.email, person.name, person.role))?;
                }
            }
            UserAct::Disable { email } => disable(&house, &email).await?,
        }
        Ok(Ended::Well)
    }
}

async fn add(house: &House, email: &str, name: &str, role: Role) -> anyhow::Result<()> {
    anyhow::ensure!(vigie_recognise::email(email).is_some(), "this is not an e-mail address: {email}");
    let mut password = String::new();
    std::io::stdin().read_line(&mut password).context("cannot read the password")?;
    let password = password.trim_end_matches(['\r', '\n']);
    anyhow::ensure!(password.chars().count() >= 10, "choose a password of at least 10 characters");
    let hash = vigie_http::hash_password(password).map_err(anyhow::Error::msg)?;
    let mut write = house.store.write(Actor::House).await?;
    anyhow::ensure!(write.person_by_email(email).await?.is_none(), "there is already an account for {email}");
    let person = write.insert_person(email, name, role, Lang::Fr, Some(&hash)).await?;
    write.fact(FactDraft::new(Act::PersonChanged).on("person", person.id.0).code("role", role.code()));
    write.commit().await?;
    Ok(())
}

async fn disable(house: &House, email: &str) -> anyhow::Result<()> {
    let mut write = house.store.write(Actor::House).await?;
    let found = write.person_by_email(email).await?;
    let (mut person, _) = found.with_context(|| format!("no account for {email}"))?;
    person.disabled_at = Some(write.at());
    write.save_person(&person).await?;
    vigie_respond::release_owner(&mut write, person.key).await?;
    write.fact(FactDraft::new(Act::PersonChanged).on("person", person.id.0).number("disabled", 1));
    write.commit().await?;
    Ok(())
}
