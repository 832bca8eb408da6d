//! Weighing when a case is stored: the store calls the weigher it was given, so that nothing
//! is ever stored unweighed and the store itself knows no rule.

use vigie_model::At;

use crate::{Brand, Case};

/// What a weigher needs to know about the context of a case.
#[derive(Debug, Clone)]
pub struct WeighingContext {
    /// The brand, with its hours and targets.
    pub brand: Brand,
    /// The hours of the case's team, if it has its own.
    pub hours: Option<String>,
    /// Code of the cause named.
    pub cause: Option<String>,
    /// Distinct customers with the same cause in seven days.
    pub customers_same_cause: Option<i64>,
    /// Whether the cause was never named before.
    pub new_cause: bool,
    /// Earlier unsolved cases of this customer with the same cause.
    pub earlier_unsolved: i64,
    /// The earliest due date of a promise in view.
    pub promise: Option<At>,
}

/// Decides queue, rank, due time and take-by time of a case.
pub trait Weigher: Send + Sync {
    /// Weighs `case` at `at`, setting its points, reasons, rank, due time, take-by and next
    /// change.
    fn weigh(&self, case: &mut Case, context: &WeighingContext, at: At);
}
