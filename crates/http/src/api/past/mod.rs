//! Historical data taken in from files.

pub mod imports;
pub mod insights;
