//! Customers, the accounts they speak by, and what they did.

pub(crate) mod claims;
pub(crate) mod customer;
pub(crate) mod identity;
pub(crate) mod joins;
pub(crate) mod orders;
pub(crate) mod preferences;
pub(crate) mod visits;
