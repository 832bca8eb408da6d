//! People of the instance and colleagues without account.

pub(crate) mod colleagues;
pub(crate) mod person;
pub(crate) mod sessions;
pub(crate) mod tickets;
