//! Which messages of a file belong together, when answers may come before what they answer: a
//! union-find of parents and children, at nine bytes per message.

use std::{
    collections::HashMap,
    hash::{BuildHasher as _, RandomState},
};

/// Threads, by the identifiers of their messages.
pub struct ThreadIndex {
    places: HashMap<u64, u32>,
    parents: Vec<u32>,
    /// By index: whether the message itself was added, not only an answer to it.
    added: Vec<bool>,
    hasher: RandomState,
}

impl Default for ThreadIndex {
    fn default() -> Self {
        Self {
            places: HashMap::new(),
            parents: Vec::new(),
            added: Vec::new(),
            hasher: RandomState::new(),
        }
    }
}

impl ThreadIndex {
    /// Adds a message, and the one it answers.
    pub fn add(&mut self, id: &str, answers: Option<&str>) {
        let place = self.place(id);
        if let Some(it) = self.added.get_mut(place as usize) {
            *it = true;
        }
        if let Some(parent) = answers {
            let parent = self.place(parent);
            let (mine, theirs) = (self.root(place), self.root(parent));
            // The parent's root is kept: it is the oldest known message.
            if let Some(it) = self.parents.get_mut(mine as usize) {
                *it = theirs;
            }
        }
    }

    /// A number shared by every message of the thread and no other; `None` for an identifier
    /// never added.
    pub fn of(&mut self, id: &str) -> Option<u32> {
        let place = self.places.get(&self.hasher.hash_one(id)).copied()?;
        Some(self.root(place))
    }

    /// How many messages are answered but were never added.
    pub fn missing(&self) -> usize {
        self.added.iter().filter(|it| !**it).count()
    }

    fn place(&mut self, id: &str) -> u32 {
        let next = u32::try_from(self.parents.len()).unwrap_or(u32::MAX);
        let place = *self.places.entry(self.hasher.hash_one(id)).or_insert(next);
        if place == next {
            self.parents.push(next);
            self.added.push(false);
        }
        place
    }

    fn root(&mut self, mut place: u32) -> u32 {
        while let Some(parent) = self
            .parents
            .get(place as usize)
            .copied()
            .filter(|it| *it != place)
        {
            // Path halving: each step shortens the next lookup.
            let grand = self.parents.get(parent as usize).copied().unwrap_or(parent);
            if let Some(it) = self.parents.get_mut(place as usize) {
                *it = grand;
            }
            place = grand;
        }
        place
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn answers_before_what_they_answer_and_missing_parents_are_of_one_thread() {
        let mut threads = ThreadIndex::default();
        for (id, parent) in [
            ("1", Some("3")),
            ("2", Some("1")),
            ("3", None),
            ("5", Some("missing")),
            ("6", Some("missing")),
        ] {
            threads.add(id, parent);
        }
        assert_eq!(
            (threads.of("1"), threads.of("2")),
            (threads.of("3"), threads.of("3"))
        );
        assert_eq!(threads.of("5"), threads.of("6"));
        assert_ne!(threads.of("1"), threads.of("5"));
        assert_eq!(
            (threads.of("9"), threads.missing()),
            (None, 1),
            "answered twice, missing once"
        );
    }

    #[test]
    fn a_circle_of_answers_ends() {
        let mut threads = ThreadIndex::default();
        for (id, parent) in [("1", "2"), ("2", "3"), ("3", "1"), ("4", "4")] {
            threads.add(id, Some(parent));
        }
        assert_eq!(threads.of("1"), threads.of("3"));
        assert_ne!(threads.of("4"), threads.of("1"));
    }
}
