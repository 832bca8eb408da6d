//! Addresses, whatever the header contains.

use mail_parser::{Addr, Address as Parsed};
use serde::Serialize;

use super::thread::Headers;

/// A name and an address; either may be missing.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Address {
    pub name: Option<String>,
    /// As written; empty when there is none.
    pub address: String,
}

/// Every address of a header, groups expanded.
pub fn all(header: Option<&Parsed<'_>>) -> Vec<Address> {
    let addresses = header.into_iter().flat_map(|it| it.iter());
    addresses
        .map(one)
        .filter(|it| !it.address.is_empty() || it.name.is_some())
        .collect()
}

/// The first entry with an address, else the first name, else what the raw header contains.
pub fn first(header: Option<&Parsed<'_>>, headers: &Headers, name: &str) -> Option<Address> {
    let found = all(header);
    let best = found
        .iter()
        .find(|it| it.address.contains('@'))
        .or(found.first())
        .cloned();
    best.or_else(|| headers.value(name).and_then(bare))
}

fn one(addr: &Addr<'_>) -> Address {
    let clean = |it: &str| it.trim().trim_matches('"').trim().to_owned();
    let name = addr.name().map(clean).filter(|it| !it.is_empty());
    let address = addr
        .address()
        .map(|it| it.trim().to_owned())
        .unwrap_or_default();
    // In `From: Jeanne Roudaut`, the grammar takes a bare name for an address.
    if name.is_none() && !address.contains('@') && !address.is_empty() {
        return Address {
            name: Some(address),
            address: String::new(),
        };
    }
    Address { name, address }
}

/// The first word with an at sign, when the grammar found nothing.
fn bare(value: &str) -> Option<Address> {
    let word = value
        .split(|it: char| it.is_whitespace() || "<>,;()\"".contains(it))
        .find(|it| it.contains('@'))?;
    Some(Address {
        name: None,
        address: word.to_owned(),
    })
}
