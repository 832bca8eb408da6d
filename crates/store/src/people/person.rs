//! Users and their accounts.

use vigie_model::{At, Lang, PersonId, PersonKey, Role};

use crate::{Error, People, PeopleMut, Result, Row, args, named};

/// A user: somebody of the company with an account.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Person {
    pub key: PersonKey,
    pub id: PersonId,
    /// Sign-in address, in lower case.
    pub email: String,
    /// The name that signs answers.
    pub name: String,
    pub role: Role,
    /// Language of the interface.
    pub lang: Lang,
    /// Since when the account is disabled.
    pub disabled_at: Option<At>,
    pub absent_until: Option<At>,
}

impl Person {
    /// Whether the user can own cases at `at`: neither disabled nor away.
    pub fn available(&self, at: At) -> bool {
        self.disabled_at.is_none() && self.absent_until.is_none_or(|until| until <= at)
    }
}

pub(super) const COLUMNS: &str =
    "p.key, p.id, p.email, p.name, p.role, p.lang, p.disabled_at, p.absent_until";

pub(super) fn read(row: &Row) -> Result<Person> {
    Ok(Person {
        key: row.key("key")?,
        id: PersonId(row.id("id")?),
        email: row.text("email")?,
        name: row.text("name")?,
        role: row.code("role")?,
        lang: row.code("lang")?,
        disabled_at: row.opt_at("disabled_at")?,
        absent_until: row.opt_at("absent_until")?,
    })
}

impl People {
    /// Every user, by name.
    pub async fn list(&mut self) -> Result<Vec<Person>> {
        self.0
            .all(
                format!("SELECT {COLUMNS} FROM person p ORDER BY p.name, p.key"),
                vec![],
            )
            .await?
            .iter()
            .map(read)
            .collect()
    }

    /// The person with this public id.
    pub async fn find(&mut self, id: PersonId) -> Result<Person> {
        let row = self
            .0
            .optional(
                format!("SELECT {COLUMNS} FROM person p WHERE p.id = $1"),
                args![id.0],
            )
            .await?;
        row.map_or(Err(Error::Missing("person")), |row| read(&row))
    }

    /// The person with this key.
    pub async fn by_key(&mut self, key: PersonKey) -> Result<Person> {
        read(
            &self
                .0
                .one(
                    format!("SELECT {COLUMNS} FROM person p WHERE p.key = $1"),
                    args![key],
                )
                .await?,
        )
    }

    /// The user with this address, and the hash of their password.
    pub async fn by_email(&mut self, email: &str) -> Result<Option<(Person, Option<String>)>> {
        let sql = format!("SELECT {COLUMNS}, p.password_hash FROM person p WHERE p.email = $1");
        let row = self.0.optional(sql, args![email.to_lowercase()]).await?;
        row.map(|row| Ok((read(&row)?, row.opt_text("password_hash")?)))
            .transpose()
    }
}

impl PeopleMut {
    /// Stores a person.
    pub async fn insert(
        &mut self,
        email: &str,
        name: &str,
        role: Role,
        lang: Lang,
        hash: Option<&str>,
    ) -> Result<Person> {
        let (id, at, email) = (self.0.id(), self.0.at(), email.to_lowercase());
        let values = named![
            id,
            email: &email,
            name,
            role: role.code(),
            lang: lang.code(),
            password_hash: hash,
            created_at: at,
        ];
        let key = self.0.insert_keyed("person", values).await?;
        Ok(Person {
            key,
            id: PersonId(id),
            email,
            name: name.into(),
            role,
            lang,
            disabled_at: None,
            absent_until: None,
        })
    }

    /// Changes a user's name, role, language, absence and disabled state.
    pub async fn save(&mut self, person: &Person) -> Result<()> {
        let sql = "UPDATE person \
            SET name = $2, role = $3, lang = $4, disabled_at = $5, absent_until = $6 \
            WHERE key = $1";
        let values = args![
            person.key,
            &person.name,
            person.role.code(),
            person.lang.code(),
            person.disabled_at,
            person.absent_until
        ];
        self.0.run(sql, values).await?;
        if person.disabled_at.is_some() {
            self.0.sessions().end_all(person.key).await?;
        }
        Ok(())
    }

    /// Sets a password's hash and signs the person out everywhere.
    pub async fn set_password(&mut self, person_key: PersonKey, hash: &str) -> Result<()> {
        self.set_own_password(person_key, hash).await?;
        self.0.sessions().end_all(person_key).await
    }

    /// Sets a password's hash.
    pub async fn set_own_password(&mut self, person_key: PersonKey, hash: &str) -> Result<()> {
        let sql = "UPDATE person SET password_hash = $2 WHERE key = $1";
        self.0.run(sql, args![person_key, hash]).await?;
        Ok(())
    }
}
