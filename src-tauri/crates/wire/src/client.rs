use std::error::Error as StdError;
use std::pin::pin;
use std::sync::atomic::Ordering;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use bytes::Bytes;
use futures_util::stream::{self, BoxStream};
use futures_util::{Stream, StreamExt, TryStreamExt};
use http::header::{ACCEPT, CONTENT_TYPE, LOCATION};
use http::{HeaderMap, HeaderName, HeaderValue, Method};
use reqwest::redirect::Policy;

use crate::error::words::cap;
use crate::models::{self, ModelRow};
use crate::upload::Upload;
use crate::{Error, Event, Response, decode};

/// The events of an answer; dropping it cancels the request.
pub type EventStream = BoxStream<'static, Result<Event, Error>>;

/// How long to wait. There is no limit to an answer as a whole.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Timeouts {
    /// For a connection, TLS included; 15 s by default.
    pub connect: Duration,
    /// For any byte, of the request or the answer, comments included; 300 s by
    /// default: thinking models are silent for long.
    pub idle: Duration,
}

impl Default for Timeouts {
    fn default() -> Self {
        Self {
            connect: Duration::from_secs(15),
            idle: Duration::from_secs(300),
        }
    }
}

/// Where to send requests, and what goes along with each.
#[derive(Clone)]
pub struct Endpoint {
    /// The base URL, such as `https://api.chenyu.cn/v1`.
    pub base_url: String,
    /// Headers, that of the key among them (marked sensitive).
    pub headers: Vec<(HeaderName, HeaderValue)>,
}

/// Names the headers, never their values.
impl std::fmt::Debug for Endpoint {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let names: Vec<&str> = self.headers.iter().map(|(name, _)| name.as_str()).collect();
        f.debug_struct("Endpoint")
            .field("base_url", &self.base_url)
            .field("headers", &names)
            .finish()
    }
}

/// The HTTP client: follows no redirect, sends no Referer, keeps no cookies,
/// trusts what the operating system trusts. Cheap to clone.
#[derive(Debug, Clone)]
pub struct Client {
    timeouts: Timeouts,
    pools: Arc<Pools>,
}

/// Made when first needed: reading the system's certificates takes time at start.
#[derive(Debug, Default)]
struct Pools {
    /// Through the system's proxy, where it has one.
    outside: Mutex<Option<reqwest::Client>>,
    /// To this machine itself, where a proxy would be wrong.
    loopback: Mutex<Option<reqwest::Client>>,
}

impl Client {
    /// A client with these limits.
    ///
    /// # Errors
    /// [`Error::Parameter`] when a limit is zero: nothing could be received.
    pub fn new(timeouts: Timeouts) -> Result<Self, Error> {
        if timeouts.connect.is_zero() || timeouts.idle.is_zero() {
            return Err(Error::Parameter {
                parameter: "timeout".into(),
                range: "longer than 0 seconds".into(),
            });
        }
        Ok(Self {
            timeouts,
            pools: Arc::default(),
        })
    }

    /// Sends a body made by [`Request::body`](crate::Request::body) to
    /// `{base}/chat/completions` and reads the answer as it comes. Nothing is sent
    /// before the stream is polled; dropping it closes the connection.
    pub fn chat(&self, endpoint: &Endpoint, body: Bytes, stream: bool) -> EventStream {
        let (client, endpoint) = (self.clone(), endpoint.clone());
        let secrets = secrets(&endpoint);
        let base_url = endpoint.base_url.clone();
        // Retries belong here: around `send`, before the first event.
        let answer = async move {
            let accept = if stream {
                "text/event-stream, application/json"
            } else {
                "application/json"
            };
            let url = join(&endpoint.base_url, "chat/completions");
            let response = client
                .send(Method::POST, &url, &endpoint, Some(body), accept)
                .await?;
            let head = head(&response);
            Ok::<_, Error>(decode(head, client.body(response)))
        };
        stream::once(answer)
            .try_flatten()
            .map_err(move |error| error.at(&base_url).without(&secrets))
            .boxed()
    }

    /// Asks `{base}/models` which models there are. Also tells whether a key is
    /// accepted.
    ///
    /// # Errors
    /// What the provider or the network answered; [`Error::NotAnApi`] for a web page.
    pub async fn models(&self, endpoint: &Endpoint) -> Result<Vec<ModelRow>, Error> {
        let rows = async {
            let url = join(&endpoint.base_url, "models");
            let response = self
                .send(Method::GET, &url, endpoint, None, "application/json")
                .await?;
            let head = head(&response);
            models::read(head, self.body(response)).await
        };
        rows.await
            .map_err(|error| error.at(&endpoint.base_url).without(&secrets(endpoint)))
    }

