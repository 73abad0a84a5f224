//! What an error body says, in any of the shapes seen.

use protocol::{ErrorCode, ErrorDetail};
use serde_json::{Map, Value};

use super::{Error, Refusal, classify};
use crate::headers::Facts;

/// Levels of JSON within JSON strings that are unwrapped (Gemini sends two).
const DEPTH: u8 = 3;
/// Characters kept of a provider's message.
const MESSAGE_LIMIT: usize = 2000;
/// Characters kept of a body that is plain text.
const TEXT_LIMIT: usize = 500;

/// What was found in an error body.
#[derive(Debug, Default, Clone, PartialEq, Eq)]
pub(crate) struct Words {
    pub message: Option<String>,
    pub code: Option<String>,
    pub kind: Option<String>,
    pub parameter: Option<String>,
    pub request_id: Option<String>,
}

impl Words {
    fn or(self, other: Words) -> Words {
        Words {
            message: self.message.or(other.message),
            code: self.code.or(other.code),
            kind: self.kind.or(other.kind),
            parameter: self.parameter.or(other.parameter),
            request_id: self.request_id.or(other.request_id),
        }
    }

    /// The error of a web page where an API was expected.
    pub fn not_an_api(self, facts: &Facts) -> Error {
        Error::NotAnApi {
            url: String::new(),
            suggestion: None,
            detail: Box::new(self.detail(facts)),
        }
    }

    fn detail(self, facts: &Facts) -> ErrorDetail {
        let request_id = (facts.request_id.clone())
            .or(self.request_id)
            .or_else(|| self.message.as_deref().and_then(id_in));
        ErrorDetail {
            status: Some(facts.status),
            message: self.message,
            code: self.code.or(self.kind),
            request_id,
        }
    }

    /// The typed error.
    pub fn refuse(self, facts: &Facts) -> Error {
        let codes: Vec<&str> = (self.code.as_deref().into_iter())
            .chain(self.kind.as_deref())
            .collect();
        let class = classify(facts.status, &codes, self.message.as_deref().unwrap_or(""));
        if class == ErrorCode::NotAnApi {
            return self.not_an_api(facts);
        }
        let parameter = self.parameter.clone();
        Error::Provider(Box::new(Refusal {
            class,
            detail: self.detail(facts),
            parameter,
            retry_after_ms: facts.retry_after_ms,
            should_retry: facts.should_retry,
        }))
    }
}

/// The words of `value` if it is an error whatever its status says.
pub(crate) fn error_in(value: &Value) -> Option<Words> {
    let object = match value {
        Value::Array(items) => return items.iter().find_map(error_in),
        Value::Object(object) => object,
        _ => return None,
    };
    let says = |name: &str| object.get(name).is_some_and(meaningful);
    let is = |name: &str, text: &str| object.get(name).and_then(Value::as_str) == Some(text);
    let base_resp = object.get("base_resp").and_then(|b| b.get("status_code"));
    let no_choices = object
        .get("choices")
        .is_none_or(|c| c.is_null() || c.as_array().is_some_and(Vec::is_empty));
    let coded =
        object.get("code").is_some_and(failing) && ["message", "msg"].iter().any(|name| says(name));
    let error = says("error")
        || says("errors")
        || object.get("success") == Some(&Value::Bool(false))
        || base_resp.is_some_and(failing)
        || is("object", "error")
        || is("type", "error")
        || (no_choices && (coded || (object.len() == 1 && says("detail"))));
    error.then(|| words_of(value))
}

/// The words of an error body, whatever its shape.
pub(crate) fn words_of(value: &Value) -> Words {
    let mut words = read(value, 0);
    words.message = words.message.map(|m| cap(m.trim(), MESSAGE_LIMIT));
    words
}

/// The words of an error body that may be JSON, HTML or plain text.
pub(crate) fn words_in(body: &str) -> Words {
    let body = body.trim_start_matches('\u{feff}').trim();
    if body.starts_with('<') {
        return Words {
            message: Some(web_page(body)),
            ..Words::default()
        };
    }
    if body.starts_with(['{', '[', '"']) {
        let mut values = serde_json::Deserializer::from_str(body).into_iter::<Value>();
        if let Some(Ok(value)) = values.next() {
            return words_of(&value);
        }
    }
    Words {
        message: said(body).map(|text| cap(&text, TEXT_LIMIT)),
        ..Words::default()
    }
}

/// `html: ` and the title of a web page.
pub(crate) fn web_page(html: &str) -> String {
    let lower = html.to_ascii_lowercase();
    let within = |open: &str, close: &str| {
        let start = lower.find(open)?;
        let start = start + lower.get(start..)?.find('>')? + 1;
        let end = start + lower.get(start..)?.find(close)?;
        let text = html.get(start..end)?;
        let text = text.split_whitespace().collect::<Vec<_>>().join(" ");
        (!text.is_empty()).then_some(text)
    };
    let title = within("<title", "</title")
        .or_else(|| within("<h1", "</h1"))
        .or_else(|| within("<message", "</message"));
    match title {
        Some(title) => format!("html: {}", cap(&entities(&title), 200)),
        None => "html".to_owned(),
    }
}

fn entities(text: &str) -> String {
    text.replace("&lt;", "<")
        .replace("&gt;", ">")
        .replace("&quot;", "\"")
        .replace("&#39;", "'")
        .replace("&nbsp;", " ")
        .replace("&amp;", "&")
}

