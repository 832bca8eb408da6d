//! The address a mail is handed over to.

use lettre::Address;
use url::Host;

/// An address as mail servers take it: the domain of `zoe@exämple.org` in its ASCII form
/// (RFC 5891).
///
/// # Errors
/// A sentence, when it is no address, or when letters before the `@` need servers that know
/// RFC 6531, which few do.
pub fn parse_address(address: &str) -> Result<Address, String> {
    let no_address = || format!("{address} is no e-mail address");
    let (local, domain) = address.trim().rsplit_once('@').ok_or_else(no_address)?;
    if !local.is_ascii() {
        return Err(format!(
            "mail servers refuse the letters before the @ of {address}: ask for another address"
        ));
    }
    let domain = Host::parse(domain).map_err(|_| no_address())?;
    Address::new(local, domain.to_string()).map_err(|_| no_address())
}

#[cfg(test)]
mod tests {
    use super::parse_address;

    #[test]
    fn a_domain_is_written_as_servers_know_it() {
        for (address, expected) in [
            ("zoe@mail.example", Ok("zoe@mail.example")),
            (" zoe@exämple.test ", Ok("zoe@xn--exmple-cua.test")),
            ("zoe@EXAMPLE.test", Ok("zoe@example.test")),
            ("zoé@mail.example", Err("letters before the @")),
            ("zoe@", Err("no e-mail address")),
            ("zoe", Err("no e-mail address")),
            ("zoe@a b.test", Err("no e-mail address")),
        ] {
            let found = parse_address(address).map(|it| it.to_string());

            match (found, expected) {
                (Ok(found), Ok(expected)) => assert_eq!(found, expected),
                (Err(found), Err(expected)) => assert!(found.contains(expected), "{found}"),
                (found, _) => panic!("{address}: {found:?}"),
            }
        }
    }
}
