//! A purchase as a shop tells it: a customer who stops buying speaks too.

use crate::{At, AuthorSaid, Money, OrderStatus};

/// One order at the door. The same number told again replaces what was told before.
#[derive(Debug, Clone, PartialEq)]
pub struct OrderSaid {
    /// The shop's own number; unique within the brand.
    pub number: String,
    /// When it was placed.
    pub placed_at: At,
    /// Where it stands.
    pub status: OrderStatus,
    /// Paid or to be paid, taxes and shipping included.
    pub total: Money,
    /// The shop it was bought in, when it was one.
    pub shop: Option<String>,
    /// Who bought, as told.
    pub buyer: AuthorSaid,
}
