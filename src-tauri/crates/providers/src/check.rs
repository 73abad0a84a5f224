//! What a manifest must hold beyond its types.

use http::{HeaderName, HeaderValue};

use crate::{Auth, BaseUrl, DEMO, Error, Limits, Manifest, ModelSpec, Parameter};

/// Headers that the app or the connection sets, or that would carry a key.
const RESERVED_HEADERS: [&str; 18] = [
    "accept",
    "accept-encoding",
    "api-key",
    "authorization",
    "connection",
    "content-length",
    "content-type",
    "cookie",
    "expect",
    "host",
    "proxy-authorization",
    "referer",
    "te",
    "trailer",
    "transfer-encoding",
    "upgrade",
    "x-api-key",
    "x-goog-api-key",
];

/// Body fields that the app itself sets.
const RESERVED_FIELDS: [&str; 3] = ["model", "messages", "stream"];

/// Most models, patterns, headers or parameters of one manifest.
const MAX_ITEMS: usize = 2_000;

/// An error in reading JSON, with the path of the field.
pub(crate) fn reading(error: &serde_path_to_error::Error<serde_json::Error>) -> Error {
    let inner = error.inner();
    let path = error.path().to_string();
    let field = if path == "." { "file".to_owned() } else { path };
    let place = format!("(line {}, column {})", inner.line(), inner.column());
    let text = inner.to_string();
    // serde_json ends its messages with the place.
    let words = text
        .rsplit_once(" at line ")
        .map_or(text.as_str(), |(words, _)| words);
    Error::Manifest {
        field,
        reason: format!("cannot be read: {words} {place}"),
    }
}

/// Something follows the JSON object.
pub(crate) fn trailing(error: &serde_json::Error) -> Error {
    refuse(
        "file",
        format!("holds more than one JSON object (line {})", error.line()),
    )
}

fn refuse(field: impl Into<String>, reason: impl Into<String>) -> Error {
    Error::Manifest {
        field: field.into(),
        reason: reason.into(),
    }
}

fn ensure(good: bool, field: impl Into<String>, reason: impl Into<String>) -> Result<(), Error> {
    if good {
        Ok(())
    } else {
        Err(refuse(field, reason))
    }
}

/// What a file may not say, though the app may store it.
pub(crate) fn file(manifest: &Manifest) -> Result<(), Error> {
    ensure(
        !manifest.is_demo(),
        "id",
        "is that of a built-in provider; choose another",
    )?;
    ensure(
        !manifest.allow_private,
        "allow_private",
        "is for a person to choose, in Settings; take it out",
    )
}

pub(crate) fn manifest(manifest: &Manifest) -> Result<(), Error> {
    id(&manifest.id)?;
    shown("name", &manifest.name)?;
    for (language, name) in &manifest.names {
        shown(&format!("names.{language}"), name)?;
    }
    base_url(manifest)?;
    if let Auth::Header(name) = &manifest.auth {
        header_name("auth.header", name)?;
    }
    headers(manifest)?;
    link("docs_url", manifest.docs_url.as_deref())?;
    link("keys_url", manifest.keys_url.as_deref())?;
    models("models", &manifest.models)?;
    models("patterns", &manifest.patterns)?;
    if let Some(path) = &manifest.models_endpoint {
        let plain = path
            .chars()
            .all(|c| c.is_ascii_alphanumeric() || "/._-".contains(c));
        ensure(
            path.starts_with('/') && plain && !path.contains("//") && !path.contains(".."),
            "models_endpoint",
            "is not a path under the base URL, such as /models",
        )?;
    }
    limits("limits", &manifest.limits)?;
    ensure(
        manifest.parameters.len() <= MAX_ITEMS,
        "parameters",
        "holds more than 2,000 items",
    )?;
    for (name, range) in &manifest.parameters {
        parameter(&format!("parameters.{name}"), range)?;
    }
    for field in RESERVED_FIELDS {
        ensure(
            !manifest.extra_body.contains_key(field),
            format!("extra_body.{field}"),
            "is set by the app; take it out",
        )?;
    }
    Ok(())
}

fn id(id: &str) -> Result<(), Error> {
    let slug = id
        .chars()
        .all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-');
    ensure(
        slug && (1..=64).contains(&id.len()) && !id.starts_with('-'),
        "id",
        "takes 1 to 64 lower-case letters, digits and hyphens, a letter or digit first",
    )
}

fn shown(field: &str, name: &str) -> Result<(), Error> {
    let good = !name.trim().is_empty()
        && name.chars().count() <= 100
        && !name.chars().any(char::is_control);
    ensure(good, field, "takes 1 to 100 characters on one line")
}

fn base_url(manifest: &Manifest) -> Result<(), Error> {
    if manifest.base_url.is_empty() {
        return ensure(
            manifest.id == DEMO,
            "base_url",
            "is empty; only Demo needs none",
        );
    }
    match BaseUrl::parse(&manifest.base_url, manifest.allow_private) {
        // A file says exactly what is used: a form that parsing would change
        // is refused, so that what is reviewed is what is sent to.
        Ok(base) if base.as_str() == manifest.base_url => Ok(()),
        Ok(base) => Err(refuse("base_url", format!("must be written as {base}"))),
        Err(Error::BaseUrl { reason, .. }) => {
            let reason = reason.to_string();
            Err(refuse(
                "base_url",
                format!("cannot be used: {}", reason.trim_end_matches('.')),
            ))
        }
        Err(other) => Err(other),
    }
}

