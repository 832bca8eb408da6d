//! Customers, what they bought and when they came.

pub mod customer;
pub mod identity;
pub mod look_alike;
pub mod orders;
pub mod person_copy;
pub mod preferences;
pub mod visits;
