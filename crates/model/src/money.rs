//! Money: minor units and a currency; amounts of different currencies do not add.

use serde::{Deserialize, Serialize};

/// An amount in minor units (cents) of an ISO 4217 currency.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Money {
    /// Cents, or the currency's own minor unit.
    pub minor: i64,
    /// ISO 4217 code, as `EUR`.
    pub currency: String,
}

impl Money {
    /// The sum, or nothing when the currencies differ or the sum overflows.
    pub fn plus(&self, other: &Self) -> Option<Self> {
        (self.currency == other.currency)
            .then(|| self.minor.checked_add(other.minor))
            .flatten()
            .map(|minor| Self { minor, currency: self.currency.clone() })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn euros_and_pounds_do_not_add() {
        let euros = Money { minor: 4_990, currency: "EUR".into() };
        let pounds = Money { minor: 100, currency: "GBP".into() };
        assert_eq!(euros.plus(&pounds), None);
        assert_eq!(euros.plus(&euros).unwrap().minor, 9_980);
    }
}
