//! `vigie`: one binary, a server and a set of Unix filters.

use clap::Parser as _;
use vigie::cli::Cli;

fn main() -> std::process::ExitCode {
    vigie::cli::run(Cli::parse())
}
