//! The search box and what people keep of it.

pub mod saved_searches;
pub mod search;
