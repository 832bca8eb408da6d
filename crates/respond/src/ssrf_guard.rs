//! Outgoing requests never reach the private network: every address is resolved here, checked,
//! and pinned, so that neither a redirect nor a name that resolves differently between check
//! and use can lead inside.

use std::{
    net::{IpAddr, SocketAddr},
    sync::Arc,
    time::Duration,
};

use reqwest::dns::{Addrs, Name, Resolve, Resolving};

/// Whether private addresses may be reached: only in tests, or by a brand's own choice on its
/// own machine.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AddressPolicy {
    PublicOnly,
    /// Also loopback, for a receiver on the same machine.
    WithLoopback,
}

/// Whether this address may be reached.
pub fn check_address(address: IpAddr, guard: AddressPolicy) -> bool {
    match address {
        IpAddr::V4(v4) if v4.is_loopback() => guard == AddressPolicy::WithLoopback,
        IpAddr::V4(v4) => {
            let [a, b, c, _] = v4.octets();
            let shared = a == 100 && (64..128).contains(&b);
            let reserved = a == 0
                || a >= 224
                || (a == 192 && b == 0 && c == 0)
                || (a == 198 && (18..20).contains(&b));
            !(v4.is_private() || v4.is_link_local() || v4.is_documentation() || shared || reserved)
        }
        IpAddr::V6(v6) => {
            if let Some(v4) = v6.to_ipv4_mapped() {
                return check_address(IpAddr::V4(v4), guard);
            }
            if v6.is_loopback() {
                return guard == AddressPolicy::WithLoopback;
            }
            let [first, second, ..] = v6.segments();
            // Unique local, link-local, and site-local as it once was.
            let local = (first & 0xfe00) == 0xfc00 || matches!(first & 0xffc0, 0xfe80 | 0xfec0);
            // Addresses that carry one of IPv4: compatible, translated, by 6to4 or Teredo.
            let compatible = v6.to_bits() >> 32 == 0;
            let embedded = first == 0x64 || first == 0x2002 || (first == 0x2001 && second < 0x200);
            !(v6.is_multicast() || local || compatible || embedded)
        }
    }
}

/// Whether a name leads into the private network: what answers there, and what does not, is not
/// told apart, so that nobody looks around in it by our errors.
pub async fn leads_inside(host: &str, port: u16) -> bool {
    let found = tokio::net::lookup_host((host, port)).await;
    let inside = |it: SocketAddr| !check_address(it.ip(), AddressPolicy::PublicOnly);
    found.is_ok_and(|mut all| all.any(inside))
}

struct GuardedResolver(AddressPolicy);

impl Resolve for GuardedResolver {
    fn resolve(&self, name: Name) -> Resolving {
        let guard = self.0;
        Box::pin(async move {
            let found = tokio::net::lookup_host((name.as_str(), 0)).await?;
            let allowed: Vec<SocketAddr> =
                found.filter(|it| check_address(it.ip(), guard)).collect();
            if allowed.is_empty() {
                return Err("this address leads to a private network".into());
            }
            Ok(Box::new(allowed.into_iter()) as Addrs)
        })
    }
}

/// An HTTP client that follows no redirect, waits at most ten seconds, and resolves names
/// through the guard. Numeric addresses bypass resolution: check them with [`check_address`]
/// first.
pub fn client(guard: AddressPolicy) -> Result<reqwest::Client, reqwest::Error> {
    reqwest::Client::builder()
        .dns_resolver(Arc::new(GuardedResolver(guard)))
        .redirect(reqwest::redirect::Policy::none())
        .timeout(Duration::from_secs(10))
        .no_proxy()
        .user_agent("Vigie")
        .build()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn private_addresses_are_refused_in_every_disguise() {
        let inside = [
            "127.0.0.1",
            "10.0.0.8",
            "172.16.3.4",
            "192.168.1.1",
            "169.254.169.254",
            "100.64.0.1",
            "0.0.0.0",
            "::1",
            "fd00::1",
            "fe80::1",
            "::ffff:127.0.0.1",
            "::ffff:10.0.0.1",
            "64:ff9b::a00:1",
            "64:ff9b:1::a00:1",
            "::",
            "::127.0.0.1",
            "::10.0.0.1",
            "fec0::1",
            "feff::1",
            "2002:7f00:1::",
            "224.0.0.1",
        ];
        for address in inside {
            assert!(
                !check_address(address.parse().unwrap(), AddressPolicy::PublicOnly),
                "{address}"
            );
        }
        for address in ["93.184.216.34", "2606:2800:220:1:248:1893:25c8:1946"] {
            assert!(
                check_address(address.parse().unwrap(), AddressPolicy::PublicOnly),
                "{address}"
            );
        }
        assert!(check_address(
            "127.0.0.1".parse().unwrap(),
            AddressPolicy::WithLoopback
        ));
    }
}
