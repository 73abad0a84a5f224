use std::pin::pin;
use std::sync::atomic::Ordering;
use std::sync::{Arc, PoisonError, RwLock};
use std::time::Duration;

use bytes::Bytes;
use futures_util::stream::{self, BoxStream};
use futures_util::{Stream, StreamExt};
use http::header::{ACCEPT, CONTENT_TYPE, LOCATION};
use http::{HeaderMap, HeaderName, HeaderValue, Method};

use crate::attempts::Attempts;
use crate::error::words::cap;
use crate::failure::Way;
use crate::gate::keys;
use crate::models::{self, Listing, ModelRow};
use crate::network::{Network, Pools};
use crate::patience::{Clocks, Late, NAP, Sleep, within};
use crate::upload::Upload;
use crate::{Body, Error, Event, Gate, Response, Retry};

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
/// trusts what the operating system trusts. Cheap to clone; clones share one
/// configuration.
#[derive(Debug, Clone)]
pub struct Client {
    pools: Arc<RwLock<Arc<Pools>>>,
}

impl Client {
    /// A client with these limits, on the system's own network settings.
    ///
    /// # Errors
    /// [`Error::Parameter`] when a limit is zero: nothing could be received.
    pub fn new(timeouts: Timeouts) -> Result<Self, Error> {
        let pools = Pools::new(timeouts, Network::default())?;
        Ok(Self {
            pools: Arc::new(RwLock::new(Arc::new(pools))),
        })
    }

    /// Uses other limits and another way out from the next request on, for every
    /// clone. What runs already goes on as it began.
    ///
    /// # Errors
    /// [`Error::Parameter`] when a limit is zero, or the proxy's address or the
    /// certificates cannot be read; nothing changes then.
    pub fn configure(&self, timeouts: Timeouts, network: Network) -> Result<(), Error> {
        let pools = Arc::new(Pools::new(timeouts, network)?);
        *self.pools.write().unwrap_or_else(PoisonError::into_inner) = pools;
        Ok(())
    }

    /// Sends a body made by [`Request::body`](crate::Request::body) to
    /// `{base}/chat/completions` and reads the answer as it comes. Nothing is sent
    /// before the stream is polled; dropping it closes the connection, or ends the
    /// wait for the next try.
    ///
    /// Until the first [`Event::Open`] a request that failed in passing is sent
    /// again as `retry` says, each time told by an [`Event::Retrying`] before the
    /// wait. A 400 that names `stream_options` has it sent once more without.
    pub fn chat(&self, endpoint: &Endpoint, body: Body, retry: Retry) -> EventStream {
        let pinned = self.pinned();
        let gate = pinned.gate(endpoint);
        let attempts = Attempts::new(pinned, endpoint.clone(), body, retry);
        gate.events(attempts.events()).boxed()
    }

    /// Asks which models there are, and of servers that tell it elsewhere, what
    /// each of them takes. Also tells whether a key is accepted.
    ///
    /// # Errors
    /// What the provider or the network answered; [`Error::NotAnApi`] for a web page.
    pub async fn models(
        &self,
        endpoint: &Endpoint,
        listing: &Listing,
    ) -> Result<Vec<ModelRow>, Error> {
        let pinned = self.pinned();
        let gate = pinned.gate(endpoint);
        match models::list(&pinned, endpoint, listing).await {
            Ok(rows) => Ok(rows.into_iter().filter_map(|row| gate.row(row)).collect()),
            Err(error) => Err(gate.error(error.at(&endpoint.base_url))),
        }
    }

    /// This client as it is configured now, for what begins now.
    fn pinned(&self) -> Self {
        Self {
            pools: Arc::new(RwLock::new(self.pools())),
        }
    }

    /// The gate for what is answered from `endpoint`, or said by a proxy on the way.
    fn gate(&self, endpoint: &Endpoint) -> Gate {
        let mut secrets = keys(endpoint);
        secrets.extend(self.pools().passwords());
        Gate::of(secrets)
    }

    /// The configuration as it is now.
    pub(crate) fn pools(&self) -> Arc<Pools> {
        Arc::clone(&*self.pools.read().unwrap_or_else(PoisonError::into_inner))
    }

