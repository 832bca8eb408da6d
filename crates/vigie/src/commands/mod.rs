//! One file per command.

pub mod analyse;
pub mod bench;
pub mod demo;
mod dispatch;
pub mod erase;
pub mod import;
pub mod lines;
pub mod mail;
pub mod maintenance;
pub mod measure;
pub mod openapi;
mod output;
pub mod retention;
pub mod search;
pub mod secrets;
pub mod serve;
pub mod triage;
pub mod user;
mod write_command;

pub use output::Output;
pub use write_command::WriteCommand;

/// Writes a line to standard output. Fails when the reader has gone.
pub fn say(line: &str) -> std::io::Result<()> {
    use std::io::Write as _;
    writeln!(std::io::stdout(), "{line}")
}
