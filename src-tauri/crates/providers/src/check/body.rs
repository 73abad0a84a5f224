//! What goes into a request body: extra fields, thinking, effort, parameters.

use serde_json::{Map, Value};

use super::field::{MAX_ITEMS, carries_key, ensure};
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
            "is set by the app; take it out",
        )?;
        ensure(
            !carries_key(name) || name.ends_with("_tokens"),
            &field,
            "would carry a key, and files are shared; take it out and enter the key in Settings",
        )?;
    }
    Ok(())
}

pub(super) fn thinking(at: &str, modes: &Thinking) -> Result<(), Error> {
    ensure(
        !modes.modes().is_empty(),
        at,
        "names none of the modes on, off and auto; leave it out where unknown",
    )?;
    let named = [
        ("on", &modes.on),
        ("off", &modes.off),
        ("auto", &modes.auto),
    ];
    for (name, fragment) in named {
        if let Some(fragment) = fragment {
            let field = format!("{at}.{name}");
            ensure(
                !fragment.is_empty(),
                &field,
                "is empty; leave it out where unknown",
            )?;
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
        "is not the name of a body field, such as reasoning_effort or reasoning.effort",
    )?;
    let first = names.first().copied().unwrap_or_default();
    ensure(
        !RESERVED_FIELDS.contains(&first),
        format!("{at}.field"),
        format!("is {first}, which the app sets; choose another"),
    )?;
    for (place, value) in effort.values.iter().enumerate() {
        let field = format!("{at}.values[{place}]");
        let good = !value.is_empty() && value.len() <= 100 && !value.contains(char::is_control);
        ensure(good, &field, "takes 1 to 100 bytes on one line")?;
        let again = effort.values.iter().take(place).any(|other| other == value);
        ensure(!again, &field, format!("repeats {value}"))?;
    }
    Ok(())
}

pub(super) fn parameters(at: &str, parameters: &Parameters) -> Result<(), Error> {
    ensure(
        parameters.len() <= MAX_ITEMS,
        at,
        "holds more than 2,000 items",
    )?;
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
            format!("is {min}, over max, which is {max}"),
        )?;
    }
    let default = parameter.default.as_ref();
    match default.and_then(|value| parameter.complaint(value)) {
        Some(complaint) => Err(super::refuse(
            format!("{field}.default"),
            format!("{complaint}: outside of its own range"),
        )),
        None => Ok(()),
    }
}
