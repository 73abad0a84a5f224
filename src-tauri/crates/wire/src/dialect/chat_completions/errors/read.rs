//! The words of an error body, wherever it keeps them.

use std::time::SystemTime;

use serde_json::{Map, Value};

use super::words::Words;
use crate::answer::{of_number, wait, whole};

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

/// Fields that hold what a provider behind it said (OpenRouter: `metadata.raw`).
const BEHIND: &[&str] = &["raw", "upstream_error", "original_error", "provider_error"];
/// Fields that say more.
const MORE: &[&str] = &["details", "data", "cause"];
/// Fields whose values are codes, whatever object they stand in.
const TELLING: &[&str] = &[
    "type",
    "status",
    "reason",
    "quotaId",
    "error_type",
    "errorType",
];
/// Messages that say nothing: phrases of HTTP, and what gateways put before the real
/// words.
const PHRASES: &[&str] = &[
    "error",
    "bad request",
    "unauthorized",
    "payment required",
    "forbidden",
    "not found",
    "method not allowed",
    "request timeout",
    "conflict",
    "payload too large",
    "unprocessable entity",
    "unprocessable content",
    "too many requests",
    "internal server error",
    "internal error",
    "server error",
    "bad gateway",
    "service unavailable",
    "gateway timeout",
    "provider returned error",
    "upstream error",
    "upstream request failed",
    "openai_error",
    "new_api_error",
    "invalid request",
    "validation error",
    "request failed",
    "unknown error",
    "an error occurred",
];
/// Texts of one error that are shown.
const TEXTS: usize = 4;
/// Fields that tell how long to wait.
const WAITS: &[&str] = &[
    "retry_after",
    "retryAfter",
    "retryDelay",
    "retry_after_seconds",
    "retry_in_seconds",
    "resets_in_seconds",
    "reset_at",
    "resets_at",
    "Retry-After",
    "retry-after",
    "X-RateLimit-Reset",
    "x-ratelimit-reset",
];
/// Objects within objects that are looked into for codes.
const LEVELS: u8 = 8;

