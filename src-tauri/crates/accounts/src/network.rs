//! The way out: settings to client, and the proxy's password.

use std::{fs::File, io::Read, path::Path, time::Duration};

use ::keys::{Auth, Error, Secret};
use protocol::{ErrorCode, IpcError, Keep, NetworkSettings, NetworkStatus, ProxyMode};
use url::Url;
use wire::{Client, ManualProxy, Network, Password, Proxy, Timeouts, is_loopback};

use super::Accounts;

/// A bundle of certificates is a few hundred KB.
const CA_BYTES: u64 = 4 * 1024 * 1024;

/// What may be chosen as [`NetworkSettings::idle_seconds`].
const IDLE: std::ops::RangeInclusive<u32> = 30..=3_600;

impl Accounts {
    /// Takes these settings for every request from now on. Files and keyring
    /// are read when the first request needs them, so that a start waits for
    /// neither; what keeps the settings from being used, that request says.
    pub async fn use_network(&self, settings: NetworkSettings) {
        let mut way = self.0.way.lock().await;
        if way.wanted != settings {
            way.applied = false;
            way.wanted = settings;
        }
    }

    /// The same, before anything else runs. Nothing is changed where something does.
    pub fn start_network(&self, settings: NetworkSettings) {
        if let Ok(mut way) = self.0.way.try_lock() {
            way.wanted = settings;
            way.applied = false;
        }
    }

    /// Sees to it that the settings are used before a request goes to `url`. One
    /// to this machine itself goes out whatever is wrong with them.
    ///
    /// # Errors
    /// What keeps them from being used; the keyring's.
    pub async fn settle(&self, url: &str) -> Result<(), IpcError> {
        match self.apply().await {
            Err(_) if is_here(url) => Ok(()),
            settled => settled,
        }
    }

    async fn apply(&self) -> Result<(), IpcError> {
        let mut way = self.0.way.lock().await;
        if way.applied {
            return Ok(());
        }
        let wanted = &way.wanted;
        let idle = Duration::from_secs(wanted.idle_seconds.into());
        let timeouts = Timeouts {
            idle: idle.max(Duration::from_secs((*IDLE.start()).into())),
            ..Timeouts::default()
        };
        let network = Network {
            proxy: self.proxy(wanted).await?,
            ca: match &wanted.ca_file {
                Some(path) => Some(read_ca(Path::new(path)).await?),
                None => None,
            },
        };
        self.client().configure(timeouts, network)?;
        way.applied = true;
        Ok(())
    }

    async fn proxy(&self, settings: &NetworkSettings) -> Result<Proxy, IpcError> {
        Ok(match settings.proxy {
            ProxyMode::System => Proxy::System,
            ProxyMode::None => Proxy::None,
            ProxyMode::Manual => Proxy::Manual(ManualProxy {
                url: settings.proxy_url.clone(),
                password: match settings.proxy_user.as_str() {
                    "" => None,
                    _ => self.password(settings).await?,
                },
                user: Some(settings.proxy_user.clone()).filter(|user| !user.is_empty()),
            }),
        })
    }

    async fn password(&self, settings: &NetworkSettings) -> Result<Option<Password>, IpcError> {
        let Some(entry) = Entry::of(settings) else {
            return Ok(None);
        };
        // The keyring gives what it holds as a header only.
        let form = Auth::Header(http::header::PROXY_AUTHORIZATION);
        match self.0.keys.authorize(&entry.id, &entry.origin, &form).await {
            Ok(header) => Ok(header.value.to_str().ok().and_then(decoded)),
            Err(Error::NotFound) => Ok(None),
            Err(error) => Err(error.into()),
        }
    }

    /// Stores the password for the proxy of these settings, or takes it out of
    /// the keyring. It is bound to the proxy's address: at another one it has
    /// to be entered again.
    ///
    /// # Errors
    /// The keyring's; [`ErrorCode::Parameter`] where there is no proxy.
    pub async fn set_proxy_password(
        &self,
        settings: &NetworkSettings,
        password: Option<String>,
    ) -> Result<(), IpcError> {
        let entry = Entry::of(settings).ok_or_else(|| wrong_proxy(&settings.proxy_url))?;
        match password.filter(|password| !password.is_empty()) {
            Some(password) => {
                let secret = Secret::parse(encoded(&password))?;
                let keep = Keep::Keyring;
                self.0
                    .keys
                    .put(&entry.id, &entry.origin, secret, keep)
                    .await?;
            }
            None => self.0.keys.forget(&entry.id, &entry.origin).await?,
        }
        self.0.way.lock().await.applied = false;
        Ok(())
    }

