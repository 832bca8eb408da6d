//! What the search index reads, and what people see of what it found.

pub(crate) mod found;
pub(crate) mod indexed;
pub(crate) mod saved_searches;
