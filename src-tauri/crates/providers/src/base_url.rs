use url::Url;

use crate::address::{Zone, is_ip, zone};
use crate::{Error, Refusal};

/// Longest base URL, in characters.
const MAX_CHARS: usize = 2_048;

/// Endings that people paste along with the base URL.
const ENDPOINTS: [&str; 2] = ["/chat/completions", "/models"];

/// The address that requests of one provider go under: `https`, or `http` to
/// this machine or, by explicit choice, to a private address.
///
/// Never holds user info, a query, a fragment or a trailing slash. Hosts are
/// ASCII (IDNA), as the URL standard writes them, so that a lookalike shows.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct BaseUrl {
    /// As it is shown and stored.
    text: String,
    /// Scheme, host and port.
    origin: String,
    /// Where its host lies.
    zone: Zone,
}

impl BaseUrl {
    /// Reads what a person typed or pasted.
    ///
    /// Trims it, adds `https://` where no scheme is typed (`http://` for this
    /// machine, where nothing answers TLS), reads full-width `：` and `／` as
    /// plain, strips trailing slashes and a pasted `/chat/completions` or
    /// `/models`. With `allow_private`, `http` to a private address is taken.
    ///
    /// # Errors
    /// [`Error::BaseUrl`] with the reason and what to do.
    pub fn parse(text: &str, allow_private: bool) -> Result<Self, Error> {
        let typed = text.trim().replace('：', ":").replace('／', "/");
        read(&typed, allow_private).map_err(|reason| Error::BaseUrl {
            url: presentable(&typed),
            reason,
        })
    }

    /// The base URL, without a trailing slash.
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// Scheme, host and port (left out where it is the scheme's own): what a key is bound to.
    pub fn origin(&self) -> &str {
        &self.origin
    }

    /// True for this machine and private addresses.
    pub fn is_local(&self) -> bool {
        self.zone != Zone::Public
    }

    /// True for this machine alone.
    pub fn is_loopback(&self) -> bool {
        self.zone == Zone::Loopback
    }

    /// The address of an endpoint under it: `join("/chat/completions")`.
    pub fn join(&self, path: &str) -> String {
        format!("{}/{}", self.text, path.trim_start_matches('/'))
    }

    /// The same with `/v1`, where no part of its path looks like a version
    /// (`v1`, `v1beta`, `v3`): what to try when it answers with a web page.
    pub fn suggestion(&self) -> Option<String> {
        let path = self.text.strip_prefix(&self.origin)?;
        let versioned = path.split('/').any(|segment| {
            segment
                .strip_prefix('v')
                .is_some_and(|rest| rest.starts_with(|c: char| c.is_ascii_digit()))
        });
        (!versioned).then(|| self.join("/v1"))
    }
}

impl std::fmt::Display for BaseUrl {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.text)
    }
}

fn read(typed: &str, allow_private: bool) -> Result<BaseUrl, Refusal> {
    if typed.is_empty() {
        return Err(Refusal::Empty);
    }
    if typed.chars().count() > MAX_CHARS {
        return Err(Refusal::TooLong);
    }
    // The URL standard drops tabs and line breaks and turns backslashes: what
    // is stored should be what was read on the screen.
    if typed
        .chars()
        .any(|c| c.is_whitespace() || c.is_control() || c == '\\')
    {
        return Err(Refusal::Characters);
    }
    let mut url = Url::parse(&with_scheme(typed)?).map_err(|_| Refusal::NotAnAddress)?;
    if !matches!(url.scheme(), "http" | "https") {
        return Err(Refusal::Scheme(url.scheme().to_owned()));
    }
    if !url.username().is_empty() || url.password().is_some() {
        return Err(Refusal::UserInfo);
    }
    if url.query().is_some_and(|query| !query.is_empty()) {
        return Err(Refusal::Query);
    }
    if url.fragment().is_some_and(|fragment| !fragment.is_empty()) {
        return Err(Refusal::Fragment);
    }
    url.set_query(None);
    url.set_fragment(None);
    if url.port() == Some(0) {
        return Err(Refusal::NotAnAddress);
    }
    let zone = zone(&url.host().ok_or(Refusal::NotAnAddress)?)?;
    if url.scheme() == "http" {
        match zone {
            Zone::Loopback => {}
            Zone::Private if allow_private => {}
            Zone::Private => return Err(Refusal::PrivateHttp),
            Zone::Public => return Err(Refusal::PlainHttp),
        }
    }
    let origin = url.origin().ascii_serialization();
    let text = format!("{origin}{}", base_path(url.path()));
    Ok(BaseUrl { text, origin, zone })
}

/// The path without trailing slashes and pasted endpoints.
fn base_path(path: &str) -> &str {
    let path = path.trim_end_matches('/');
    for endpoint in ENDPOINTS {
        if let Some(base) = path.strip_suffix(endpoint) {
            return base.trim_end_matches('/');
        }
    }
    path
}

/// Puts a scheme before an address that was typed without one.
fn with_scheme(typed: &str) -> Result<String, Refusal> {
    let before_path = typed.split(['/', '?', '#']).next().unwrap_or_default();
    if let Some((scheme, after)) = before_path.split_once(':') {
        let port = !after.is_empty() && after.chars().all(|c| c.is_ascii_digit());
        let is_scheme = scheme.starts_with(|c: char| c.is_ascii_alphabetic())
            && scheme
                .chars()
                .all(|c| c.is_ascii_alphanumeric() || "+.-".contains(c));
        if is_scheme && !port {
            let lower = scheme.to_ascii_lowercase();
            if matches!(lower.as_str(), "http" | "https") {
                return Ok(typed.to_owned());
            }
            return Err(if after.contains('@') {
                Refusal::UserInfo
            } else {
                Refusal::Scheme(lower)
            });
        }
    }
    let rest = typed.trim_start_matches('/');
    let bare = rest.split(['/', '?', '#']).next().unwrap_or_default();
    let url = Url::parse(&format!("http://{rest}")).map_err(|_| Refusal::NotAnAddress)?;
    let loopback = url
        .host()
        .is_some_and(|host| zone(&host) == Ok(Zone::Loopback));
    // One bare word is a key pasted into the wrong field more often than a
    // host; asking for its address would show it to the name server.
    if !loopback && !bare.contains(['.', ':', '@', '。', '．']) && !is_ip(bare) {
        return Err(Refusal::NotAnAddress);
    }
    Ok(if loopback {
        format!("http://{rest}")
    } else {
        format!("https://{rest}")
    })
}

/// What was typed as an error may show it: nothing where a key may hide.
fn presentable(typed: &str) -> String {
    let cut = typed.split(['?', '#']).next().unwrap_or_default();
    let shown = match (cut.rsplit_once('@'), cut.split_once("://")) {
        (Some((_, host)), Some((scheme, _))) => format!("{scheme}://…@{host}"),
        (Some((_, host)), None) => format!("…@{host}"),
        // A bare word, or text that is no address: perhaps a key.
        (None, None) if !cut.contains(['.', ':']) => "…".to_owned(),
        (None, _) => cut.to_owned(),
    };
    let mut short: String = shown
        .chars()
        .filter(|c| !c.is_control())
        .take(200)
        .collect();
    if shown.chars().count() > 200 {
        short.push('…');
    }
    short
}
