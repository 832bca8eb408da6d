//! People, their sessions and invitations; colleagues without account.

pub mod colleagues;
pub mod invitations;
mod new_browser;
pub mod own_account;
pub mod person;
pub mod sessions;
pub mod tickets;
