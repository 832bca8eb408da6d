//! How many connections there may be, in all and from one address.

use std::{collections::HashMap, net::IpAddr, sync::Arc};

use parking_lot::Mutex;
use vigie_http::network;

/// The most connections.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    pub total: usize,
    /// From one IPv4 address, or one IPv6 network of 64 bits, which one caller holds whole.
    pub per_address: usize,
}

/// Files that connections must leave to the database, the index and the attachments.
const RESERVED: u64 = 256;
/// The most connections, however many files there may be: each takes memory too.
const MOST: u64 = 4_096;
/// A household or a company behind one address opens fewer; so does a program.
const PER_ADDRESS: usize = 256;

impl Limits {
    /// What a process that may hold `files` files open can serve. Behind a proxy every connection
    /// comes from one address: the proxy's own limits count callers.
    pub fn within(files: u64, behind_proxy: bool) -> Self {
        let total = files.saturating_sub(RESERVED).clamp(16, MOST);
        let total = usize::try_from(total).unwrap_or(usize::MAX); // default: it is below MOST
        Self {
            total,
            per_address: match behind_proxy {
                true => total,
                false => PER_ADDRESS.min(total),
            },
        }
    }
}

/// The connections there are.
#[derive(Clone)]
pub struct Places {
    limits: Limits,
    taken: Arc<Mutex<Taken>>,
}

#[derive(Default)]
struct Taken {
    total: usize,
    by_address: HashMap<IpAddr, usize>,
}

/// One connection; dropping it gives its place back.
pub struct Place {
    taken: Arc<Mutex<Taken>>,
    address: IpAddr,
}

impl Places {
    /// Nobody is connected yet.
    pub fn new(limits: Limits) -> Self {
        Self {
            limits,
            taken: Arc::default(),
        }
    }

    /// A place for a caller; `None` when they hold too many, or all are taken.
    pub fn take(&self, from: IpAddr) -> Option<Place> {
        let address = network(from);
        let mut taken = self.taken.lock();
        let theirs = taken.by_address.get(&address).copied();
        let theirs = theirs.unwrap_or(0); // default: the first of theirs
        if taken.total >= self.limits.total || theirs >= self.limits.per_address {
            return None;
        }
        taken.total += 1;
        taken.by_address.insert(address, theirs + 1);
        Some(Place {
            taken: Arc::clone(&self.taken),
            address,
        })
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        let mut taken = self.taken.lock();
        taken.total = taken.total.saturating_sub(1);
        if let Some(theirs) = taken.by_address.get_mut(&self.address) {
            *theirs -= 1;
            if *theirs == 0 {
                taken.by_address.remove(&self.address);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ip(text: &str) -> IpAddr {
        text.parse().unwrap()
    }

    #[test]
    fn a_place_is_given_back_and_nobody_takes_more_than_theirs() {
        let places = Places::new(Limits {
            total: 3,
            per_address: 2,
        });

        let first = places.take(ip("192.0.2.1")).unwrap();
        let second = places.take(ip("::ffff:192.0.2.1")).unwrap();
        assert!(places.take(ip("192.0.2.1")).is_none(), "two are theirs");
        let _other = places.take(ip("2001:db8::1")).unwrap();
        assert!(places.take(ip("2001:db8:1::1")).is_none(), "all are taken");

        drop((first, second));
        let _again = places.take(ip("2001:db8::ffff")).unwrap();
        assert!(
            places.take(ip("2001:db8::2")).is_none(),
            "one network, two places"
        );
        assert!(places.take(ip("192.0.2.1")).is_some());
    }

    #[test]
    fn files_are_left_to_the_database_and_the_index() {
        for (files, behind_proxy, expected) in [
            (1_024, false, (768, 256)),
            (1_024, true, (768, 768)),
            (1_048_576, false, (4_096, 256)),
            (300, false, (44, 44)),
            (0, false, (16, 16)),
        ] {
            let limits = Limits::within(files, behind_proxy);
            assert_eq!((limits.total, limits.per_address), expected, "{files}");
        }
    }
}
