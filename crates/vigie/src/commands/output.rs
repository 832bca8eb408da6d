//! Where commands write.

use std::io::IsTerminal as _;

use indicatif::ProgressBar;

/// Where a command writes its output: a terminal, directly or through the control socket.
pub trait Output: Send {
    /// Writes a result.
    fn say(&mut self, line: &str);
    /// Reports something refused.
    fn error(&mut self, line: &str);
    /// Shows progress, which is not kept.
    fn progress(&mut self, line: &str);
}

/// Standard output and error, with a spinner on a terminal.
pub struct TerminalOutput(ProgressBar);

impl Default for TerminalOutput {
    fn default() -> Self {
        Self(if std::io::stderr().is_terminal() {
            ProgressBar::new_spinner()
        } else {
            ProgressBar::hidden()
        })
    }
}

impl Output for TerminalOutput {
    fn say(&mut self, line: &str) {
        // The reader may have gone; the command finishes all the same.
        drop(self.0.suspend(|| super::say(line)));
    }

    fn error(&mut self, line: &str) {
        self.0.suspend(|| eprintln!("{line}"));
    }

    fn progress(&mut self, line: &str) {
        self.0.set_message(line.to_owned());
        self.0.tick();
    }
}
