//! The terms people are kept for, and to whom each applies.

use serde::{Deserialize, Serialize};
use vigie_model::At;

/// Retention terms in months; `None` keeps data forever.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct RetentionTerms {
    /// For people who bought, after their last order or message.
    pub customers: Option<i64>,
    /// For people who are recognised and only wrote, after their last message.
    pub contacts: Option<i64>,
    /// For accounts nobody is recognised behind, after their last message.
    pub strangers: Option<i64>,
}

/// Which retention term applies to a person.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum RetentionClass {
    /// Somebody who bought.
    Customer,
    /// Somebody recognised who only wrote.
    Contact,
    /// An account nobody is recognised behind.
    Stranger,
}

impl RetentionClass {
    /// Every standing.
    pub const ALL: [Self; 3] = [Self::Customer, Self::Contact, Self::Stranger];

    /// The stable code.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Customer => "customer",
            Self::Contact => "contact",
            Self::Stranger => "stranger",
        }
    }
}

impl RetentionTerms {
    /// The term for a standing, in months.
    pub const fn of(&self, class: RetentionClass) -> Option<i64> {
        match class {
            RetentionClass::Customer => self.customers,
            RetentionClass::Contact => self.contacts,
            RetentionClass::Stranger => self.strangers,
        }
    }

    /// The longer of both terms, forever if either is. A person may write to several brands.
    pub fn longest(self, other: Self) -> Self {
        let longer = |one: Option<i64>, other: Option<i64>| Some(one?.max(other?));
        Self {
            customers: longer(self.customers, other.customers),
            contacts: longer(self.contacts, other.contacts),
            strangers: longer(self.strangers, other.strangers),
        }
    }

    /// People whose last activity is before this instant are past their term. A month is a
    /// twelfth of 365.25 days.
    pub fn cutoff(&self, class: RetentionClass, now: At) -> Option<At> {
        let days = (self.of(class)? as f64 * 365.25 / 12.0).ceil() as i64;
        Some(now.plus_days(-days))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn three_years_are_1096_days_and_the_longer_term_wins() {
        let terms = RetentionTerms {
            customers: Some(36),
            contacts: Some(36),
            strangers: None,
        };
        let now: At = "2026-11-24T10:00:00Z".parse().unwrap();
        assert_eq!(
            terms.cutoff(RetentionClass::Customer, now),
            "2023-11-24T10:00:00Z".parse().ok()
        );
        assert_eq!(terms.cutoff(RetentionClass::Stranger, now), None);
        let other = RetentionTerms {
            customers: Some(60),
            contacts: None,
            strangers: Some(12),
        };
        assert_eq!(
            terms.longest(other),
            RetentionTerms {
                customers: Some(60),
                contacts: None,
                strangers: None
            }
        );
    }
}