fn read(value: &Value, depth: u8) -> Words {
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
    let inner = ["error", "errors"]
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
    for name in [
        "message",
        "msg",
        "error_msg",
        "errorMessage",
        "error_message",
        "detail",
    ] {
        if words.message.is_some() {
            break;
        }
        if let Some(message) = object.get(name) {
            words = words.or(read(message, depth));
        }
    }
    let code = text(&["code", "error_code", "status_code", "status"]);
    words.or(Words {
        message: text(&["error_description", "title", "reason"]),
        code,
        kind: text(&["type"]),
        parameter: text(&["param"]),
        request_id: text(&["request_id", "requestId", "RequestId"]),
    })
}

/// A string or number as text. LiteLLM writes `None` for nothing.
fn scalar(value: &Value) -> Option<String> {
    match value {
        Value::String(text) => said(text),
        Value::Number(number) => Some(number.to_string()),
        _ => None,
    }
}

fn said(text: &str) -> Option<String> {
    (!text.is_empty() && !matches!(text, "None" | "null")).then(|| text.to_owned())
}

/// Neither null, false, zero nor empty; an object counts if a value of it does.
fn meaningful(value: &Value) -> bool {
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
fn failing(code: &Value) -> bool {
    match code {
        Value::Number(number) => !matches!(number.as_i64(), Some(0 | 200)),
        Value::String(text) => !matches!(
            text.to_ascii_lowercase().as_str(),
            "" | "0" | "200" | "ok" | "success" | "none" | "null"
        ),
        _ => false,
    }
}

/// A request id within a message: "… (request id: 2026…)", "Request id: 02…".
fn id_in(message: &str) -> Option<String> {
    let lower = message.to_ascii_lowercase();
    ["request id", "request_id", "request-id", "requestid"]
        .iter()
        .find_map(|name| {
            let after = message.get(lower.find(name)? + name.len()..)?;
            let after = after.trim_start_matches([' ', ':', '=', '：', '"']);
            let id: String = after
                .chars()
                .take_while(|c| c.is_ascii_alphanumeric() || matches!(c, '-' | '_'))
                .take(128)
                .collect();
            (!id.is_empty()).then_some(id)
        })
}

/// At most `limit` characters.
pub(crate) fn cap(text: &str, limit: usize) -> String {
    match text.char_indices().nth(limit) {
        Some((at, _)) => format!("{}…", text.split_at(at).0),
        None => text.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn message(body: &str) -> String {
        words_in(body).message.unwrap_or_default()
    }

    #[test]
    fn every_shape_gives_its_words() {
        assert_eq!(message(r#"{"error":{"message":"a","code":null}}"#), "a");
        assert_eq!(message(r#"{"error":"a","code":"x"}"#), "a");
        assert_eq!(message(r#"{"detail":"a"}"#), "a");
        assert_eq!(
            message(r#"{"detail":[{"loc":["body"],"msg":"a","type":"t"}]}"#),
            "a"
        );
        assert_eq!(
            message(r#"{"base_resp":{"status_code":1004,"status_msg":"a"}}"#),
            "a"
        );
        assert_eq!(message(r#"{"errors":[{"code":1,"message":"a"}]}"#), "a");
        assert_eq!(message(r#"[{"error":{"message":"a"}}]"#), "a");
        assert_eq!(message(r#""a""#), "a");
        assert_eq!(message("a\n"), "a");
        assert_eq!(
            message(r#"{"error":{"message":"{\"error\":{\"message\":\"a\"}}"}}"#),
            "a"
        );
        assert_eq!(message("<html><TITLE>\n a &amp; b</TITLE>"), "html: a & b");
        assert_eq!(message("<p>"), "html");
        assert_eq!(message(""), "");
        assert_eq!(message("5 apples"), "5 apples");
    }

    #[test]
    fn request_ids_are_found_in_messages() {
        assert_eq!(
            id_in("无效的令牌 (request id: 20260101)").as_deref(),
            Some("20260101")
        );
        assert_eq!(id_in("Bad. Request id: 02-a_b.").as_deref(), Some("02-a_b"));
        assert_eq!(id_in("no id here"), None);
    }

    #[test]
    fn only_errors_are_errors() {
        let is = |json: &str| error_in(&serde_json::from_str(json).unwrap()).is_some();
        for json in [
            r#"{"error":{"message":"x"}}"#,
            r#"{"errors":["x"]}"#,
            r#"{"success":false,"message":"x"}"#,
            r#"{"base_resp":{"status_code":1004,"status_msg":"x"},"choices":null}"#,
            r#"{"object":"error","message":"x"}"#,
            r#"{"code":20012,"message":"x","data":null}"#,
            r#"[{"error":{"code":400}}]"#,
        ] {
            assert!(is(json), "{json}");
        }
        for json in [
            r#"{"error":null,"choices":[]}"#,
            r#"{"error":"","choices":[{}]}"#,
            r#"{"error":{"message":"","code":0}}"#,
            r#"{"base_resp":{"status_code":0,"status_msg":"success"}}"#,
            r#"{"code":0,"message":"success"}"#,
            r#"{"code":200,"msg":"ok"}"#,
            r#"{"type":"keepalive"}"#,
            r#"{"choices":[{}],"code":7,"message":"x"}"#,
        ] {
            assert!(!is(json), "{json}");
        }
    }
}
