use std::sync::Arc;
use std::time::SystemTime;

use http::HeaderMap;

use super::response::Response;
use super::wait;
use crate::error::Rows;

/// Headers that name a request, the most telling first.
const REQUEST_IDS: &[&str] = &[
    "x-oneapi-request-id",
    "x-request-id",
    "request-id",
    "x-generation-id",
    "x-tt-logid",
    "x-siliconcloud-trace-id",
    "x-ds-trace-id",
    "x-log-id",
    "apim-request-id",
    "x-trace-id",
    "trace-id",
    "cf-ray",
];

/// What the head of an answer tells about an error.
#[derive(Debug, Clone, Default)]
pub(crate) struct Facts {
    pub status: u16,
    pub request_id: Option<String>,
    /// The id in the payloads of the answer, once there was one.
    pub answer_id: Option<String>,
    pub retry_after_ms: Option<u64>,
    /// When what is used up comes back, in milliseconds from now.
    pub reset_ms: Option<u64>,
    pub should_retry: Option<bool>,
    /// What the provider adds to the tables.
    pub rows: Arc<Rows>,
}

impl Facts {
    pub fn of(head: &Response) -> Self {
        let Response {
            status,
            headers,
            rows,
            ..
        } = head;
        // Together sends `Retry-After` on a 200: there it means nothing.
        let failed = *status >= 400;
        let now = SystemTime::now();
        Self {
            status: *status,
            request_id: request_id(headers),
            answer_id: None,
            retry_after_ms: wait::retry_after(headers, now).filter(|_| failed),
            reset_ms: wait::reset(headers, now).filter(|_| failed),
            should_retry: text(headers, "x-should-retry").and_then(|v| match v {
                "true" => Some(true),
                "false" => Some(false),
                _ => None,
            }),
            rows: Arc::clone(rows),
        }
    }
}

fn text<'a>(headers: &'a HeaderMap, name: &str) -> Option<&'a str> {
    headers.get(name)?.to_str().ok().map(str::trim)
}

fn request_id(headers: &HeaderMap) -> Option<String> {
    REQUEST_IDS
        .iter()
        .find_map(|name| text(headers, name).filter(|id| !id.is_empty()))
        .map(|id| id.chars().take(128).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_errors_ask_to_wait() {
        let mut headers = HeaderMap::new();
        headers.insert("retry-after", "30".parse().unwrap());
        let after = |status| {
            let headers = headers.clone();
            let head = Response {
                status,
                headers,
                ..Response::default()
            };
            Facts::of(&head).retry_after_ms
        };
        assert_eq!(after(200), None);
        assert_eq!(after(429), Some(30_000));
    }
}
