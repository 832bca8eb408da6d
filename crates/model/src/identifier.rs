//! Exact identifiers: what can prove that two speakers are one person.

use serde::{Deserialize, Serialize};

/// The kinds of exact identifiers, strongest first.
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

    /// The kind of that code.
    pub fn from_code(code: &str) -> Option<Self> {
        [Self::ShopId, Self::Email, Self::Phone, Self::Handle]
            .into_iter()
            .find(|kind| kind.code() == code)
    }
}

/// An identifier in its normal form.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Identifier {
    /// Its kind.
    pub kind: IdentifierKind,
    /// Its normal form.
    pub value: String,
}
