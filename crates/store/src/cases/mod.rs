//! Cases, and what people do to them.

pub(crate) mod assignments;
pub(crate) mod bulk;
pub(crate) mod case;
pub(crate) mod case_causes;
pub(crate) mod causes;
pub(crate) mod closures;
pub(crate) mod drafts;
pub(crate) mod list;
pub(crate) mod moves;
pub(crate) mod notes;
pub(crate) mod promises;
pub(crate) mod read_state;
pub(crate) mod repository;
pub(crate) mod rules;
pub(crate) mod saved_views;
pub(crate) mod tags;
pub(crate) mod tallies;
pub(crate) mod teams;
pub(crate) mod weigher;
pub(crate) mod weighing;
