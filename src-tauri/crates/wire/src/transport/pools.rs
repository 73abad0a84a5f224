//! Proxies, certificates, and the HTTP clients made for both.

use std::fmt::Write;
use std::sync::{Mutex, PoisonError};

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use hyper_util::client::proxy::matcher::{Intercept, Matcher};
use reqwest::redirect::Policy;
use rustls::RootCertStore;
use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject;
use zeroize::Zeroizing;

use super::address::{is_loopback, is_private, is_public};
use super::failure::innermost;
use super::names::Names;
use super::network::{ManualProxy, Network, Proxy};
use super::patience::Timeouts;
use crate::error::Error;

/// Between two questions of a quiet connection whether the other side is there.
const PROBE: std::time::Duration = std::time::Duration::from_secs(15);

/// One configuration and the HTTP clients made for it, each when first needed:
/// reading the system's certificates takes time at start.
pub(crate) struct Pools {
    pub timeouts: Timeouts,
    network: Network,
    /// The address of a manual proxy, user and password in it.
    manual: Option<Zeroizing<String>>,
    /// Which proxy a request takes. Asked only to tell whose errors are whose.
    rules: Matcher,
    names: Names,
    outside: Mutex<Option<reqwest::Client>>,
    /// Past every proxy.
    direct: Mutex<Option<reqwest::Client>>,
}

/// The way that a request takes.
pub(crate) struct Route {
    pub client: reqwest::Client,
    /// Host and port of the proxy that it goes through.
    pub proxy: Option<String>,
}

impl std::fmt::Debug for Pools {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Pools")
            .field("timeouts", &self.timeouts)
            .field("network", &self.network)
            .finish_non_exhaustive()
    }
}

impl Pools {
    /// Checks everything that can be checked without the network.
    pub fn new(timeouts: Timeouts, network: Network) -> Result<Self, Error> {
        if timeouts.connect.is_zero() || timeouts.idle.is_zero() {
            return Err(Error::parameter("timeout", "longer than 0 seconds"));
        }
        certificates(&network)?;
        let manual = match &network.proxy {
            Proxy::Manual(proxy) => Some(address(proxy)?),
            _ => None,
        };
        let rules = match (&network.proxy, &manual) {
            (Proxy::System, _) => Matcher::from_system(),
            (_, Some(url)) => Matcher::builder().all(url.as_str()).build(),
            (_, None) => Matcher::builder().build(),
        };
        let pools = Self {
            timeouts,
            network,
            manual,
            rules,
            names: Names::system(),
            outside: Mutex::default(),
            direct: Mutex::default(),
        };
        // An address that these rules cannot read would mean no proxy at all.
        let probe = reqwest::Url::parse("https://provider.invalid/").ok();
        if pools.manual.is_some() && probe.and_then(|url| pools.proxy_of(&url)).is_none() {
            return Err(proxy_address());
        }
        Ok(pools)
    }

    /// The way to `url`. What would be readable for a proxy goes past it where that is
    /// a host of this machine or of the network around it, whatever the settings and
    /// the environment say: no proxy has to see what is sent there in clear text.
    pub async fn route(&self, url: &reqwest::Url) -> Result<Route, Error> {
        if self.is_direct(url).await {
            let client = self.direct()?;
            return Ok(Route {
                client,
                proxy: None,
            });
        }
        Ok(Route {
            client: self.outside()?,
            proxy: self.proxy_of(url).map(|through| through.address),
        })
    }

    async fn is_direct(&self, url: &reqwest::Url) -> bool {
        let host = url.host_str().unwrap_or_default();
        if is_loopback(host) || (url.scheme() == "http" && is_private(host)) {
            return true;
        }
        if url.scheme() != "http" || self.proxy_of(url).is_none() {
            return false;
        }
        // A name that is unknown here is one for the proxy to know.
        let looked = tokio::time::timeout(self.timeouts.connect, self.names.of(host)).await;
        matches!(looked, Ok(Ok(found)) if found.iter().any(|ip| !is_public(*ip)))
    }

    fn outside(&self) -> Result<reqwest::Client, Error> {
        kept(&self.outside, || {
            self.proxied(self.builder()?)?.build().map_err(setup)
        })
    }

    /// A client that asks no proxy.
    pub fn direct(&self) -> Result<reqwest::Client, Error> {
        kept(&self.direct, || {
            let builder = || Ok::<_, Error>(self.builder()?.no_proxy());
            // A machine without any certificates can still talk to itself.
            let certificates = certificates(&self.network)?;
            let only = || builder().map(|b| b.tls_certs_only(certificates).build());
            match builder()?.build() {
                Ok(client) => Ok(client),
                Err(_) => only()?.map_err(setup),
            }
        })
    }

