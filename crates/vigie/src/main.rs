//! `vigie`: one binary, a server and a set of Unix filters.

use clap::Parser as _;
use vigie::cli::Cli;

/// The index allocates by megabytes and frees on other threads several times a second: with the
/// system's allocator the memory held grew for as long as the house was served, while what was in
/// use did not.
#[global_allocator]
static ALLOCATOR: tikv_jemallocator::Jemalloc = tikv_jemallocator::Jemalloc;

fn main() -> std::process::ExitCode {
    vigie::cli::run(Cli::parse())
}
