//! The words of an error body, wherever it keeps them.

use serde_json::{Map, Value};

use super::words::Words;
use crate::answer::whole_ms;

/// Levels of JSON within JSON strings that are unwrapped (Gemini sends two).
const DEPTH: u8 = 3;

/// Fields that hold the message, the most telling first.
pub(super) const MESSAGES: &[&str] = &[
    "message",
    "msg",
    "error_msg",
    "errorMessage",
    "error_message",
    "errmsg",
    "err_msg",
    "detail",
    "Message",
];
/// Fields that hold a code: a number, or a word.
pub(super) const CODES: &[&str] = &[
    "code",
    "error_code",
    "errorCode",
    "err_code",
    "errcode",
    "errno",
    "status_code",
    "statusCode",
    "Code",
];
/// Fields that hold an error within: Volcengine's and Tencent's gateways the last.
const WITHIN: &[&str] = &["error", "errors", "Error", "ResponseMetadata", "Response"];

pub(super) fn read(value: &Value, depth: u8) -> Words {
    match value {
        Value::String(text) => read_text(text, depth),
        Value::Array(items) => items
            .iter()
            .map(|item| read(item, depth))
            .find(|words| words.message.is_some())
            .unwrap_or_default(),
        Value::Object(object) => read_object(object, depth),
        _ => Words::default(),
    }
}

/// A message; perhaps JSON that holds the real one (Gemini).
fn read_text(text: &str, depth: u8) -> Words {
    let trimmed = text.trim();
    if depth < DEPTH
        && trimmed.starts_with(['{', '['])
        && let Ok(value) = serde_json::from_str::<Value>(trimmed)
    {
        let inner = read(&value, depth + 1);
        if inner.message.is_some() {
            return inner;
        }
    }
    Words {
        message: said(trimmed),
        ..Words::default()
    }
}

fn read_object(object: &Map<String, Value>, depth: u8) -> Words {
    let text = |names: &[&str]| {
        names
            .iter()
            .find_map(|name| object.get(*name).and_then(scalar))
    };
    // OpenRouter: what the provider behind it said.
    let raw = object.get("metadata").and_then(|m| m.get("raw"));
    let mut words = raw.map(|raw| read(raw, depth)).unwrap_or_default();
    let inner = WITHIN
        .iter()
        .filter_map(|name| object.get(*name))
        .find(|inner| meaningful(inner))
        .map(|inner| read(inner, depth))
        .unwrap_or_default();
    words = words.or(inner);
    if let Some(base) = object.get("base_resp").and_then(Value::as_object) {
        words = words.or(Words {
            message: base.get("status_msg").and_then(scalar),
            code: (base.get("status_code").and_then(scalar))
                .map(|code| format!("base_resp.{code}")),
            ..Words::default()
        });
    }
    for name in MESSAGES {
        if words.message.is_some() {
            break;
        }
        if let Some(message) = object.get(*name) {
            words = words.or(read(message, depth));
        }
    }
    let details = object.get("details").and_then(Value::as_array);
    let detail = |of: &dyn Fn(&Value) -> Option<String>| details?.iter().find_map(of);
    // Google writes the status in words beside the number.
    let status = object.get("status").and_then(Value::as_str).and_then(said);
    words.or(Words {
        message: text(&["error_description", "title", "reason"]),
        code: text(CODES).or_else(|| text(&["status"])),
        kind: text(&["type"]).or(status),
        parameter: text(&["param"])
            .or_else(|| object.get("loc").and_then(place))
            .or_else(|| detail(&|d| scalar(d.pointer("/fieldViolations/0/field")?))),
        request_id: text(&[
            "request_id",
            "requestId",
            "RequestId",
            "requestid",
            "trace_id",
            "traceId",
        ]),
        wait_ms: wait_ms(object).or_else(|| details?.iter().find_map(|d| wait_ms(d.as_object()?))),
    })
}

/// FastAPI: `["body", "top_p"]`.
fn place(loc: &Value) -> Option<String> {
    let steps = loc.as_array()?.iter().filter_map(Value::as_str);
    let path: Vec<&str> = steps.skip_while(|step| *step == "body").collect();
    (!path.is_empty()).then(|| path.join("."))
}

/// How long to wait, where the body tells: seconds, or Google's `"36s"`.
fn wait_ms(object: &Map<String, Value>) -> Option<u64> {
    let number = |name: &str| match object.get(name)? {
        Value::Number(number) => number.as_f64(),
        Value::String(text) => text.trim().trim_end_matches('s').parse().ok(),
        _ => None,
    };
    let ms = number("retry_after_ms").or_else(|| {
        let names = ["retry_after", "retryAfter", "retryDelay"];
        let seconds: f64 = names.iter().find_map(|name| number(name))?;
        Some(seconds * 1000.0)
    })?;
    whole_ms(ms)
}

/// A string or number as text. LiteLLM writes `None` for nothing.
fn scalar(value: &Value) -> Option<String> {
    match value {
        Value::String(text) => said(text),
        Value::Number(number) => match number.as_f64() {
            Some(float) if float.fract() == 0.0 && float.abs() < 1e15 => {
                Some((float as i64).to_string())
            }
            _ => Some(number.to_string()),
        },
        _ => None,
    }
}

pub(super) fn said(text: &str) -> Option<String> {
    let text = text.trim();
    (!text.is_empty() && !matches!(text, "None" | "null")).then(|| text.to_owned())
}

/// Neither null, false, zero nor empty; an object counts if a value of it does.
pub(super) fn meaningful(value: &Value) -> bool {
    match value {
        Value::Null => false,
        Value::Bool(flag) => *flag,
        Value::Number(number) => number.as_f64() != Some(0.0),
        Value::String(text) => said(text).is_some(),
        Value::Array(items) => items.iter().any(meaningful),
        Value::Object(object) => object.values().any(meaningful),
    }
}

/// A code that says something failed: not 0, 200 or a word for success.
pub(super) fn failing(code: &Value) -> bool {
    match code {
        Value::Number(number) => !matches!(number.as_f64(), Some(0.0 | 200.0)),
        Value::String(text) => !matches!(
            text.to_ascii_lowercase().as_str(),
            "" | "0" | "200" | "ok" | "success" | "none" | "null"
        ),
        _ => false,
    }
}
