use std::time::{Duration, SystemTime};

use http::HeaderMap;

use super::response::Response;

/// The longest wait a provider may ask for, in milliseconds.
pub(crate) const RETRY_LIMIT_MS: u64 = 60_000;
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
    pub should_retry: Option<bool>,
}

impl Facts {
    pub fn of(head: &Response) -> Self {
        let Response {
            status, headers, ..
        } = head;
        // Together sends `Retry-After` on a 200: there it means nothing.
        let failed = *status >= 400;
        Self {
            status: *status,
            request_id: request_id(headers),
            answer_id: None,
            retry_after_ms: retry_after_ms(headers, SystemTime::now()).filter(|_| failed),
            should_retry: text(headers, "x-should-retry").and_then(|v| match v {
                "true" => Some(true),
                "false" => Some(false),
                _ => None,
            }),
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

/// `retry-after-ms`, else `Retry-After`: whole or broken seconds, or an HTTP
/// date. In milliseconds, at most a minute.
fn retry_after_ms(headers: &HeaderMap, now: SystemTime) -> Option<u64> {
    let number = |text: &str, unit: f64| whole_ms(text.parse::<f64>().ok()? * unit);
    let ms =
        (text(headers, "retry-after-ms").and_then(|after| number(after, 1.0))).or_else(|| {
            let after = text(headers, "retry-after")?;
            number(after, 1000.0).or_else(|| {
                let date = httpdate::parse_http_date(after).ok()?;
                let wait = date.duration_since(now).unwrap_or(Duration::ZERO);
                whole_ms(wait.as_secs_f64() * 1000.0)
            })
        })?;
    Some(ms.min(RETRY_LIMIT_MS))
}

/// A wait in whole milliseconds, where it is one.
pub(crate) fn whole_ms(ms: f64) -> Option<u64> {
    // `as` saturates.
    (ms.is_finite() && ms >= 0.0).then_some(ms.ceil() as u64)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn after(name: &'static str, value: &str) -> Option<u64> {
        let mut headers = HeaderMap::new();
        headers.insert(name, value.parse().unwrap());
        retry_after_ms(
            &headers,
            SystemTime::UNIX_EPOCH + Duration::from_secs(1_700_000_000),
        )
    }

    #[test]
    fn retry_after_is_read_in_every_form() {
        assert_eq!(after("retry-after-ms", "250"), Some(250));
        assert_eq!(after("retry-after-ms", "250.5"), Some(251));
        assert_eq!(after("retry-after", "3"), Some(3000));
        assert_eq!(after("retry-after", "0.5"), Some(500));
        assert_eq!(after("retry-after", "3600"), Some(60_000));
        assert_eq!(
            after("retry-after", "Tue, 14 Nov 2023 22:13:30 GMT"),
            Some(10_000)
        );
        assert_eq!(
            after("retry-after", "Tue, 14 Nov 2023 22:13:00 GMT"),
            Some(0)
        );
        assert_eq!(after("retry-after", "-1"), None);
        assert_eq!(after("retry-after", "NaN"), None);
        assert_eq!(after("retry-after", "soon"), None);
    }

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
