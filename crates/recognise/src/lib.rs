//! Recognises who wrote, from exact identifiers only: normalised e-mail, E.164 telephone, shop
//! number, handle per network. It returns a verdict and its evidence; people join and separate
//! customers elsewhere, reversibly.
//!
//! Pure: what is already known comes as an argument.

mod identifiers;
mod verdict;

pub use identifiers::{AuthorIdentifiers, email, phone};
pub use verdict::{Evidence, Verdict, recognise, telling};

/// The version of recognition, stored with its verdicts.
pub const VERSION: &str = "exact-1";
