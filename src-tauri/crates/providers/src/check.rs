//! What a manifest must hold beyond its types.

mod body;
mod errors;
mod field;
mod headers;
mod limits;
mod names;
mod reading;
mod tags;

use protocol::ManifestReason;

use self::field::{MAX_ITEMS, at_most, ensure, refuse};
pub(crate) use self::headers::{header, header_name};
pub(crate) use self::names::names;
pub(crate) use self::reading::{reading, trailing};
use crate::error::address;
use crate::{Auth, BaseUrl, DEMO, Error, Manifest, ModelSpec};

/// What a file may not say, though the app may store it.
pub(crate) fn file(manifest: &Manifest) -> Result<(), Error> {
    let id = &manifest.id;
    ensure(
        !crate::is_builtin(id),
        "id",
        ManifestReason::IdBuiltIn { id: id.clone() },
    )?;
    ensure(
        !manifest.allow_private,
        "allow_private",
        ManifestReason::Personal,
    )?;
    names(manifest)
}

pub(crate) fn manifest(manifest: &Manifest) -> Result<(), Error> {
    id(&manifest.id)?;
    shown("name", &manifest.name)?;
    for (language, name) in &manifest.names {
        shown(&format!("names.{language}"), name)?;
    }
    base_url(manifest)?;
    if let Auth::Header(name) = &manifest.auth {
        headers::of_key("auth.header", name)?;
    }
    headers::plain(manifest)?;
    link("docs_url", manifest.docs_url.as_deref())?;
    link("keys_url", manifest.keys_url.as_deref())?;
    link("models_url", manifest.models_url.as_deref())?;
    models("models", &manifest.models)?;
    models("patterns", &manifest.patterns)?;
    if let Some(Some(path)) = &manifest.models_endpoint {
        let plain = path
            .chars()
            .all(|c| c.is_ascii_alphanumeric() || "/._-".contains(c));
        ensure(
            path.starts_with('/') && plain && !path.contains("//") && !path.contains(".."),
            "models_endpoint",
            ManifestReason::Form {
                what: "a path",
                example: "/models",
            },
        )?;
    }
    limits::limits("limits", &manifest.limits)?;
    if let Some(modes) = &manifest.thinking {
        body::thinking("thinking", modes)?;
    }
    if let Some(effort) = &manifest.effort {
        body::effort("effort", effort)?;
    }
    body::parameters("parameters", &manifest.parameters)?;
    body::fields("extra_body", &manifest.extra_body)?;
    errors::rows("errors", &manifest.errors)?;
    tags::rows("thought_tags", &manifest.thought_tags)
}

fn id(id: &str) -> Result<(), Error> {
    let slug = id
        .chars()
        .all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-');
    ensure(
        slug && (1..=64).contains(&id.len()) && !id.starts_with('-'),
        "id",
        ManifestReason::IdForm,
    )
}

fn shown(field: &str, name: &str) -> Result<(), Error> {
    let good = !name.trim().is_empty()
        && name.chars().count() <= 100
        && !name.chars().any(char::is_control);
    ensure(good, field, ManifestReason::OneLine { most: 100 })
}

fn base_url(manifest: &Manifest) -> Result<(), Error> {
    if manifest.base_url.is_empty() {
        return ensure(manifest.id == DEMO, "base_url", ManifestReason::NoAddress);
    }
    match BaseUrl::parse(&manifest.base_url, manifest.allow_private) {
        // A file says exactly what is used: a form that parsing would change
        // is refused, so that what is reviewed is what is sent to.
        Ok(base) if base.as_str() == manifest.base_url => Ok(()),
        Ok(base) => Err(refuse(
            "base_url",
            ManifestReason::WrittenAs {
                url: base.to_string(),
            },
        )),
        Err(Error::BaseUrl { url, reason }) => Err(refuse("base_url", address(url, &reason))),
        Err(other) => Err(other),
    }
}

fn link(field: &str, address: Option<&str>) -> Result<(), Error> {
    let Some(address) = address else {
        return Ok(());
    };
    let good = url::Url::parse(address).is_ok_and(|url| {
        url.scheme() == "https" && url.username().is_empty() && url.password().is_none()
    });
    ensure(
        good,
        field,
        ManifestReason::Form {
            what: "an https address",
            example: "https://example.com",
        },
    )
}

fn models(list: &str, specs: &[ModelSpec]) -> Result<(), Error> {
    at_most(MAX_ITEMS, specs.len(), list)?;
    let mut seen = std::collections::BTreeSet::new();
    for (at, spec) in specs.iter().enumerate() {
        let field = |name: &str| format!("{list}[{at}].{name}");
        let id = &spec.id;
        ensure(
            !id.is_empty() && id.len() <= 200 && !id.contains(|c: char| c.is_control()),
            field("id"),
            ManifestReason::OneLineBytes { most: 200 },
        )?;
        ensure(
            seen.insert(id),
            field("id"),
            ManifestReason::Repeats { value: id.clone() },
        )?;
        if let Some(name) = &spec.name {
            shown(&field("name"), name)?;
        }
        if let Some(inputs) = &spec.inputs {
            ensure(!inputs.is_empty(), field("inputs"), ManifestReason::Empty)?;
        }
        for (name, tokens) in [("context", spec.context), ("output", spec.output)] {
            ensure(
                tokens != Some(0),
                field(name),
                ManifestReason::AtLeast { least: 1 },
            )?;
        }
        if let Some(price) = spec.price {
            for (name, dollars) in [("input", price.input), ("output", price.output)] {
                let field = field(&format!("price.{name}"));
                ensure(dollars >= 0.0, field, ManifestReason::AtLeast { least: 0 })?;
            }
        }
        if let Some(own) = &spec.limits {
            limits::limits(&field("limits"), own)?;
        }
        if let Some(Some(modes)) = &spec.thinking {
            body::thinking(&field("thinking"), modes)?;
        }
        if let Some(Some(effort)) = &spec.effort {
            body::effort(&field("effort"), effort)?;
        }
        body::parameters(&field("parameters"), &spec.parameters)?;
    }
    Ok(())
}
