//! What goes into a request body: extra fields, thinking, effort, parameters.

use protocol::ManifestReason;
use serde_json::{Map, Value};

use super::field::{MAX_ITEMS, at_most, carries_key, ensure};
use crate::{Effort, Error, Parameter, Parameters, Thinking};

/// Body fields that the app itself sets.
const RESERVED_FIELDS: [&str; 5] = ["model", "messages", "stream", "stream_options", "n"];

/// Deepest nesting of the field of effort.
const MAX_DEPTH: usize = 8;

/// Fields that are put into the body as they are.
pub(super) fn fields(at: &str, fields: &Map<String, Value>) -> Result<(), Error> {
    for name in fields.keys() {
        let field = format!("{at}.{name}");
        ensure(
            !RESERVED_FIELDS.contains(&name.as_str()),
            &field,
            ManifestReason::SetByApp,
        )?;
        ensure(
            !carries_key(name) || name.ends_with("_tokens"),
            &field,
            ManifestReason::CarriesKey,
        )?;
    }
    Ok(())
}

pub(super) fn thinking(at: &str, modes: &Thinking) -> Result<(), Error> {
    ensure(!modes.modes().is_empty(), at, ManifestReason::Empty)?;
    let named = [
        ("on", &modes.on),
        ("off", &modes.off),
        ("auto", &modes.auto),
    ];
    for (name, fragment) in named {
        if let Some(fragment) = fragment {
            let field = format!("{at}.{name}");
            ensure(!fragment.is_empty(), &field, ManifestReason::Empty)?;
            fields(&field, fragment)?;
        }
    }
    Ok(())
}

pub(super) fn effort(at: &str, effort: &Effort) -> Result<(), Error> {
    let plain = |name: &str| {
        !name.is_empty() && name.chars().all(|c| c.is_ascii_alphanumeric() || c == '_')
    };
    let names: Vec<&str> = effort.field.split('.').collect();
    ensure(
        names.len() <= MAX_DEPTH && names.iter().all(|name| plain(name)),
        format!("{at}.field"),
        ManifestReason::Form {
            what: "the name of a body field",
            example: "reasoning_effort",
        },
    )?;
    let first = names.first().copied().unwrap_or_default();
    ensure(
        !RESERVED_FIELDS.contains(&first),
        format!("{at}.field"),
        ManifestReason::SetByApp,
    )?;
    for (place, value) in effort.values.iter().enumerate() {
        let field = format!("{at}.values[{place}]");
        let good = !value.is_empty() && value.len() <= 100 && !value.contains(char::is_control);
        ensure(good, &field, ManifestReason::OneLineBytes { most: 100 })?;
        let again = effort.values.iter().take(place).any(|other| other == value);
        ensure(
            !again,
            &field,
            ManifestReason::Repeats {
                value: value.clone(),
            },
        )?;
    }
    Ok(())
}

pub(super) fn parameters(at: &str, parameters: &Parameters) -> Result<(), Error> {
    at_most(MAX_ITEMS, parameters.len(), at)?;
    for (name, range) in parameters {
        if let Some(range) = range {
            parameter(&format!("{at}.{name}"), range)?;
        }
    }
    Ok(())
}

fn parameter(field: &str, parameter: &Parameter) -> Result<(), Error> {
    if let (Some(min), Some(max)) = (parameter.min, parameter.max) {
        ensure(
            min <= max,
            format!("{field}.min"),
            ManifestReason::Over { other: "max" },
        )?;
    }
    let default = parameter.default.as_ref();
    match default.and_then(|value| parameter.complaint(value)) {
        Some(words) => Err(super::refuse(
            format!("{field}.default"),
            ManifestReason::OutOfRange { words },
        )),
        None => Ok(()),
    }
}
