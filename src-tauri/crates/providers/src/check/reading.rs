//! What the reader of JSON says, as the reason of a file.

use protocol::ManifestReason;
use serde::Deserialize;
use serde::de::IgnoredAny;

use super::field::refuse;
use crate::Error;

/// An error in reading this JSON, with the path of the field.
pub(crate) fn reading(json: &str, error: &serde_path_to_error::Error<serde_json::Error>) -> Error {
    let inner = error.inner();
    let path = match error.path().to_string() {
        path if matches!(path.as_str(), "." | "?") => String::new(),
        path => path,
    };
    let (line, column) = (inner.line(), inner.column());
    let text = inner.to_string();
    // serde_json ends its messages with the place.
    let words = text
        .rsplit_once(" at line ")
        .map_or(text.as_str(), |(words, _)| words);
    if let Some(name) = quoted(words, "missing field `") {
        let field = match path.as_str() {
            "" => name.to_owned(),
            path => format!("{path}.{name}"),
        };
        return refuse(field, ManifestReason::Missing { line, column });
    }
    let field = if path.is_empty() { "file" } else { &path };
    refuse(field, reason(is_json(json), words, line, column))
}

/// Is this JSON, whatever it holds? serde calls a `null` instead of a word bad syntax.
fn is_json(json: &str) -> bool {
    IgnoredAny::deserialize(&mut serde_json::Deserializer::from_str(json)).is_ok()
}

fn reason(is_json: bool, words: &str, line: usize, column: usize) -> ManifestReason {
    let said = words.to_owned();
    if !is_json {
        return ManifestReason::Syntax {
            line,
            column,
            words: said,
        };
    }
    if let Some(name) = quoted(words, "unknown field `") {
        return ManifestReason::UnknownField {
            name: name.to_owned(),
            line,
            column,
            words: said,
        };
    }
    if let Some(value) = quoted(words, "unknown variant `") {
        return ManifestReason::UnknownValue {
            value: value.to_owned(),
            line,
            column,
            words: said,
        };
    }
    match expected(words) {
        Some(expected) => ManifestReason::WrongType {
            expected,
            line,
            column,
            words: said,
        },
        None => ManifestReason::Unfit {
            line,
            column,
            words: said,
        },
    }
}

/// The type that JSON has for what serde expected.
fn expected(words: &str) -> Option<&'static str> {
    let (_, expected) = words
        .strip_prefix("invalid type: ")?
        .rsplit_once("expected ")?;
    Some(match expected {
        "a string" => "string",
        "a boolean" => "boolean",
        "a sequence" => "array",
        "a map" => "object",
        "u16" | "u32" | "u64" | "usize" => "integer",
        "f64" => "number",
        other if other.starts_with("struct ") => "object",
        _ => return None,
    })
}

/// What stands between this start and the next `` ` ``: serde tells it in words only.
fn quoted<'a>(words: &'a str, start: &str) -> Option<&'a str> {
    let (name, _) = words.strip_prefix(start)?.split_once('`')?;
    Some(name)
}

/// Something follows the JSON object.
pub(crate) fn trailing(error: &serde_json::Error) -> Error {
    let line = error.line();
    refuse("file", ManifestReason::MoreThanOne { line })
}
