//! The stories live in the test; this file is what Cargo asks of a package.
