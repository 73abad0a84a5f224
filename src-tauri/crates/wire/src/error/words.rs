//! What an error body says, in any of the shapes seen.

use protocol::{ErrorCode, ErrorDetail};
use serde_json::Value;

use super::classify::by_code;
use super::{Error, Refusal, classify, parameter};
use crate::headers::{Facts, RETRY_LIMIT_MS};

mod page;
mod read;

pub(crate) use page::web_page;
use read::{CODES, MESSAGES, failing, meaningful, read, said};

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
    /// Milliseconds until the next try.
    pub wait_ms: Option<u64>,
}

impl Words {
    fn or(self, other: Words) -> Words {
        Words {
            message: self.message.or(other.message),
            code: self.code.or(other.code),
            kind: self.kind.or(other.kind),
            parameter: self.parameter.or(other.parameter),
            request_id: self.request_id.or(other.request_id),
            wait_ms: self.wait_ms.or(other.wait_ms),
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
            .or_else(|| self.message.as_deref().and_then(id_in))
            .or_else(|| facts.answer_id.clone());
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
        let message = self.message.as_deref().unwrap_or("");
        let mut class = classify(facts.status, &codes, message);
        let mut parameter = self.parameter.clone();
        let asked_wrong = matches!(facts.status, 400 | 422)
            || (facts.status < 400 && class != ErrorCode::ProviderDown);
        if asked_wrong && by_code(&codes).is_none() {
            let telling = parameter::by_code(&codes)
                .or_else(|| parameter::named(self.parameter.as_deref(), message, class));
            if let Some(name) = telling {
                class = ErrorCode::ParameterRefused;
                parameter = Some(name);
            }
        }
        if class == ErrorCode::NotAnApi {
            return self.not_an_api(facts);
        }
        let wait_ms = self.wait_ms.map(|ms| ms.min(RETRY_LIMIT_MS));
        Error::Provider(Box::new(Refusal {
            class,
            detail: self.detail(facts),
            parameter,
            retry_after_ms: facts.retry_after_ms.or(wait_ms),
            should_retry: facts.should_retry,
            sent: None,
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
    let worded = MESSAGES.iter().any(|name| says(name));
    let coded = CODES
        .iter()
        .any(|name| object.get(*name).is_some_and(failing))
        || ["error", "fail", "failed", "failure"]
            .iter()
            .any(|word| is("status", word));
    let bare = says("detail") && !object.contains_key("object");
    let error = says("error")
        || says("errors")
        || object.get("success") == Some(&Value::Bool(false))
        || base_resp.is_some_and(failing)
        || is("object", "error")
        || is("type", "error")
        || (no_choices && ((coded && worded) || bare || gateway(object)));
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

/// The gateways of Volcengine and Tencent: an error in an envelope of their own.
fn gateway(object: &serde_json::Map<String, Value>) -> bool {
    ["ResponseMetadata", "Response"].iter().any(|name| {
        let error = object.get(*name).and_then(|inner| inner.get("Error"));
        error.is_some_and(meaningful)
    })
}

/// A request id within a message: "… (request id: 2026…)", "Request id: 02…".
fn id_in(message: &str) -> Option<String> {
    let lower = message.to_ascii_lowercase();
    [
        "request id",
        "request_id",
        "request-id",
        "requestid",
        "请求id",
        "请求 id",
    ]
    .iter()
    .find_map(|name| {
        let after = message.get(lower.find(name)? + name.len()..)?;
        let after = after.trim_start_matches([' ', ':', '=', '：', '"', '\'', '[']);
        let id: String = after
            .chars()
            .take_while(|c| c.is_ascii_alphanumeric() || matches!(c, '-' | '_'))
            .take(128)
            .collect();
        // Not the next word of a sentence.
        id.bytes().any(|b| b.is_ascii_digit()).then_some(id)
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
