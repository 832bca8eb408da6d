//! The control socket: a socket in the data folder, for its owner only, through which commands
//! that write are handed to the process that serves the folder. Two processes never write to
//! one folder.

mod client;
mod events;
mod server;

pub use client::{send_command, tasks};
pub use server::open;

use std::path::{Path, PathBuf};

fn path(folder: &Path) -> PathBuf {
    folder.join("vigie.sock")
}

/// Whether a process serves the folder on its control socket.
pub fn is_listening(folder: &Path) -> bool {
    std::os::unix::net::UnixStream::connect(path(folder)).is_ok()
}
