//! The reading position in a mailbox: new mail first, then history from newest to oldest.

use serde::{Deserialize, Serialize};
use vigie_model::At;

/// The reading position in a mailbox.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct MailboxCursor {
    /// What arrived before this instant is history.
    pub since: Option<At>,
    /// Position in the folder of received mail.
    #[serde(default)]
    pub inbox: FolderCursor,
    /// Position in the folder of answers sent with other programs.
    #[serde(default)]
    pub sent: FolderCursor,
}

/// The reading position in a folder.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct FolderCursor {
    /// The server's UIDVALIDITY: when it changes, UIDs identify other mails.
    pub validity: u32,
    /// The highest UID read among new mail.
    pub top: u32,
    /// History is read downwards from this UID; 1 when all of it is read.
    pub floor: u32,
    /// Number of older mails still to read.
    pub left: u32,
    /// Number of older mails when the mailbox was first opened.
    pub past: u32,
}

/// Number of mails read per batch.
pub const AT_ONCE: usize = 50;

impl FolderCursor {
    /// The position after the folder is opened: unchanged, or reset when its UIDs were
    /// renumbered.
    pub fn opened(self, validity: u32, next: u32, exists: u32) -> Self {
        // A server restored from a backup assigns UIDs again that it had assigned before.
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

    /// The next mails among those above `top`, oldest first, so that none is skipped.
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

    /// The next mails of history, most recent first.
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

    /// Whether history remains to be read.
    pub const fn has_past(&self) -> bool {
        self.floor > 1
    }

    /// The position after new mails were read.
    pub fn after_new(self, read: &[u32]) -> Self {
        Self {
            top: read.iter().copied().max().unwrap_or(self.top).max(self.top),
            ..self
        }
    }

    /// The position after older mails were read; none means that history is complete.
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
        let folder = FolderCursor::default().opened(7, 101, 60);
        assert_eq!((folder.top, folder.floor, folder.left), (100, 101, 60));
        assert_eq!(folder.past_among(&[1, 2, 99, 100, 101]), [100, 99, 2, 1]);
        assert_eq!(folder.new_among(&[100, 103, 101]), [101, 103]);
        let later = folder.after_new(&[101, 103]).after_past(&[100, 99]);
        assert_eq!((later.top, later.floor, later.left), (103, 99, 58));
        assert!(!later.after_past(&[]).has_past());
    }

    #[test]
    fn a_renumbered_folder_begins_again() {
        let folder = FolderCursor {
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
        assert!(!FolderCursor::default().opened(1, 1, 0).has_past());
    }
}
