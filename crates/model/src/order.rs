//! A purchase as reported by a shop: a customer who stops buying is a signal too.

use crate::{At, IncomingAuthor, Money, OrderStatus};

/// One order at intake. An order with the same number replaces the earlier one.
#[derive(Debug, Clone, PartialEq)]
pub struct IncomingOrder {
    /// The shop's own number; unique within the brand.
    pub number: String,
    pub placed_at: At,
    pub status: OrderStatus,
    /// Paid or to be paid, including taxes and shipping.
    pub total: Money,
    /// The shop where it was bought, if any.
    pub shop: Option<String>,
    pub buyer: IncomingAuthor,
}