    async fn send(
        &self,
        method: Method,
        url: &str,
        endpoint: &Endpoint,
        body: Option<Bytes>,
        accept: &'static str,
    ) -> Result<reqwest::Response, Error> {
        let url = reqwest::Url::parse(url).map_err(|error| Error::BaseUrl {
            url: endpoint.base_url.clone(),
            reason: error.to_string(),
        })?;
        let host = url.host_str().unwrap_or_default().to_owned();
        let mut headers = HeaderMap::new();
        headers.insert(ACCEPT, HeaderValue::from_static(accept));
        let mut request = self.pool(&host)?.request(method, url);
        let mut sent = None;
        if let Some(body) = body {
            headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
            let (upload, count) = Upload::new(body);
            request = request.body(reqwest::Body::wrap(upload));
            sent = Some(count);
        }
        headers.extend(endpoint.headers.iter().cloned());
        let mut sending = pin!(request.headers(headers).send());
        let mut before = 0;
        let response = loop {
            match tokio::time::timeout(self.timeouts.idle, &mut sending).await {
                Ok(answered) => break answered.map_err(|e| self.network(&host, &e))?,
                Err(_) => {
                    let now = sent.as_ref().map_or(0, |n| n.load(Ordering::Relaxed));
                    if now == before {
                        return Err(self.timeout());
                    }
                    before = now;
                }
            }
        };
        if response.status().is_redirection() {
            return Err(redirect(&response));
        }
        Ok(response)
    }

    /// The bytes of an answer, each waited for no longer than the idle limit.
    fn body(
        &self,
        response: reqwest::Response,
    ) -> impl Stream<Item = Result<Bytes, Error>> + Send + use<> {
        let client = self.clone();
        let host = response.url().host_str().unwrap_or_default().to_owned();
        stream::unfold(Some(response), move |response| {
            let (client, host) = (client.clone(), host.clone());
            async move {
                let mut response = response?;
                match tokio::time::timeout(client.timeouts.idle, response.chunk()).await {
                    Ok(Ok(Some(bytes))) => Some((Ok(bytes), Some(response))),
                    Ok(Ok(None)) => None,
                    Ok(Err(error)) => Some((Err(client.network(&host, &error)), None)),
                    Err(_) => Some((Err(client.timeout()), None)),
                }
            }
        })
    }

    fn pool(&self, host: &str) -> Result<reqwest::Client, Error> {
        let local = is_loopback(host);
        let slot = if local {
            &self.pools.loopback
        } else {
            &self.pools.outside
        };
        let mut slot = slot.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(client) = &*slot {
            return Ok(client.clone());
        }
        // Fails when there is one already, which is as good.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let built = if local {
            // A machine without any certificates can still talk to itself.
            let builder = || self.builder().no_proxy();
            builder()
                .build()
                .or_else(|_| builder().tls_certs_only([]).build())
        } else {
            self.builder().build()
        };
        let client = built.map_err(|error| Error::Setup {
            reason: innermost(&error),
        })?;
        Ok(slot.insert(client).clone())
    }

    fn builder(&self) -> reqwest::ClientBuilder {
        reqwest::Client::builder()
            .redirect(Policy::none())
            .referer(false)
            .retry(reqwest::retry::never())
            .user_agent(concat!("Dragoman/", env!("CARGO_PKG_VERSION")))
            .connect_timeout(self.timeouts.connect)
    }

    fn timeout(&self) -> Error {
        Error::Timeout {
            seconds: self.timeouts.idle.as_secs(),
        }
    }

    fn network(&self, host: &str, error: &reqwest::Error) -> Error {
        let host = host.to_owned();
        if let Some(reason) = certificate(error) {
            return Error::Certificate { host, reason };
        }
        let reason = if error.is_connect() && error.is_timeout() {
            format!(
                "no connection within {} seconds",
                self.timeouts.connect.as_secs()
            )
        } else {
            innermost(error)
        };
        Error::Network { host, reason }
    }
}

fn head(response: &reqwest::Response) -> Response {
    let headers = response.headers().clone();
    Response {
        status: response.status().as_u16(),
        content_type: (headers.get(CONTENT_TYPE))
            .and_then(|value| value.to_str().ok())
            .map(str::to_owned),
        headers,
    }
}

