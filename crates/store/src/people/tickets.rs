//! One-time tickets: for the first administrator, an invitation, a new password.

use vigie_model::{At, PersonKey, Role};

use crate::{Result, Row, Tickets, TicketsMut, args};

/// What a one-time ticket opens.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TicketPurpose {
    /// A new account.
    Join,
    /// A new password for an account.
    Reset,
}

impl TicketPurpose {
    /// Its code.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Join => "join",
            Self::Reset => "reset",
        }
    }
}

/// A one-time link.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Ticket {
    /// What it opens.
    pub purpose: TicketPurpose,
    /// Role of the account to create.
    pub role: Role,
    /// Address of the account to create.
    pub email: Option<String>,
    /// The account whose password is reset.
    pub person_key: Option<PersonKey>,
}

/// A ticket neither used nor expired. Its link is not known here: only a hash is stored.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OpenTicket {
    pub token_hash: Vec<u8>,
    /// What it opens, and for whom.
    pub ticket: Ticket,
    /// Name of the account whose password is reset.
    pub name: Option<String>,
    pub made_at: At,
    pub expires_at: At,
}

fn read(row: &Row) -> Result<Ticket> {
    Ok(Ticket {
        purpose: if row.text("purpose")? == "reset" {
            TicketPurpose::Reset
        } else {
            TicketPurpose::Join
        },
        role: row.code("role")?,
        email: row.opt_text("email")?,
        person_key: row.opt_key("person_key")?,
    })
}

impl Tickets {
    /// The ticket with this token, if neither used nor expired.
    pub async fn find(&mut self, token_hash: &[u8], at: At) -> Result<Option<Ticket>> {
        let sql = "SELECT purpose, role, email, person_key \
            FROM ticket \
            WHERE token_hash = $1 AND used_at IS NULL AND expires_at > $2";
        let row = self.0.optional(sql, args![token_hash, at]).await?;
        row.map(|row| read(&row)).transpose()
    }

    /// Tickets neither used nor expired, newest first.
    pub async fn open(&mut self, at: At) -> Result<Vec<OpenTicket>> {
        let sql = "SELECT t.token_hash, t.purpose, t.role, t.email, t.person_key, t.made_at, \
            t.expires_at, p.name \
            FROM ticket t \
            LEFT JOIN person p ON p.key = t.person_key \
            WHERE t.used_at IS NULL AND t.expires_at > $1 \
            ORDER BY t.made_at DESC, t.token_hash \
            LIMIT 200";
        let one = |row: &Row| {
            Ok(OpenTicket {
                token_hash: row.bytes("token_hash")?,
                ticket: read(row)?,
                name: row.opt_text("name")?,
                made_at: row.at("made_at")?,
                expires_at: row.at("expires_at")?,
            })
        };
        self.0.all(sql, args![at]).await?.iter().map(one).collect()
    }
}

impl TicketsMut {
    /// Creates a one-time ticket.
    pub async fn insert(
        &mut self,
        token_hash: &[u8],
        ticket: &Ticket,
        expires_at: At,
    ) -> Result<()> {
        let at = self.0.at();
        let sql = "INSERT INTO ticket (token_hash, purpose, role, email, person_key, made_at, \
            expires_at) \
            VALUES ($1, $2, $3, $4, $5, $6, $7)";
        let values = args![
            token_hash,
            ticket.purpose.code(),
            ticket.role.code(),
            &ticket.email,
            ticket.person_key,
            at,
            expires_at
        ];
        self.0.run(sql, values).await?;
        Ok(())
    }

    /// Revokes every ticket by which an account's password could be reset.
    pub async fn revoke_resets(&mut self, person_key: PersonKey) -> Result<()> {
        let at = self.0.at();
        let sql = "UPDATE ticket \
            SET expires_at = $2 \
            WHERE person_key = $1 AND used_at IS NULL AND expires_at > $2";
        self.0.run(sql, args![person_key, at]).await?;
        Ok(())
    }

    /// Uses a ticket up; false when it was used meanwhile.
    pub async fn spend(&mut self, token_hash: &[u8]) -> Result<bool> {
        let at = self.0.at();
        let sql = "UPDATE ticket SET used_at = $2 WHERE token_hash = $1 AND used_at IS NULL";
        Ok(self.0.run(sql, args![token_hash, at]).await? == 1)
    }

    /// Revokes a ticket; false when it is used, expired or unknown.
    pub async fn revoke(&mut self, token_hash: &[u8]) -> Result<bool> {
        let sql = "UPDATE ticket \
            SET expires_at = $2 \
            WHERE token_hash = $1 AND used_at IS NULL AND expires_at > $2";
        let at = self.0.at();
        Ok(self.0.run(sql, args![token_hash, at]).await? == 1)
    }
}
