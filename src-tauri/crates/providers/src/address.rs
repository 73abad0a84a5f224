//! Which hosts are this machine, this network, or never asked.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use url::Host;

use crate::Refusal;

/// Where a host lies, as far as its spelling says; names are not resolved.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) enum Zone {
    /// This machine.
    Loopback,
    /// The network around it.
    Private,
    /// Anywhere else.
    Public,
}

/// Checks that a host, by its spelling, is none that is never asked.
///
/// # Errors
/// [`Refusal::LinkLocal`], [`Refusal::NoMachine`].
pub fn check_host(host: &Host<&str>) -> Result<(), Refusal> {
    zone(host).map(|_| ())
}

/// The zone of a host, or why it is never asked.
pub(crate) fn zone(host: &Host<&str>) -> Result<Zone, Refusal> {
    match host {
        Host::Ipv4(ip) => zone_v4(*ip),
        Host::Ipv6(ip) => zone_v6(*ip),
        Host::Domain(name) => Ok(zone_of_name(name)),
    }
}

/// Names that are of this machine (RFC 6761) or of the network around it:
/// mDNS (RFC 6762), `home.arpa` (RFC 8375), `lan` as home routers use it, and
/// single labels, which no public name is.
fn zone_of_name(name: &str) -> Zone {
    let name = name.trim_end_matches('.');
    let under = |suffix: &str| name == suffix || name.ends_with(&format!(".{suffix}"));
    if under("localhost") {
        Zone::Loopback
    } else if under("local") || under("lan") || under("home.arpa") || !name.contains('.') {
        Zone::Private
    } else {
        Zone::Public
    }
}

fn zone_v4(ip: Ipv4Addr) -> Result<Zone, Refusal> {
    let [a, b, ..] = ip.octets();
    // RFC 6598, which VPNs between one's own machines use.
    let shared = a == 100 && (64..128).contains(&b);
    if ip.is_loopback() {
        Ok(Zone::Loopback)
    } else if ip.is_link_local() {
        Err(Refusal::LinkLocal)
    } else if a == 0 || ip.is_multicast() || ip.is_broadcast() {
        Err(Refusal::NoMachine)
    } else if ip.is_private() || shared {
        Ok(Zone::Private)
    } else {
        Ok(Zone::Public)
    }
}

fn zone_v6(ip: Ipv6Addr) -> Result<Zone, Refusal> {
    if ip.is_loopback() {
        Ok(Zone::Loopback)
    } else if ip.is_unicast_link_local() {
        Err(Refusal::LinkLocal)
    } else if ip.is_unspecified() || ip.is_multicast() {
        Err(Refusal::NoMachine)
    } else if let Some(inner) = embedded(ip) {
        zone_v4(inner)
    } else if ip.is_unique_local() {
        Ok(Zone::Private)
    } else {
        Ok(Zone::Public)
    }
}

/// The IPv4 address that an IPv6 address stands for: mapped and compatible
/// (RFC 4291), NAT64 (RFC 6052), 6to4 (RFC 3056).
fn embedded(ip: Ipv6Addr) -> Option<Ipv4Addr> {
    let [s0, s1, s2, s3, s4, s5, s6, s7] = ip.segments();
    let v4 = |high: u16, low: u16| Ipv4Addr::from((u32::from(high) << 16) | u32::from(low));
    match [s0, s1, s2, s3, s4, s5] {
        [0, 0, 0, 0, 0, 0 | 0xffff] | [0, 0, 0, 0, 0xffff, 0] | [0x64, 0xff9b, 0, 0, 0, 0] => {
            Some(v4(s6, s7))
        }
        [0x2002, high, low, ..] => Some(v4(high, low)),
        _ => None,
    }
}

/// True for an address rather than a name.
pub(crate) fn is_ip(text: &str) -> bool {
    text.trim_start_matches('[')
        .trim_end_matches(']')
        .parse::<IpAddr>()
        .is_ok()
}