fn redirect(response: &reqwest::Response) -> Error {
    let to = (response.headers().get(LOCATION))
        .and_then(|value| value.to_str().ok())
        .unwrap_or_default();
    let url = match response.url().join(to) {
        Ok(url) if !to.is_empty() => cap(url.as_str(), 300),
        _ => String::new(),
    };
    Error::Redirect {
        status: response.status().as_u16(),
        url,
    }
}

/// `base` and `path`, with one slash between them. A base that names the
/// endpoint itself is taken, too.
fn join(base: &str, path: &str) -> String {
    let base = base.trim().trim_end_matches('/');
    let base = base.strip_suffix("/chat/completions").unwrap_or(base);
    format!("{}/{path}", base.trim_end_matches('/'))
}

fn is_loopback(host: &str) -> bool {
    let bare = host.trim_start_matches('[').trim_end_matches(']');
    host.eq_ignore_ascii_case("localhost")
        || bare
            .parse::<std::net::IpAddr>()
            .is_ok_and(|ip| ip.is_loopback())
}

/// What must not be shown again, should a provider repeat it: the values of
/// sensitive headers, and what follows the scheme in them.
fn secrets(endpoint: &Endpoint) -> Vec<String> {
    let values = endpoint
        .headers
        .iter()
        .filter(|(_, value)| value.is_sensitive());
    let mut secrets: Vec<String> = values
        .filter_map(|(_, value)| value.to_str().ok())
        .flat_map(|value| [value, value.split_once(' ').map_or(value, |(_, key)| key)])
        .filter(|value| !value.is_empty())
        .map(str::to_owned)
        .collect();
    secrets.dedup();
    secrets
}

/// Why a certificate was refused, where that is what went wrong.
fn certificate(error: &(dyn StdError + 'static)) -> Option<String> {
    let mut next = Some(error);
    while let Some(error) = next {
        let inner = match error.downcast_ref::<std::io::Error>() {
            // Its `source` skips the error it wraps.
            Some(io) => io.get_ref().map(|e| e as &(dyn StdError + 'static)),
            None => None,
        };
        for error in [Some(error), inner].into_iter().flatten() {
            if let Some(rustls::Error::InvalidCertificate(why)) = error.downcast_ref() {
                return Some(why.to_string());
            }
        }
        next = inner.or_else(|| error.source());
    }
    None
}

/// The words of the error at the bottom, which names the cause and not the URL.
fn innermost(error: &(dyn StdError + 'static)) -> String {
    let mut error = error;
    while let Some(source) = error.source() {
        error = source;
    }
    error.to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_slash_joins_base_and_path() {
        for base in [
            "https://a.example/v1",
            "https://a.example/v1/",
            " https://a.example/v1// ",
            "https://a.example/v1/chat/completions",
        ] {
            assert_eq!(join(base, "models"), "https://a.example/v1/models");
        }
    }

    #[test]
    fn loopback_is_known_in_every_form() {
        for host in ["localhost", "127.0.0.1", "127.9.9.9", "[::1]", "LOCALHOST"] {
            assert!(is_loopback(host), "{host}");
        }
        assert!(!is_loopback("localhost.example") && !is_loopback("10.0.0.1"));
    }

    #[test]
    fn a_refused_certificate_is_told_from_other_failures() {
        let wrap = |error: rustls::Error| std::io::Error::other(std::io::Error::other(error));
        let refused = rustls::Error::InvalidCertificate(rustls::CertificateError::Expired);
        let why = certificate(&wrap(refused));
        assert!(why.is_some_and(|why| why.to_lowercase().contains("expired")));
        assert_eq!(certificate(&wrap(rustls::Error::DecryptError)), None);
    }

    #[test]
    fn the_client_outward_has_tls() {
        let client = Client::new(Timeouts::default()).unwrap();
        assert_eq!(client.pool("a.example").err(), None);
    }

    #[test]
    fn an_endpoint_never_shows_its_headers() {
        let mut key = HeaderValue::from_static("Bearer sk-1");
        key.set_sensitive(true);
        let endpoint = Endpoint {
            base_url: "https://a.example".into(),
            headers: vec![(http::header::AUTHORIZATION, key)],
        };
        let shown = format!("{endpoint:?}");
        assert!(
            shown.contains("authorization") && !shown.contains("sk-1"),
            "{shown}"
        );
        assert_eq!(secrets(&endpoint), ["Bearer sk-1", "sk-1"]);
    }
}
