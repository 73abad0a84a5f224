//! Recorded cases, replayed: what `cargo xtask quirks` and `cargo xtask sse` run on
//! any file, and the tests on ours.

pub mod chunks;
pub mod outcome;
pub mod provider;
pub mod quirks;
pub mod taken;
pub mod vectors;

use serde_json::Value;

/// Characters of a value that a message shows.
const SHOWN: usize = 300;

/// What came of a case.
#[derive(Debug, Default)]
pub struct Verdict {
    /// What differs, and at which chunking; empty when the case holds.
    pub wrong: Vec<String>,
    /// Keys of the case that mean nothing here, so were not checked.
    pub unknown: Vec<String>,
}

impl Verdict {
    /// A case that could not be tried.
    pub fn broken(reason: impl Into<String>) -> Self {
        Self {
            wrong: vec![reason.into()],
            ..Self::default()
        }
    }
}

/// The cases of a file: an array of objects, or a single one.
///
/// # Errors
/// Why it is no such file.
pub fn cases(text: &str) -> Result<Vec<Value>, String> {
    let text = text.trim_start_matches('\u{feff}');
    match serde_json::from_str(text).map_err(|error| format!("it is no JSON: {error}"))? {
        Value::Array(cases) if cases.is_empty() => Err("it holds no cases".into()),
        Value::Array(cases) => Ok(cases),
        case @ Value::Object(_) => Ok(vec![case]),
        _ => Err("it holds no array of cases".into()),
    }
}

/// The name of a case; its place in the file where it has none.
pub fn name(case: &Value, place: usize) -> String {
    let name = case.get("name").and_then(Value::as_str);
    name.map_or_else(|| format!("case {}", place + 1), str::to_owned)
}

/// A value as a message shows it.
fn shown(value: &str) -> String {
    match value.char_indices().nth(SHOWN) {
        Some((at, _)) => format!("{:?}… ({} bytes)", value.split_at(at).0, value.len()),
        None => format!("{value:?}"),
    }
}