    /// Takes the password of a proxy out of the keyring whose address is no
    /// longer the one that is set.
    pub async fn leave_proxy(&self, before: &NetworkSettings, after: &NetworkSettings) {
        let (left, now) = (Entry::at(&before.proxy_url), Entry::at(&after.proxy_url));
        if let Some(left) = left.filter(|left| now.as_ref() != Some(left)) {
            // One that stays there is bound to the address that was left.
            let _ = self.0.keys.forget(&left.id, &left.origin).await;
        }
    }

    /// How the way out stands: tried now, as far as that goes without a request.
    pub async fn network(&self) -> NetworkStatus {
        let settings = self.0.way.lock().await.wanted.clone();
        let password = self.password(&settings).await;
        let applied = self.apply().await;
        NetworkStatus {
            password: matches!(password, Ok(Some(_))),
            error: password.err().or(applied.err()),
        }
    }
}

/// Checks what can be checked of settings before they are kept.
///
/// # Errors
/// [`ErrorCode::Parameter`].
pub fn check_network(settings: &NetworkSettings) -> Result<(), IpcError> {
    if !IDLE.contains(&settings.idle_seconds) {
        let range = format!("{} to {} seconds", IDLE.start(), IDLE.end());
        return Err(parameter("idle_seconds", &range));
    }
    // Nothing secret may reach the settings' file, whichever proxy is used.
    if settings.proxy_url.contains('@') {
        return Err(wrong_proxy(&settings.proxy_url));
    }
    if settings.proxy == ProxyMode::Manual {
        let proxy = Proxy::Manual(ManualProxy {
            url: settings.proxy_url.clone(),
            ..ManualProxy::default()
        });
        check(proxy, None)?;
        if Entry::of(settings).is_none() {
            return Err(wrong_proxy(&settings.proxy_url));
        }
    }
    Ok(())
}

/// Checks a file of certificates that was chosen.
///
/// # Errors
/// [`ErrorCode::Parameter`] for one that holds none, [`ErrorCode::FileNotReadable`].
pub async fn check_ca(path: &Path) -> Result<(), IpcError> {
    read_ca(path).await.map(|_| ())
}

/// What the client itself would refuse.
fn check(proxy: Proxy, ca: Option<Vec<u8>>) -> Result<(), IpcError> {
    let client = Client::new(Timeouts::default())?;
    Ok(client.configure(Timeouts::default(), Network { proxy, ca })?)
}

async fn read_ca(path: &Path) -> Result<Vec<u8>, IpcError> {
    let path = path.to_owned();
    let read = tokio::task::spawn_blocking(move || read_ca_now(&path)).await;
    read.unwrap_or_else(|_| Err(parameter("ca_file", "a file that can be read")))
}

fn read_ca_now(path: &Path) -> Result<Vec<u8>, IpcError> {
    let name = path
        .file_name()
        .unwrap_or(path.as_os_str())
        .to_string_lossy();
    let mut bytes = Vec::new();
    let read = std::fs::metadata(path)
        .and_then(|kind| match kind.is_file() {
            true => File::open(path),
            false => Err(std::io::Error::other("it is not a file")),
        })
        .and_then(|file| file.take(CA_BYTES + 1).read_to_end(&mut bytes));
    if let Err(error) = read {
        let message = format!(
            "The certificate file {name} cannot be read: {error}. Choose it again in Settings → Network, or take it out."
        );
        return Err(IpcError::new(ErrorCode::FileNotReadable, message).arg("name", name));
    }
    let none = || {
        let message = format!(
            "{name} holds no certificate. Choose a file of certificates in PEM or DER form (.pem, .crt, .cer)."
        );
        IpcError::new(ErrorCode::Parameter, message)
            .arg("parameter", "ca_file")
            .arg("range", "a file of certificates in PEM or DER form")
            .arg("name", &name)
    };
    if bytes.len() as u64 > CA_BYTES {
        return Err(none());
    }
    check(Proxy::None, Some(bytes.clone())).map_err(|_| none())?;
    Ok(bytes)
}

