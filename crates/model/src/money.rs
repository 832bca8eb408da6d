//! Money: minor units and a currency. Nothing adds amounts, so currencies are never mixed.

use serde::{Deserialize, Serialize};

/// An amount in minor units (cents) of an ISO 4217 currency.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Money {
    /// In cents, or in the currency's own minor unit.
    pub minor: i64,
    /// ISO 4217 code, such as `EUR`.
    pub currency: String,
}

/// The text is not a valid amount of money.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum InvalidAmount {
    /// Not three capital letters.
    #[error("a currency is three capital letters, as EUR")]
    Currency,
    /// Not digits with an optional point, or too large.
    #[error("an amount is digits with a point before the cents, as 129.90")]
    Amount,
    /// More decimals than the currency has.
    #[error("this currency has {0} decimals")]
    Decimals(u32),
}

/// Currencies whose minor unit is not a hundredth (ISO 4217, list one).
const DECIMALS: [(&str, u32); 24] = [
    ("BHD", 3),
    ("BIF", 0),
    ("CLP", 0),
    ("DJF", 0),
    ("GNF", 0),
    ("IQD", 3),
    ("ISK", 0),
    ("JOD", 3),
    ("JPY", 0),
    ("KMF", 0),
    ("KRW", 0),
    ("KWD", 3),
    ("LYD", 3),
    ("OMR", 3),
    ("PYG", 0),
    ("RWF", 0),
    ("TND", 3),
    ("UGX", 0),
    ("UYI", 0),
    ("VND", 0),
    ("VUV", 0),
    ("XAF", 0),
    ("XOF", 0),
    ("XPF", 0),
];

impl std::fmt::Display for Money {
    /// Formats as `129.90 EUR`.
    fn fmt(&self, to: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let decimals = decimals(&self.currency);
        let unit = 10_u64.pow(decimals);
        let (sign, minor) = (
            if self.minor < 0 { "-" } else { "" },
            self.minor.unsigned_abs(),
        );
        match decimals {
            0 => write!(to, "{sign}{minor} {}", self.currency),
            width => {
                write!(
                    to,
                    "{sign}{}.{:0width$} {}",
                    minor / unit,
                    minor % unit,
                    self.currency,
                    width = width as usize
                )
            }
        }
    }
}

fn decimals(currency: &str) -> u32 {
    DECIMALS
        .iter()
        .find(|it| it.0 == currency)
        .map_or(2, |it| it.1)
}

impl Money {
    /// Reads `129.90`, `-5` or `1200` in a currency.
    pub fn parse(text: &str, currency: &str) -> Result<Self, InvalidAmount> {
        if currency.len() != 3 || !currency.bytes().all(|it| it.is_ascii_uppercase()) {
            return Err(InvalidAmount::Currency);
        }
        let decimals = decimals(currency);
        let (sign, digits) = text
            .trim()
            .strip_prefix('-')
            .map_or((1, text.trim()), |rest| (-1, rest));
        let (whole, part) = digits.split_once('.').unwrap_or((digits, ""));
        let plain = |it: &str| it.bytes().all(|it| it.is_ascii_digit());
        if whole.is_empty() || !plain(whole) || !plain(part) || digits.ends_with('.') {
            return Err(InvalidAmount::Amount);
        }
        let part = part.trim_end_matches('0');
        if part.len() > decimals as usize {
            return Err(InvalidAmount::Decimals(decimals));
        }
        let padded = format!("{whole}{part:0<width$}", width = decimals as usize);
        let minor = padded.parse::<i64>().map_err(|_| InvalidAmount::Amount)?;
        Ok(Self {
            minor: sign * minor,
            currency: currency.to_owned(),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn amounts_are_read_in_the_decimals_of_their_currency() {
        let minor = |text, currency| Money::parse(text, currency).map(|it| it.minor);
        assert_eq!(minor("129.90", "EUR"), Ok(12_990));
        assert_eq!(minor("129.9", "EUR"), Ok(12_990));
        assert_eq!(minor("-5", "EUR"), Ok(-500));
        assert_eq!(minor("1200", "JPY"), Ok(1_200));
        assert_eq!(minor("1200.00", "JPY"), Ok(1_200));
        assert_eq!(minor("1.234", "TND"), Ok(1_234));
        assert_eq!(minor("1.234", "EUR"), Err(InvalidAmount::Decimals(2)));
        assert_eq!(minor("1,20", "EUR"), Err(InvalidAmount::Amount));
        assert_eq!(
            minor("99999999999999999999", "EUR"),
            Err(InvalidAmount::Amount)
        );
        for wrong in ["", ".5", "5.", "-", "5.x", "x.5", "1e3", "+5", "٣"] {
            assert_eq!(minor(wrong, "EUR"), Err(InvalidAmount::Amount), "{wrong}");
        }
        for wrong in ["euro", "eur", "EURO", "EU", ""] {
            assert_eq!(minor("5", wrong), Err(InvalidAmount::Currency), "{wrong}");
        }
        for written in [
            "129.90 EUR",
            "0.00 EUR",
            "-0.05 EUR",
            "1200 JPY",
            "1.234 TND",
        ] {
            let (amount, currency) = written.split_once(' ').unwrap();
            assert_eq!(Money::parse(amount, currency).unwrap().to_string(), written);
        }
    }
}