    /// A client that connects to these addresses for `host`, and to nothing where
    /// there are none and no proxy looks it up. Made anew: for the few requests that
    /// are not a provider's.
    pub fn client_to(
        &self,
        host: &str,
        addresses: &[std::net::SocketAddr],
    ) -> Result<reqwest::Client, Error> {
        install_crypto();
        let builder = self.proxied(self.builder()?)?;
        let builder = builder.resolve_to_addrs(host, addresses);
        builder.build().map_err(setup)
    }

    /// The proxy that the rules have for `url`.
    pub fn proxy_of(&self, url: &reqwest::Url) -> Option<Through> {
        if is_loopback(url.host_str()?) {
            return None;
        }
        let through = self.rules.intercept(&url.as_str().parse().ok()?)?;
        let uri = through.uri();
        Some(Through {
            address: uri.authority()?.to_string(),
            looks_up: !matches!(uri.scheme_str(), Some("socks4" | "socks5")),
        })
    }

    /// Who looks names up here.
    pub fn names(&self) -> &Names {
        &self.names
    }

    /// The passwords that a proxy is told, from the settings or the environment.
    pub fn passwords(&self) -> Vec<Zeroizing<String>> {
        let probes = ["https://provider.invalid/", "http://provider.invalid/"];
        let probes = probes.iter().filter_map(|url| url.parse().ok());
        let mut all: Vec<_> = probes
            .filter_map(|url| password(&self.rules.intercept(&url)?))
            .filter(|password| !password.is_empty())
            .collect();
        all.dedup();
        all
    }

    /// Looks names up in this table.
    #[cfg(test)]
    pub fn with_names(self, names: Names) -> Self {
        Self { names, ..self }
    }

    fn builder(&self) -> Result<reqwest::ClientBuilder, Error> {
        let builder = reqwest::Client::builder()
            .redirect(Policy::none())
            .referer(false)
            .retry(reqwest::retry::never())
            .user_agent(concat!("Dragoman/", env!("CARGO_PKG_VERSION")))
            .connect_timeout(self.timeouts.connect)
            // A network that is gone, by a cable or another Wi-Fi, says nothing: the
            // connection asks by itself.
            .tcp_keepalive(PROBE)
            .tcp_keepalive_interval(PROBE)
            .tcp_keepalive_retries(2)
            .dns_resolver(std::sync::Arc::new(self.names.clone()))
            .tls_certs_merge(certificates(&self.network)?);
        // What was sent and is not taken within this has nobody at its other end.
        #[cfg(target_os = "linux")]
        let builder = builder.tcp_user_timeout(PROBE * 3);
        Ok(builder)
    }

    fn proxied(&self, builder: reqwest::ClientBuilder) -> Result<reqwest::ClientBuilder, Error> {
        match (&self.network.proxy, &self.manual) {
            (Proxy::System, _) => Ok(builder),
            (_, Some(url)) => {
                let proxy = reqwest::Proxy::all(url.as_str()).map_err(|_| proxy_address())?;
                Ok(builder.proxy(proxy))
            }
            (_, None) => Ok(builder.no_proxy()),
        }
    }
}

/// A proxy on the way.
pub(crate) struct Through {
    /// Host and port.
    pub address: String,
    /// It is given names and looks them up itself.
    pub looks_up: bool,
}

/// The client in `slot`, made when first needed.
fn kept(
    slot: &Mutex<Option<reqwest::Client>>,
    make: impl FnOnce() -> Result<reqwest::Client, Error>,
) -> Result<reqwest::Client, Error> {
    let mut slot = slot.lock().unwrap_or_else(PoisonError::into_inner);
    if let Some(client) = &*slot {
        return Ok(client.clone());
    }
    install_crypto();
    Ok(slot.insert(make()?).clone())
}

/// Fails when there is one already, which is as good.
fn install_crypto() {
    let _ = rustls::crypto::ring::default_provider().install_default();
}

fn setup(error: reqwest::Error) -> Error {
    Error::Setup {
        reason: innermost(&error),
    }
}

/// The password in what a proxy is told.
fn password(through: &Intercept) -> Option<Zeroizing<String>> {
    if let Some((_, password)) = through.raw_auth() {
        return Some(Zeroizing::new(password.to_owned()));
    }
    let basic = through.basic_auth()?.to_str().ok()?;
    let basic = Zeroizing::new(STANDARD.decode(basic.strip_prefix("Basic ")?).ok()?);
    let (_, password) = std::str::from_utf8(&basic).ok()?.split_once(':')?;
    Some(Zeroizing::new(password.to_owned()))
}

