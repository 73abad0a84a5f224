//! Which hosts are this machine, and which the network around it.

use std::net::{IpAddr, Ipv6Addr};

/// True for names and addresses of this machine.
pub fn is_loopback(host: &str) -> bool {
    if let Some(ip) = literal(host) {
        let ip = ip.to_canonical();
        return ip.is_loopback() || ip.is_unspecified();
    }
    is_under(host, "localhost")
}

/// True for what is spelt as a host of this machine or of the network around it: an
/// address that is not [public](is_public), or a name that no public name server
/// knows. Those are mDNS (RFC 6762), `home.arpa` (RFC 8375), `internal` (ICANN, 2024),
/// `lan` as home routers use it, and single labels.
pub(crate) fn is_private(host: &str) -> bool {
    match literal(host) {
        Some(ip) => !is_public(ip),
        None => {
            let name = host.trim_end_matches('.');
            let local = ["local", "localhost", "home.arpa", "internal", "lan"];
            !name.contains('.') || local.iter().any(|suffix| is_under(name, suffix))
        }
    }
}

/// An address that is of no private network. 198.18.0.0/15 is let through: many
/// VPNs give every name an address of theirs there.
pub(crate) fn is_public(ip: IpAddr) -> bool {
    let canonical = match ip.to_canonical() {
        IpAddr::V6(v6) => embedded(v6).unwrap_or(IpAddr::V6(v6)),
        v4 => v4,
    };
    let private = match canonical {
        IpAddr::V4(v4) => {
            let [a, b, ..] = v4.octets();
            v4.is_loopback()
                || v4.is_private()
                || v4.is_link_local()
                || v4.is_multicast()
                || v4.is_broadcast()
                || a == 0
                || (a == 100 && (64..128).contains(&b))
        }
        IpAddr::V6(v6) => {
            v6.is_loopback()
                || v6.is_unspecified()
                || v6.is_multicast()
                || v6.is_unique_local()
                || v6.is_unicast_link_local()
                // Site-local, which RFC 3879 withdrew and old networks still have.
                || (v6.segments().first().copied().unwrap_or_default() & 0xffc0) == 0xfec0
        }
    };
    !private
}

/// The IPv4 address within a compatible (RFC 4291), translated (RFC 2765), NAT64
/// (RFC 6052) or 6to4 (RFC 3056) address.
fn embedded(ip: Ipv6Addr) -> Option<IpAddr> {
    let [a, b, c, d, e, f, g, h] = ip.segments();
    let v4 = |high: u16, low: u16| {
        let bits = (u32::from(high) << 16) | u32::from(low);
        Some(IpAddr::V4(bits.into()))
    };
    match (a, b, c, d, e, f) {
        (0, 0, 0, 0, 0, 0) | (0, 0, 0, 0, 0xffff, 0) | (0x64, 0xff9b, 0, 0, 0, 0) => v4(g, h),
        (0x2002, ..) => v4(b, c),
        _ => None,
    }
}

/// The address that a host is written as, if it is no name.
pub(crate) fn literal(host: &str) -> Option<IpAddr> {
    let bare = host.trim_start_matches('[').trim_end_matches(']');
    bare.parse().ok()
}

fn is_under(name: &str, suffix: &str) -> bool {
    let name = name.trim_end_matches('.').to_ascii_lowercase();
    let before = name.strip_suffix(suffix);
    before.is_some_and(|before| before.is_empty() || before.ends_with('.'))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn loopback_is_known_in_every_form() {
        for host in [
            "localhost",
            "LOCALHOST",
            "localhost.",
            "a.localhost",
            "127.0.0.1",
            "127.9.9.9",
            "[::1]",
            "[::ffff:127.0.0.1]",
            "0.0.0.0",
        ] {
            assert!(is_loopback(host), "{host}");
        }
        for host in [
            "localhost.example",
            "10.0.0.1",
            "notlocalhost",
            "[2001:db8::1]",
        ] {
            assert!(!is_loopback(host), "{host}");
        }
    }

    #[test]
    fn private_names_are_known_by_their_spelling() {
        for host in [
            "localhost",
            "nas",
            "nas.",
            "NAS.Local",
            "nas.local.",
            "box.lan",
            "a.b.home.arpa",
            "metadata.google.internal",
            "10.0.0.1",
            "[fe80::1]",
        ] {
            assert!(is_private(host), "{host}");
        }
        for host in [
            "provider.example",
            "local.example",
            "notlocal.com",
            "xn--lan.com",
            "1.1.1.1",
            "[2606:4700::1111]",
        ] {
            assert!(!is_private(host), "{host}");
        }
    }

    #[test]
    fn no_spelling_of_a_private_address_is_public() {
        for ip in [
            "127.0.0.1",
            "10.1.2.3",
            "172.16.0.1",
            "192.168.1.1",
            "169.254.169.254",
            "0.0.0.0",
            "100.64.0.1",
            "224.0.0.1",
            "255.255.255.255",
            "::1",
            "::",
            "fe80::1",
            "fec0::1",
            "fc00::1",
            "fd12::1",
            "ff02::1",
            "::ffff:192.168.1.1",
            "::192.168.1.1",
            "::ffff:0:192.168.1.1",
            "64:ff9b::a00:1",
            "2002:a00:1::",
            "2002:c0a8:101::1",
        ] {
            assert!(!is_public(ip.parse().unwrap()), "{ip}");
        }
        for ip in [
            "1.1.1.1",
            "198.18.0.7",
            "2606:4700::1111",
            "64:ff9b::101:101",
        ] {
            assert!(is_public(ip.parse().unwrap()), "{ip}");
        }
    }
}
