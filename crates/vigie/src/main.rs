//! `vigie`: one binary, a server and a set of Unix filters.

use clap::Parser as _;
use vigie::cli::Cli;

/// The index allocates megabytes and frees them on other threads several times a second: with
/// the system's allocator, the process kept growing while the memory in use did not.
#[global_allocator]
static ALLOCATOR: tikv_jemallocator::Jemalloc = tikv_jemallocator::Jemalloc;

fn main() -> std::process::ExitCode {
    vigie::cli::run(Cli::parse())
}
