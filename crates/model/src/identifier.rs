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

/// An identifier in its normal form.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Identifier {
    pub kind: IdentifierKind,
    pub value: String,
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