fn parameter(name: &str, range: &str) -> IpcError {
    IpcError::new(ErrorCode::Parameter, format!("{name} must be {range}."))
        .arg("parameter", name)
        .arg("range", range)
}

fn wrong_proxy(url: &str) -> IpcError {
    let range = if url.contains('@') {
        "an address without user and password, which have fields of their own"
    } else {
        "an address such as http://proxy.example:8080 or socks5h://proxy.example:1080"
    };
    parameter("proxy", range)
}

/// Under which name a proxy's password is kept.
#[derive(Debug, PartialEq, Eq)]
struct Entry {
    id: String,
    origin: String,
}

impl Entry {
    /// `None` where there is no proxy, or its address names none.
    fn of(settings: &NetworkSettings) -> Option<Self> {
        match settings.proxy {
            ProxyMode::Manual => Self::at(&settings.proxy_url),
            _ => None,
        }
    }

    fn at(url: &str) -> Option<Self> {
        let text = url.trim();
        let url = match text.contains("://") {
            true => Url::parse(text),
            false => Url::parse(&format!("http://{text}")),
        };
        let url = url
            .ok()
            .filter(|url| url.username().is_empty() && url.password().is_none())?;
        let scheme = url.scheme();
        // The keyring binds to web addresses; the scheme stands in the id.
        let port = url.port_or_known_default().unwrap_or(1080);
        Some(Self {
            id: format!("proxy-{scheme}"),
            origin: format!("http://{}:{port}", url.host_str()?),
        })
    }
}

/// Every byte in two hexadecimal digits: a password may hold what no header takes.
fn encoded(password: &str) -> String {
    password.bytes().map(|byte| format!("{byte:02x}")).collect()
}

fn decoded(text: &str) -> Option<Password> {
    let digits = text.as_bytes().chunks(2);
    let bytes: Option<Vec<u8>> = digits
        .map(|pair| u8::from_str_radix(std::str::from_utf8(pair).ok()?, 16).ok())
        .collect();
    String::from_utf8(bytes?).ok().map(Password::new)
}

/// True for an address of this machine, which no proxy is asked for.
fn is_here(url: &str) -> bool {
    let url = Url::parse(url).ok();
    url.is_some_and(|url| url.host_str().is_some_and(is_loopback))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn manual(url: &str) -> NetworkSettings {
        NetworkSettings {
            proxy: ProxyMode::Manual,
            proxy_url: url.to_owned(),
            ..NetworkSettings::default()
        }
    }

    #[test]
    fn a_password_is_bound_to_scheme_host_and_port() {
        let entry = |url: &str| Entry::of(&manual(url));
        let same = entry("http://proxy.example:8080").unwrap();
        assert_eq!(entry(" proxy.example:8080/ ").unwrap(), same);
        for other in [
            "https://proxy.example:8080",
            "http://proxy.example:8081",
            "http://other.example:8080",
            "socks5h://proxy.example:8080",
        ] {
            assert_ne!(entry(other).unwrap(), same, "{other}");
        }
        assert_eq!(entry("socks5://a"), entry("socks5://a:1080"));
        for none in ["", "http://me:secret@proxy.example", "http://", "a b"] {
            assert_eq!(entry(none), None, "{none}");
        }
        assert_eq!(Entry::of(&NetworkSettings::default()), None);
    }

    #[test]
    fn any_password_survives_the_keyring() {
        for password in ["p", " p @:/%é 密码\n", "\u{0}"] {
            assert_eq!(decoded(&encoded(password)), Some(Password::new(password)));
        }
        assert_eq!(decoded("zz"), None);
        assert_eq!(decoded("ff"), None);
    }

    #[test]
    fn settings_are_checked_before_they_are_kept() {
        check_network(&NetworkSettings::default()).unwrap();
        check_network(&manual("socks5h://[::1]:1080")).unwrap();
        let idle = |idle_seconds| NetworkSettings {
            idle_seconds,
            ..NetworkSettings::default()
        };
        for wrong in [
            manual(""),
            manual("ftp://proxy.example"),
            manual("http://me:secret@proxy.example:8080"),
            idle(29),
            idle(3_601),
        ] {
            let error = check_network(&wrong).unwrap_err();
            assert_eq!(error.code, ErrorCode::Parameter, "{wrong:?}");
            assert!(!error.to_string().contains("secret"));
        }
    }
}
