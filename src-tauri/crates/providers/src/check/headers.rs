//! Headers that a manifest names: what each request carries, and where the key goes.

use http::{HeaderName, HeaderValue};
use protocol::ManifestReason;

use super::field::{at_most, carries_key, ensure, refuse};
use crate::{Auth, Error, Manifest};

/// Most headers of one manifest.
const MAX_HEADERS: usize = 50;

/// Headers that the app or the connection sets.
const SET_BY_APP: [&str; 14] = [
    "accept",
    "accept-encoding",
    "connection",
    "content-encoding",
    "content-length",
    "content-type",
    "expect",
    "host",
    "keep-alive",
    "referer",
    "te",
    "trailer",
    "transfer-encoding",
    "upgrade",
];

/// The same by what they begin with: what proxies take for themselves, and what only
/// browsers set.
const SET_BY_APP_STARTS: [&str; 2] = ["proxy-", "sec-"];

/// Headers with a meaning of their own, or which servers and what lies before them
/// repeat and log: a key there would be read by more than the provider.
const NOT_FOR_KEYS: [&str; 26] = [
    "age",
    "baggage",
    "cache-control",
    "cookie",
    "cookie2",
    "date",
    "dnt",
    "etag",
    "forwarded",
    "from",
    "idempotency-key",
    "location",
    "max-forwards",
    "origin",
    "pragma",
    "priority",
    "range",
    "server",
    "set-cookie",
    "traceparent",
    "tracestate",
    "user-agent",
    "vary",
    "via",
    "warning",
    "x-real-ip",
];

/// The same by what they begin with.
const NOT_FOR_KEYS_STARTS: [&str; 9] = [
    "accept-",
    "access-control-",
    "b3",
    "cf-",
    "content-",
    "http2-",
    "if-",
    "x-b3-",
    "x-forwarded-",
];

/// What names hold that identify a request, hyphens, underscores and dots aside:
/// `x-request-id`, `X-Amzn-Trace-Id`, `x-idempotency-key`.
const OF_REQUESTS: [&str; 10] = [
    "correlationid",
    "idempotency",
    "requestid",
    "sentrytrace",
    "spancontext",
    "spanid",
    "tracecontext",
    "traceid",
    "transactionid",
    "uniqueid",
];

/// The name of the header that carries the key.
pub(super) fn of_key(field: &str, name: &str) -> Result<(), Error> {
    let name = header_name(field, name)?;
    let name = name.as_str();
    ensure(!set_by_app(name), field, ManifestReason::SetByApp)?;
    ensure(
        !NOT_FOR_KEYS.contains(&name)
            && !NOT_FOR_KEYS_STARTS
                .iter()
                .any(|start| name.starts_with(start))
            && !of_request(name),
        field,
        ManifestReason::NotForKeys,
    )
}

/// Is this one that the app or the connection sets?
fn set_by_app(lower: &str) -> bool {
    SET_BY_APP.contains(&lower)
        || SET_BY_APP_STARTS
            .iter()
            .any(|start| lower.starts_with(start))
}

/// Does it identify a request?
fn of_request(lower: &str) -> bool {
    let bare = lower.replace(['-', '_', '.'], "");
    OF_REQUESTS.iter().any(|part| bare.contains(part))
}

pub(super) fn plain(manifest: &Manifest) -> Result<(), Error> {
    at_most(MAX_HEADERS, manifest.headers.len(), "headers")?;
    for (name, value) in &manifest.headers {
        let field = format!("headers.{name}");
        let lower = name.to_ascii_lowercase();
        let is_auth =
            matches!(&manifest.auth, Auth::Header(auth) if auth.eq_ignore_ascii_case(name));
        header(&field, name, value)?;
        ensure(!set_by_app(&lower), &field, ManifestReason::SetByApp)?;
        ensure(
            !is_auth && !carries_key(&lower) && !is_key(value),
            &field,
            ManifestReason::CarriesKey,
        )?;
    }
    Ok(())
}

/// Does this read like a key?
fn is_key(value: &str) -> bool {
    let lower = value.trim_start().to_ascii_lowercase();
    ["bearer ", "basic ", "sk-"]
        .iter()
        .any(|start| lower.starts_with(start))
}

/// The name of a header.
pub(crate) fn header_name(field: &str, name: &str) -> Result<HeaderName, Error> {
    HeaderName::from_bytes(name.as_bytes()).map_err(|_| {
        refuse(
            field,
            ManifestReason::Form {
                what: "the name of an HTTP header",
                example: "X-Title",
            },
        )
    })
}

/// A header as a request takes it.
pub(crate) fn header(
    field: &str,
    name: &str,
    value: &str,
) -> Result<(HeaderName, HeaderValue), Error> {
    let name = header_name(field, name)?;
    let value =
        HeaderValue::from_str(value).map_err(|_| refuse(field, ManifestReason::HeaderValue))?;
    Ok((name, value))
}
