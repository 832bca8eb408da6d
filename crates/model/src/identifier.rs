//! Exact identifiers: what can prove that two authors are the same person.

use serde::{Deserialize, Serialize};

/// The kinds of exact identifier, strongest first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum IdentifierKind {
    /// The shop's customer number.
    ShopId,
    /// Normalised e-mail.
    Email,
    /// Telephone, E.164.
    Phone,
    /// `network/handle`.
    Handle,
}

impl IdentifierKind {
    /// The stable code.
    pub const fn code(self) -> &'static str {
        match self {
            Self::ShopId => "shop_id",
            Self::Email => "email",
            Self::Phone => "phone",
            Self::Handle => "handle",
        }
    }

    /// The kind with this code.
    pub fn from_code(code: &str) -> Option<Self> {
        [Self::ShopId, Self::Email, Self::Phone, Self::Handle]
            .into_iter()
            .find(|kind| kind.code() == code)
    }
}

/// What vouches for the identifiers of an author.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum IdentityProof {
    /// Nothing: they say so themselves.
    #[default]
    Claimed,
    /// Our own mail server checked that the domain of the address sent the mail.
    MailServer,
    /// The owner of the address confirmed it, by a link that was sent there.
    PrivateLink,
    /// A token signed by the shop.
    SignedToken,
    /// The shop itself, by its orders and visits.
    Shop,
    /// The company's own records, imported by one of its people.
    Import,
    /// A colleague who heard or met them.
    Colleague,
    /// A person of the team, on reading the case.
    Person,
}

impl IdentityProof {
    /// The stable code.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Claimed => "claimed",
            Self::MailServer => "mail_server",
            Self::PrivateLink => "private_link",
            Self::SignedToken => "signed_token",
            Self::Shop => "shop",
            Self::Import => "import",
            Self::Colleague => "colleague",
            Self::Person => "person",
        }
    }
}

/// An identifier in its normal form.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Identifier {
    pub kind: IdentifierKind,
    pub value: String,
}

impl Identifier {
    /// Both as one text: `email:jeanne@mail.example`.
    pub fn tagged(&self) -> String {
        format!("{}:{}", self.kind.code(), self.value)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_kind_is_found_by_its_code() {
        for (kind, code) in [
            (IdentifierKind::ShopId, "shop_id"),
            (IdentifierKind::Email, "email"),
            (IdentifierKind::Phone, "phone"),
            (IdentifierKind::Handle, "handle"),
        ] {
            assert_eq!(kind.code(), code);
            assert_eq!(IdentifierKind::from_code(code), Some(kind));
        }
        assert_eq!(IdentifierKind::from_code("name"), None);
    }
}
