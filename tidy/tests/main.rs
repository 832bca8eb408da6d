//! Each file is one kind of rule. What is over a limit today is named in `over.txt`, which may only
//! grow shorter: a new name there is a review's decision, a name that is no longer true is an
//! error.

#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::string_slice,
    reason = "a rule that cannot read the sources must stop"
)]

mod arrows;
mod circles;
mod dependencies;
mod documents;
mod functions;
mod ledger;
mod licences;
mod names;
mod sizes;
mod sources;
mod swallowed;
mod words;