/// The extra certificates, each readable.
fn certificates(network: &Network) -> Result<Vec<reqwest::Certificate>, Error> {
    let Some(bytes) = &network.ca else {
        return Ok(Vec::new());
    };
    let wrong = || Error::parameter("ca", "a file of certificates in PEM or DER form");
    let pem = memchr::memmem::find(bytes, b"-----BEGIN").is_some();
    let all: Vec<CertificateDer<'_>> = if pem {
        CertificateDer::pem_slice_iter(bytes)
            .collect::<Result<_, _>>()
            .map_err(|_| wrong())?
    } else {
        vec![CertificateDer::from(bytes.as_slice())]
    };
    let mut store = RootCertStore::empty();
    let mut out = Vec::with_capacity(all.len());
    for der in all {
        store.add(der.clone().into_owned()).map_err(|_| wrong())?;
        out.push(reqwest::Certificate::from_der(&der).map_err(|_| wrong())?);
    }
    if out.is_empty() {
        return Err(wrong());
    }
    Ok(out)
}

/// The address of a proxy with user and password in it.
fn address(proxy: &ManualProxy) -> Result<Zeroizing<String>, Error> {
    let text = proxy.url.trim();
    let text = if text.contains("://") {
        text.to_owned()
    } else {
        format!("http://{text}")
    };
    let mut url = reqwest::Url::parse(&text).map_err(|_| proxy_address())?;
    let socks = matches!(url.scheme(), "socks5" | "socks5h");
    if !socks && !matches!(url.scheme(), "http" | "https")
        || url.host_str().is_none_or(str::is_empty)
    {
        return Err(proxy_address());
    }
    if socks && url.port().is_none() {
        url.set_port(Some(1080)).map_err(|()| proxy_address())?;
    }
    if let Some(user) = &proxy.user {
        let password = proxy.password.as_ref().map(|p| encoded(&p.0));
        url.set_username(&encoded(user))
            .map_err(|()| proxy_address())?;
        url.set_password(password.as_ref().map(|password| password.as_str()))
            .map_err(|()| proxy_address())?;
    }
    Ok(Zeroizing::new(url.into()))
}

/// Every byte as `%XX`: a URL's own encoding would leave a `%` as it is.
fn encoded(text: &str) -> Zeroizing<String> {
    // Grown by nothing, which would leave a copy behind.
    let mut out = Zeroizing::new(String::with_capacity(text.len() * 3));
    for byte in text.bytes() {
        // Writing to a string does not fail.
        let _ = write!(out, "%{byte:02X}");
    }
    out
}

fn proxy_address() -> Error {
    Error::parameter(
        "proxy",
        "an address such as http://proxy.example:8080 or socks5h://proxy.example:1080",
    )
}

#[cfg(test)]
mod tests {
    use super::super::network::Password;
    use super::*;

    fn manual(url: &str, user: Option<&str>, password: Option<&str>) -> Result<Pools, Error> {
        let proxy = Proxy::Manual(ManualProxy {
            url: url.into(),
            user: user.map(str::to_owned),
            password: password.map(Password::new),
        });
        Pools::new(Timeouts::default(), Network { proxy, ca: None })
    }

    #[test]
    fn proxies_are_checked() {
        for url in [
            "",
            "ftp://a",
            "http://",
            "socks5://",
            "socks4://a:1",
            "http://a:99999",
            "a b",
        ] {
            let error = manual(url, None, None).unwrap_err();
            assert!(
                error.to_string().starts_with("proxy must be"),
                "{url}: {error}"
            );
        }
        for (url, through) in [
            ("proxy.example:8080", "proxy.example:8080"),
            ("http://proxy.example:8080/", "proxy.example:8080"),
            ("https://proxy.example", "proxy.example"),
            ("socks5://proxy.example", "proxy.example:1080"),
            ("socks5h://[::1]:1", "[::1]:1"),
        ] {
            let pools = manual(url, Some("a:b@c/%41"), Some("p%41@:/é")).unwrap();
            let to = |url: &str| {
                let through = pools.proxy_of(&reqwest::Url::parse(url).unwrap());
                through.map(|through| through.address)
            };
            assert_eq!(to("https://provider.example/v1").as_deref(), Some(through));
            assert_eq!(to("http://provider.example/v1").as_deref(), Some(through));
            assert_eq!(to("http://127.0.0.1:1/v1"), None);
            assert_eq!(pools.outside().err(), None, "{url}");
        }
    }

    #[test]
    fn a_password_is_never_printed() {
        let pools = manual("http://a", Some("me"), Some("secret-1")).unwrap();
        let shown = format!("{pools:?}");
        assert!(
            shown.contains("me") && !shown.contains("secret-1"),
            "{shown}"
        );
    }

    #[test]
    fn certificates_are_checked() {
        for ca in [
            &b""[..],
            b"nonsense",
            b"-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n",
            b"-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n",
        ] {
            let network = Network {
                ca: Some(ca.to_vec()),
                ..Network::default()
            };
            let error = Pools::new(Timeouts::default(), network).unwrap_err();
            assert!(error.to_string().starts_with("ca must be"), "{error}");
        }
    }

    #[test]
    fn the_client_outward_has_tls() {
        let pools = Pools::new(Timeouts::default(), Network::default()).unwrap();
        assert_eq!(pools.outside().err(), None);
    }
}
