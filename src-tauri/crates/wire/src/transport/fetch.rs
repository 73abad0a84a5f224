//! What a link names, fetched: a link comes from a page that nobody here vouches
//! for.

use std::net::{IpAddr, Ipv6Addr, SocketAddr};

use http::header::{ACCEPT, LOCATION};
use reqwest::Url;
use url::Host;

use super::address::is_loopback;
use super::client::Client;
use super::failure::innermost;
use super::pools::Pools;
use crate::gate::Gate;

mod limits;

pub use limits::{FetchError, FetchLimits};

/// Most redirects that are followed.
const REDIRECTS: u32 = 5;

impl Client {
    /// Fetches what a link names, over the same way out as everything else.
    ///
    /// `https` only; `http` and addresses of this machine only where the link
    /// itself names this machine (`localhost`, `127.0.0.1`, `[::1]`). Never an
    /// address of a private network, whatever its name: those are looked up
    /// here and the connection goes to what was looked up. (Through a proxy it is
    /// the proxy that looks them up.) Redirects are checked the same way, five at
    /// most. No cookies, no Referer, no key.
    ///
    /// # Errors
    /// [`FetchError`].
    pub async fn fetch(&self, url: &str, limits: FetchLimits) -> Result<Vec<u8>, FetchError> {
        let pools = self.pools();
        match tokio::time::timeout(limits.time, follow(&pools, url, limits)).await {
            Ok(fetched) => fetched.map_err(|error| Gate::of(pools.passwords()).fetch_error(error)),
            Err(_) => Err(FetchError::Timeout(limits.time)),
        }
    }
}

async fn follow(pools: &Pools, url: &str, limits: FetchLimits) -> Result<Vec<u8>, FetchError> {
    let mut url = Url::parse(url).map_err(|_| FetchError::Address)?;
    let local = url.host_str().is_some_and(is_loopback);
    for _ in 0..=REDIRECTS {
        let response = ask(pools, &url, local).await?;
        if response.status().is_redirection() {
            let to = response.headers().get(LOCATION);
            let to = to.and_then(|to| to.to_str().ok()).unwrap_or_default();
            let next = url.join(to).map_err(|_| FetchError::Redirect)?;
            if to.is_empty() {
                return Err(FetchError::Redirect);
            }
            if next.scheme() != url.scheme() {
                return Err(FetchError::Scheme);
            }
            url = next;
            continue;
        }
        if !response.status().is_success() {
            return Err(FetchError::Status(response.status().as_u16()));
        }
        return read(response, limits.bytes).await;
    }
    Err(FetchError::Redirect)
}

/// One request, its address checked first.
async fn ask(pools: &Pools, url: &Url, local: bool) -> Result<reqwest::Response, FetchError> {
    let host = url.host_str().ok_or(FetchError::Address)?;
    if !url.username().is_empty() || url.password().is_some() {
        return Err(FetchError::Address);
    }
    let here = is_loopback(host);
    if url.scheme() != "https" && !(url.scheme() == "http" && here) {
        return Err(FetchError::Scheme);
    }
    if here && !local {
        return Err(FetchError::Private);
    }
    let failed = |error: &reqwest::Error| FetchError::Network(innermost(error));
    let client = if here {
        pools
            .client(host)
            .map_err(|error| FetchError::Network(error.to_string()))?
    } else {
        let found = match url.host() {
            Some(Host::Ipv4(ip)) => vec![public(ip.into())?],
            Some(Host::Ipv6(ip)) => vec![public(ip.into())?],
            // What the proxy makes of a name is not known here.
            _ if pools.proxy_of(url).is_some() => Vec::new(),
            _ => look_up(host).await?,
        };
        let port = url.port_or_known_default().unwrap_or(443);
        let found: Vec<_> = found
            .into_iter()
            .map(|ip| SocketAddr::new(ip, port))
            .collect();
        pools
            .client_to(host, &found)
            .map_err(|error| FetchError::Network(error.to_string()))?
    };
    let request = client.get(url.clone()).header(ACCEPT, "image/*");
    request.send().await.map_err(|error| failed(&error))
}

/// All addresses of a name; each must be public, as any may be connected to.
async fn look_up(host: &str) -> Result<Vec<IpAddr>, FetchError> {
    let found = tokio::net::lookup_host((host, 0))
        .await
        .map_err(|error| FetchError::Network(error.to_string()))?;
    found.map(|address| public(address.ip())).collect()
}

/// An address that is of no private network. 198.18.0.0/15 is let through: many
/// VPNs give every name an address of theirs there.
fn public(ip: IpAddr) -> Result<IpAddr, FetchError> {
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
        }
    };
    if private {
        Err(FetchError::Private)
    } else {
        Ok(ip)
    }
}

/// The IPv4 address within a NAT64 (RFC 6052) or 6to4 (RFC 3056) address.
fn embedded(ip: Ipv6Addr) -> Option<IpAddr> {
    let [a, b, c, d, e, f, g, h] = ip.segments();
    let v4 = |high: u16, low: u16| {
        let bits = (u32::from(high) << 16) | u32::from(low);
        Some(IpAddr::V4(bits.into()))
    };
    match (a, b, c, d, e, f) {
        (0x64, 0xff9b, 0, 0, 0, 0) => v4(g, h),
        (0x2002, ..) => v4(b, c),
        _ => None,
    }
}

async fn read(mut response: reqwest::Response, most: usize) -> Result<Vec<u8>, FetchError> {
    let says = response
        .content_length()
        .and_then(|n| usize::try_from(n).ok());
    if says.is_some_and(|says| says > most) {
        return Err(FetchError::Size(most));
    }
    let mut all = Vec::new();
    let failed = |error: reqwest::Error| FetchError::Network(innermost(&error));
    while let Some(chunk) = response.chunk().await.map_err(failed)? {
        if all.len() + chunk.len() > most {
            return Err(FetchError::Size(most));
        }
        all.extend_from_slice(&chunk);
    }
    Ok(all)
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

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
            "fc00::1",
            "fd12::1",
            "ff02::1",
            "::ffff:192.168.1.1",
            "64:ff9b::a00:1",
            "2002:a00:1::",
            "2002:c0a8:101::1",
        ] {
            assert_eq!(
                public(ip.parse().unwrap()),
                Err(FetchError::Private),
                "{ip}"
            );
        }
        for ip in [
            "1.1.1.1",
            "198.18.0.7",
            "2606:4700::1111",
            "64:ff9b::101:101",
        ] {
            assert!(public(ip.parse().unwrap()).is_ok(), "{ip}");
        }
    }

    #[tokio::test]
    async fn what_may_not_be_asked_is_not() {
        let client = Client::new(crate::Timeouts::default()).unwrap();
        let limits = FetchLimits {
            bytes: 10,
            time: Duration::from_secs(5),
        };
        for (url, error) in [
            ("nonsense", FetchError::Address),
            ("https://me:pw@1.1.1.1/a.png", FetchError::Address),
            ("http://1.1.1.1/a.png", FetchError::Scheme),
            ("file:///etc/passwd", FetchError::Address),
            ("ftp://1.1.1.1/a.png", FetchError::Scheme),
            ("https://192.168.1.1/a.png", FetchError::Private),
            ("https://3232235777/a.png", FetchError::Private),
            ("https://[::ffff:10.0.0.1]/a.png", FetchError::Private),
            ("https://169.254.169.254/latest", FetchError::Private),
        ] {
            assert_eq!(client.fetch(url, limits).await, Err(error), "{url}");
        }
    }
}
