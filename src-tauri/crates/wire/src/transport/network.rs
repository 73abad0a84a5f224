//! How the person wants providers to be reached.

use zeroize::Zeroizing;

/// How the provider is reached.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Network {
    /// Through which proxy. Addresses of this machine never go through one.
    pub proxy: Proxy,
    /// Certificates to trust beside those of the operating system: a PEM bundle or
    /// one DER certificate.
    pub ca: Option<Vec<u8>>,
}

/// Which proxy requests go through.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub enum Proxy {
    /// That of the environment (`HTTPS_PROXY`, `HTTP_PROXY`, `ALL_PROXY`, less
    /// `NO_PROXY`; user and password in the URL), else that of the operating
    /// system (macOS, Windows), else none.
    #[default]
    System,
    /// None, whatever the environment says.
    None,
    /// This one.
    Manual(ManualProxy),
}

/// A proxy from the settings.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct ManualProxy {
    /// `http://`, `https://`, `socks5://` (names resolved here) or `socks5h://`
    /// (names resolved by the proxy), host and port.
    pub url: String,
    /// User name, where the proxy wants one.
    pub user: Option<String>,
    /// Password, where the proxy wants one.
    pub password: Option<Password>,
}

/// Without the password, be it in the address.
impl std::fmt::Debug for ManualProxy {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let url = match self.url.rsplit_once('@') {
            Some((_, host)) => host,
            None => &self.url,
        };
        f.debug_struct("ManualProxy")
            .field("url", &url)
            .field("user", &self.user)
            .field("password", &self.password)
            .finish()
    }
}

/// The password of a proxy. Never printed, wiped on drop.
#[derive(Clone, PartialEq, Eq)]
pub struct Password(pub(super) Zeroizing<String>);

impl Password {
    /// Takes a password.
    pub fn new(password: impl Into<String>) -> Self {
        Self(Zeroizing::new(password.into()))
    }
}

impl std::fmt::Debug for Password {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("<redacted>")
    }
}
