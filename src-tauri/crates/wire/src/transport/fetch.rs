//! What a link names, fetched: a link comes from a page that nobody here vouches
//! for.

use std::net::{IpAddr, SocketAddr};

use http::header::{ACCEPT, LOCATION};
use reqwest::Url;

use super::address::{is_loopback, is_private, is_public, literal};
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
    /// here and the connection goes to what was looked up, also through a proxy that
    /// is given addresses (`socks5`). One that looks names up itself (`http`, `https`,
    /// `socks5h`) is given none that is spelt as private. Redirects are checked the
    /// same way, five at most. No cookies, no Referer, no key.
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
        let response = ask(pools, &url, local, limits.accept).await?;
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
async fn ask(
    pools: &Pools,
    url: &Url,
    local: bool,
    accept: &str,
) -> Result<reqwest::Response, FetchError> {
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
    let client = if here {
        pools.direct()
    } else {
        let found = find(pools, url, host).await?;
        let port = url.port_or_known_default().unwrap_or(443);
        let found: Vec<_> = found
            .into_iter()
            .map(|ip| SocketAddr::new(ip, port))
            .collect();
        pools.client_to(host, &found)
    };
    let client = client.map_err(|error| FetchError::Network(error.to_string()))?;
    let request = client.get(url.clone()).header(ACCEPT, accept);
    let failed = |error: reqwest::Error| FetchError::Network(innermost(&error));
    request.send().await.map_err(failed)
}

/// The addresses to connect to; none where a proxy looks the name up. Each must be
/// public, as any may be connected to.
async fn find(pools: &Pools, url: &Url, host: &str) -> Result<Vec<IpAddr>, FetchError> {
    if is_private(host) {
        return Err(FetchError::Private);
    }
    if let Some(ip) = literal(host) {
        return Ok(vec![ip]);
    }
    if pools.proxy_of(url).is_some_and(|proxy| proxy.looks_up) {
        return Ok(Vec::new());
    }
    let found = pools.names().of(host).await;
    let found = found.map_err(|error| FetchError::Network(error.to_string()))?;
    match found.iter().all(|ip| is_public(*ip)) {
        true => Ok(found),
        false => Err(FetchError::Private),
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

    #[tokio::test]
    async fn what_may_not_be_asked_is_not() {
        let client = Client::new(crate::Timeouts::default()).unwrap();
        let limits = FetchLimits {
            accept: "image/*",
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