pub(super) fn read(value: &Value, depth: u8) -> Words {
    match value {
        Value::String(text) => read_text(text, depth),
        Value::Array(items) => {
            let all = items.iter().map(|item| read(item, depth));
            let mut all = all.filter(|words| words.message.is_some());
            let Some(mut words) = all.next() else {
                return Words::default();
            };
            let mut texts: Vec<String> = words.message.take().into_iter().collect();
            for other in all {
                texts.extend(other.message.clone());
                words = words.or(Words {
                    message: None,
                    ..other
                });
            }
            words.message = joined(texts);
            words
        }
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
    let metadata = object.get("metadata").and_then(Value::as_object);
    let behind = (metadata.into_iter().chain([object]))
        .flat_map(|of| BEHIND.iter().filter_map(|name| of.get(*name)))
        .find(|inner| meaningful(inner));
    let mut texts = Vec::new();
    let mut words = Words::default();
    let mut take = |words: &mut Words, mut other: Words| {
        texts.extend(other.message.take());
        *words = std::mem::take(words).or(other);
    };
    if let Some(behind) = behind {
        take(&mut words, read(behind, depth));
    }
    let within = WITHIN.iter().filter_map(|name| object.get(*name));
    let worded = MESSAGES
        .iter()
        .any(|name| object.get(*name).is_some_and(meaningful));
    // Beside a message one word is a code.
    let named = |inner: &&Value| worded && inner.as_str().is_some_and(is_code);
    if let Some(inner) = within
        .filter(|inner| meaningful(inner))
        .find(|inner| !named(inner))
    {
        take(&mut words, read(inner, depth));
    }
    if let Some(base) = object.get("base_resp").and_then(Value::as_object) {
        let base = Words {
            message: base.get("status_msg").and_then(scalar),
            code: (base.get("status_code").and_then(scalar))
                .map(|code| format!("base_resp.{code}")),
            ..Words::default()
        };
        take(&mut words, base);
    }
    let message = MESSAGES.iter().filter_map(|name| object.get(*name));
    if let Some(message) = message
        .map(|message| read(message, depth))
        .find(|m| m.message.is_some())
    {
        take(&mut words, message);
    }
    for more in MORE.iter().filter_map(|name| object.get(*name)) {
        take(&mut words, read(more, depth));
    }
    if texts.iter().all(|text| is_phrase(text)) {
        texts.extend(text(&["error_description", "title", "reason"]));
    }
    words.message = joined(texts);
    let details = object.get("details").and_then(Value::as_array);
    let detail = |of: &dyn Fn(&Value) -> Option<String>| details?.iter().find_map(of);
    // Google writes the status in words beside the number.
    let status = object.get("status").and_then(Value::as_str).and_then(said);
    words.or(Words {
        code: text(CODES).or_else(|| text(&["status"])).or_else(|| {
            object
                .get("error")
                .and_then(scalar)
                .filter(|code| is_code(code))
        }),
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
        wait_ms: wait_ms(object)
            .or_else(|| metadata.and_then(wait_ms))
            .or_else(|| metadata?.get("headers")?.as_object().and_then(wait_ms))
            .or_else(|| details?.iter().find_map(|d| wait_ms(d.as_object()?))),
        ..Words::default()
    })
}

/// What the texts of an error say together: each once, and phrases only where there is
/// nothing else.
fn joined(texts: Vec<String>) -> Option<String> {
    let telling = texts.iter().any(|text| !is_phrase(text));
    let mut shown: Vec<String> = Vec::new();
    for text in texts {
        let said = shown.iter().any(|other| other.contains(&text));
        if said || telling && is_phrase(&text) || shown.len() >= TEXTS {
            continue;
        }
        shown.retain(|other| !text.contains(other.as_str()));
        shown.push(text);
        if !telling {
            break;
        }
    }
    (!shown.is_empty()).then(|| shown.join("; "))
}

fn is_phrase(text: &str) -> bool {
    let text = text
        .trim()
        .trim_end_matches(['.', '!', ':'])
        .to_ascii_lowercase();
    // `400 Bad Request`, `HTTP 502: Bad Gateway`.
    let text = text
        .trim_start_matches("http")
        .trim_start_matches([' ', '/', '.', ':']);
    let text = text.trim_start_matches(|c: char| c.is_ascii_digit());
    let text = text.trim_start_matches([' ', ':', '-']);
    text.is_empty() || PHRASES.contains(&text)
}

/// One word: a code and no message.
fn is_code(text: &str) -> bool {
    let inside = |c: char| c.is_ascii_alphanumeric() || matches!(c, '_' | '-' | '.' | ':');
    !text.is_empty() && text.len() <= 100 && text.chars().all(inside)
}

/// All that may be a code, a type or a reason in an error body: what an answer says
/// beside it is passed over.
pub(super) fn codes(value: &Value) -> Vec<String> {
    let mut out = Vec::new();
    collect(value, LEVELS, &mut out);
    out
}

fn collect(value: &Value, levels: u8, out: &mut Vec<String>) {
    let Some(levels) = levels.checked_sub(1) else {
        return;
    };
    match value {
        Value::Array(items) => items.iter().for_each(|item| collect(item, levels, out)),
        Value::String(text) if text.trim_start().starts_with(['{', '[']) => {
            if let Ok(inner) = serde_json::from_str::<Value>(text.trim()) {
                collect(&inner, levels, out);
            }
        }
        Value::Object(object) => {
            let told = CODES.iter().chain(TELLING).chain(&["error"]);
            let told = told.filter_map(|name| object.get(*name).and_then(scalar));
            out.extend(told.filter(|code| is_code(code)));
            let base = object
                .get("base_resp")
                .and_then(|base| base.get("status_code"));
            if let Some(code) = base.and_then(scalar) {
                // MiniMax' numbers mean other things elsewhere.
                out.push(format!("base_resp.{code}"));
            }
            let around = [
                "delta",
                "message",
                "usage",
                "base_resp",
                "flagged_input",
                "headers",
            ];
            for (name, inner) in object {
                let answer = around.contains(&name.as_str()) && !inner.is_string();
                let choice = name == "choices";
                if choice {
                    let errors = inner.as_array().into_iter().flatten();
                    errors
                        .filter_map(|choice| choice.get("error"))
                        .for_each(|error| collect(error, levels, out));
                } else if !answer || name == "message" {
                    collect(inner, levels, out);
                }
            }
        }
        _ => {}
    }
}

/// FastAPI: `["body", "top_p"]`.
fn place(loc: &Value) -> Option<String> {
    let steps = loc.as_array()?.iter().filter_map(Value::as_str);
    let path: Vec<&str> = steps.skip_while(|step| *step == "body").collect();
    (!path.is_empty()).then(|| path.join("."))
}

/// How long to wait, where the body tells: seconds, a time such as Google's `"36s"`, or
/// a moment.
fn wait_ms(object: &Map<String, Value>) -> Option<u64> {
    let now = SystemTime::now();
    let read = |name: &&str| match object.get(*name)? {
        Value::Number(number) => of_number(number.as_f64()?, now),
        Value::String(text) => wait(text, now),
        _ => None,
    };
    let in_ms = object.get("retry_after_ms").and_then(Value::as_f64);
    in_ms
        .and_then(whole)
        .or_else(|| WAITS.iter().find_map(read))
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
