//! One request, and its answer as it comes.

use std::pin::pin;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;

use bytes::Bytes;
use futures_util::{Stream, stream};
use http::header::{ACCEPT, CONTENT_TYPE, LOCATION};
use http::{HeaderMap, HeaderValue, Method};

use super::endpoint::Endpoint;
use super::failure::Way;
use super::patience::{Clocks, Late, NAP, Sleep, within};
use super::pools::Pools;
use super::upload::Upload;
use crate::answer::Response;
use crate::error::{Error, ErrorRow};
use crate::text::cap;

/// Sends one request.
pub(crate) async fn send(
    pools: &Pools,
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
    let host = url.host_str().unwrap_or_default().to_owned();
    let route = pools.route(&url).await?;
    let way = Way {
        proxy: route.proxy,
        tls: url.scheme() == "https",
        connect: pools.timeouts.connect,
        billed: body.is_some(),
        host,
    };
    let idle = pools.timeouts.idle;
    let clock = Clocks::new();
    let mut headers = HeaderMap::new();
    headers.insert(ACCEPT, HeaderValue::from_static(accept));
    let mut request = route.client.request(method, url);
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
        rows: Arc::clone(&endpoint.rows),
        way,
        idle,
        clock,
    })
}

/// An answer whose head has come.
pub(crate) struct Answer {
    response: reqwest::Response,
    rows: Arc<[ErrorRow]>,
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
            rows: Arc::clone(&self.rows),
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
