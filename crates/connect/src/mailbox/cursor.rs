//! Where a mailbox stands: what is new first, then the past from its end to its beginning.

use serde::{Deserialize, Serialize};
use vigie_model::At;

/// Where a mailbox stands.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Cursor {
    /// What came before this instant is history.
    pub since: Option<At>,
    /// The folder read.
    #[serde(default)]
    pub inbox: Folder,
    /// The folder of answers sent elsewhere.
    #[serde(default)]
    pub sent: Folder,
}

/// Where a folder stands.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Folder {
    /// The server's UIDVALIDITY: when it changes, numbers mean other mails.
    pub validity: u32,
    /// The highest number read of what came since the beginning.
    pub top: u32,
    /// The past is read from here down; 1 when all of it is.
    pub floor: u32,
    /// Mails of the past still to read.
    pub left: u32,
    /// Mails of the past when the mailbox was first seen.
    pub past: u32,
}

/// How many mails are read at once.
pub const AT_ONCE: usize = 50;

impl Folder {
    /// The folder as the server now shows it: the same, or begun again when it was renumbered.
    pub fn opened(self, validity: u32, next: u32, exists: u32) -> Self {
        // A server set back to an older day gives numbers again that it gave before.
        let set_back = next <= self.top;
        if self.validity == validity && self.validity != 0 && !set_back {
            return self;
        }
        Self {
            validity,
            top: next.saturating_sub(1),
            floor: next.max(1),
            left: exists,
            past: exists,
        }
    }

    /// The next mails among those above `top`: the oldest of the new first, so that none is passed
    /// over.
    pub fn new_among(&self, numbers: &[u32]) -> Vec<u32> {
        let mut new: Vec<u32> = numbers
            .iter()
            .copied()
            .filter(|it| *it > self.top)
            .collect();
        new.sort_unstable();
        new.truncate(AT_ONCE);
        new
    }

    /// The next mails of the past: the most recent first.
    pub fn past_among(&self, numbers: &[u32]) -> Vec<u32> {
        let mut past: Vec<u32> = numbers
            .iter()
            .copied()
            .filter(|it| *it < self.floor)
            .collect();
        past.sort_unstable_by(|a, b| b.cmp(a));
        past.truncate(AT_ONCE);
        past
    }

    /// Whether the past remains to be read.
    pub const fn has_past(&self) -> bool {
        self.floor > 1
    }

    /// After new mails were read.
    pub fn after_new(self, read: &[u32]) -> Self {
        Self {
            top: read.iter().copied().max().unwrap_or(self.top).max(self.top),
            ..self
        }
    }

    /// After mails of the past were read; none means that it is all read.
    pub fn after_past(self, read: &[u32]) -> Self {
        let left = self
            .left
            .saturating_sub(u32::try_from(read.len()).unwrap_or(u32::MAX));
        match read.iter().copied().min() {
            Some(floor) => Self {
                floor,
                left,
                ..self
            },
            None => Self {
                floor: 1,
                left: 0,
                ..self
            },
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_past_is_read_from_its_end_and_new_mails_from_their_beginning() {
        let folder = Folder::default().opened(7, 101, 60);
        assert_eq!((folder.top, folder.floor, folder.left), (100, 101, 60));
        assert_eq!(folder.past_among(&[1, 2, 99, 100, 101]), [100, 99, 2, 1]);
        assert_eq!(folder.new_among(&[100, 103, 101]), [101, 103]);
        let later = folder.after_new(&[101, 103]).after_past(&[100, 99]);
        assert_eq!((later.top, later.floor, later.left), (103, 99, 58));
        assert!(!later.after_past(&[]).has_past());
    }

    #[test]
    fn a_renumbered_folder_begins_again() {
        let folder = Folder {
            validity: 7,
            top: 50,
            floor: 1,
            left: 0,
            past: 9,
        };
        assert_eq!(folder.opened(7, 60, 59), folder);
        assert_eq!(
            folder.opened(7, 50, 40).floor,
            50,
            "set back to an older day"
        );
        let again = folder.opened(8, 10, 9);
        assert_eq!((again.validity, again.top, again.floor), (8, 9, 10));
    }

    #[test]
    fn an_empty_folder_has_no_past() {
        assert!(!Folder::default().opened(1, 1, 0).has_past());
    }
}