    /// Sends one request.
    pub(crate) async fn send(
        &self,
        method: Method,
        url: &str,
        endpoint: &Endpoint,
        body: Option<Bytes>,
        accept: &'static str,
    ) -> Result<Answer, Error> {
        let url = reqwest::Url::parse(url).map_err(|error| Error::BaseUrl {
            url: endpoint.base_url.clone(),
            reason: error.to_string(),
        })?;
        let pools = self.pools();
        let host = url.host_str().unwrap_or_default().to_owned();
        let client = pools.client(&host)?;
        let way = Way {
            proxy: pools.proxy_of(&url),
            tls: url.scheme() == "https",
            connect: pools.timeouts.connect,
            billed: body.is_some(),
            host,
        };
        let idle = pools.timeouts.idle;
        let clock = Clocks::new();
        let mut headers = HeaderMap::new();
        headers.insert(ACCEPT, HeaderValue::from_static(accept));
        let mut request = client.request(method, url);
        let mut sent = None;
        let length = body.as_ref().map_or(0, |body| body.len() as u64);
        if let Some(body) = body {
            headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
            let (upload, count) = Upload::new(body);
            request = request.body(reqwest::Body::wrap(upload));
            sent = Some(count);
        }
        headers.extend(endpoint.headers.iter().cloned());
        let mut sending = pin!(request.headers(headers).send());
        let mut before = 0;
        let is_sent = || {
            let sent = sent.as_ref().map_or(0, |n| n.load(Ordering::Relaxed));
            length > 0 && sent >= length
        };
        let response = loop {
            match within(idle, &clock, &mut sending).await {
                Ok(answered) => {
                    break answered.map_err(|error| way.failure(&error).after(is_sent()))?;
                }
                Err(Late::Slept) => return Err(way.slept().after(is_sent())),
                Err(Late::Silent) => {
                    let now = sent.as_ref().map_or(0, |n| n.load(Ordering::Relaxed));
                    if now == before {
                        return Err(timeout(idle));
                    }
                    before = now;
                }
            }
        };
        if response.status().is_redirection() {
            return Err(redirect(&response));
        }
        if response.status().as_u16() == 407 {
            return Err(way.sign_in());
        }
        Ok(Answer {
            response,
            way,
            idle,
            clock,
        })
    }
}

/// An answer whose head has come.
pub(crate) struct Answer {
    response: reqwest::Response,
    way: Way,
    idle: Duration,
    clock: Clocks,
}

impl Answer {
    pub fn head(&self) -> Response {
        let headers = self.response.headers().clone();
        Response {
            status: self.response.status().as_u16(),
            content_type: (headers.get(CONTENT_TYPE))
                .and_then(|value| value.to_str().ok())
                .map(str::to_owned),
            headers,
        }
    }

    /// The bytes of the body, each waited for no longer than the idle limit.
    pub fn body(self) -> impl Stream<Item = Result<Bytes, Error>> + Send {
        stream::unfold(Some(self), |answer| async move {
            let mut answer = answer?;
            let before = answer.clock.slept();
            let Answer {
                response,
                idle,
                clock,
                ..
            } = &mut answer;
            match within(*idle, clock, response.chunk()).await {
                Ok(Ok(Some(bytes))) => Some((Ok(bytes), Some(answer))),
                Ok(Ok(None)) => None,
                Ok(Err(error)) => {
                    let slept = answer.clock.slept().saturating_sub(before) >= NAP;
                    let error = if slept {
                        answer.way.slept()
                    } else {
                        answer.way.broken(&error)
                    };
                    Some((Err(error), None))
                }
                Err(Late::Slept) => Some((Err(answer.way.slept()), None)),
                Err(Late::Silent) => Some((Err(timeout(answer.idle)), None)),
            }
        })
    }
}

fn timeout(idle: Duration) -> Error {
    Error::Timeout {
        seconds: idle.as_secs(),
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
pub(crate) fn join(base: &str, path: &str) -> String {
    let base = base.trim().trim_end_matches('/');
    let base = base.strip_suffix("/chat/completions").unwrap_or(base);
    format!("{}/{path}", base.trim_end_matches('/'))
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
    }
}
