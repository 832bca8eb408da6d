//! Historical data taken in from files.

pub(crate) mod imported_records;
pub(crate) mod imports;
pub(crate) mod insights;