fn headers(manifest: &Manifest) -> Result<(), Error> {
    ensure(
        manifest.headers.len() <= 50,
        "headers",
        "holds more than 50 headers",
    )?;
    for (name, value) in &manifest.headers {
        let field = format!("headers.{name}");
        let lower = name.to_ascii_lowercase();
        let is_auth =
            matches!(&manifest.auth, Auth::Header(auth) if auth.eq_ignore_ascii_case(name));
        header(&field, name, value)?;
        ensure(
            !is_auth && !RESERVED_HEADERS.contains(&lower.as_str()),
            &field,
            "is set by the app, or would carry a key; keys are entered in Settings",
        )?;
    }
    Ok(())
}

/// The name of a header.
pub(crate) fn header_name(field: &str, name: &str) -> Result<HeaderName, Error> {
    HeaderName::from_bytes(name.as_bytes())
        .map_err(|_| refuse(field, "is not the name of an HTTP header"))
}

/// A header as a request takes it.
pub(crate) fn header(
    field: &str,
    name: &str,
    value: &str,
) -> Result<(HeaderName, HeaderValue), Error> {
    let name = header_name(field, name)?;
    let value = HeaderValue::from_str(value).map_err(|_| {
        refuse(
            field,
            "has a value with characters that no HTTP header takes",
        )
    })?;
    Ok((name, value))
}

fn link(field: &str, address: Option<&str>) -> Result<(), Error> {
    let Some(address) = address else {
        return Ok(());
    };
    let good = url::Url::parse(address).is_ok_and(|url| {
        url.scheme() == "https" && url.username().is_empty() && url.password().is_none()
    });
    ensure(good, field, "is not an https address")
}

fn models(list: &str, specs: &[ModelSpec]) -> Result<(), Error> {
    ensure(
        specs.len() <= MAX_ITEMS,
        list,
        "holds more than 2,000 items",
    )?;
    let mut seen = std::collections::BTreeSet::new();
    for (at, spec) in specs.iter().enumerate() {
        let field = |name: &str| format!("{list}[{at}].{name}");
        let id = &spec.id;
        ensure(
            !id.is_empty() && id.len() <= 200 && !id.contains(|c: char| c.is_control()),
            field("id"),
            "takes 1 to 200 bytes on one line",
        )?;
        ensure(seen.insert(id), field("id"), format!("repeats {id}"))?;
        if let Some(name) = &spec.name {
            shown(&field("name"), name)?;
        }
        if let Some(inputs) = &spec.inputs {
            ensure(
                !inputs.is_empty(),
                field("inputs"),
                "is empty; leave it out where unknown",
            )?;
        }
        ensure(
            spec.context != Some(0),
            field("context"),
            "must be at least 1",
        )?;
        if let Some(own) = &spec.limits {
            limits(&field("limits"), own)?;
        }
    }
    Ok(())
}

fn limits(at: &str, limits: &Limits) -> Result<(), Error> {
    let positive = [
        ("image_bytes", limits.image_bytes),
        ("image_pixels", limits.image_pixels),
        ("image_side", limits.image_side.map(u64::from)),
        ("image_side_min", limits.image_side_min.map(u64::from)),
        ("body_bytes", limits.body_bytes),
    ];
    for (name, value) in positive {
        ensure(
            value != Some(0),
            format!("{at}.{name}"),
            "must be at least 1",
        )?;
    }
    if let (Some(least), Some(most)) = (limits.image_side_min, limits.image_side) {
        ensure(
            least <= most,
            format!("{at}.image_side_min"),
            "is over image_side",
        )?;
    }
    for mime in limits.mime.iter().flatten() {
        let kind = mime.strip_prefix("image/").unwrap_or_default();
        let good = !kind.is_empty()
            && kind
                .chars()
                .all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || "+.-".contains(c));
        ensure(
            good,
            format!("{at}.mime"),
            format!("holds {mime:?}, which is no picture type"),
        )?;
    }
    for detail in limits.detail.iter().flatten() {
        ensure(
            !detail.is_empty(),
            format!("{at}.detail"),
            "holds an empty value",
        )?;
    }
    Ok(())
}

fn parameter(field: &str, parameter: &Parameter) -> Result<(), Error> {
    if let (Some(min), Some(max)) = (parameter.min, parameter.max) {
        ensure(
            min <= max,
            format!("{field}.min"),
            format!("is {min}, over max, which is {max}"),
        )?;
    }
    let Some(default) = &parameter.default else {
        return Ok(());
    };
    let field = format!("{field}.default");
    if let Some(number) = default.as_f64() {
        let good = parameter.min.is_none_or(|min| number >= min)
            && parameter.max.is_none_or(|max| number <= max);
        ensure(
            good,
            &field,
            format!("is {number}, outside of its own range"),
        )?;
    }
    if let (Some(text), Some(values)) = (default.as_str(), &parameter.values) {
        ensure(
            values.iter().any(|value| value == text),
            &field,
            "is not one of its own values",
        )?;
    }
    if let (Some(items), Some(most)) = (default.as_array(), parameter.max_items) {
        ensure(
            items.len() <= most as usize,
            &field,
            format!("holds more than {most} items"),
        )?;
    }
    Ok(())
}
