//! How many uploads may be under way: what is sent slowly is held in memory or on the disk
//! meanwhile, and must not fill them.

use std::{collections::HashMap, sync::Arc};

use parking_lot::Mutex;

/// At once from one address, or one IPv6 network.
const MOST_OF_ONE: usize = 8;
/// At once from everybody.
const MOST_OF_ALL: usize = 64;

/// The uploads that are under way, by address.
#[derive(Default)]
pub struct UploadPlaces(Mutex<HashMap<String, usize>>);

/// The place of an upload; it is free again once this is dropped.
pub struct UploadPlace {
    places: Arc<UploadPlaces>,
    address: String,
}

impl UploadPlaces {
    /// A place for an upload from this address; `None` when all it may have are taken.
    pub fn take(self: &Arc<Self>, address: String) -> Option<UploadPlace> {
        let mut taken = self.0.lock();
        let of_all: usize = taken.values().sum();
        let of_one = taken.get(&address).copied().unwrap_or(0); // default: none of theirs
        if of_one >= MOST_OF_ONE || of_all >= MOST_OF_ALL {
            return None;
        }
        taken.insert(address.clone(), of_one + 1);
        let places = self.clone();
        Some(UploadPlace { places, address })
    }
}

impl Drop for UploadPlace {
    fn drop(&mut self) {
        let mut taken = self.places.0.lock();
        match taken.get_mut(&self.address) {
            Some(count) if *count > 1 => *count -= 1,
            _ => drop(taken.remove(&self.address)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn places_are_limited_for_one_and_for_all_and_free_again() {
        let places = Arc::new(UploadPlaces::default());
        let take = |address: usize| places.take(address.to_string());

        let mut held: Vec<_> = (0..MOST_OF_ONE).map(|_| take(0).unwrap()).collect();
        assert!(take(0).is_none(), "one address");
        for number in MOST_OF_ONE..MOST_OF_ALL {
            held.push(take(number).unwrap());
        }
        assert!(take(999).is_none(), "everybody");

        drop(held);
        assert!(places.0.lock().is_empty());
        assert!(take(0).is_some());
    }
}
