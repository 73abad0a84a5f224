//! Error bodies: JSON, a web page or plain text, in any of the shapes seen.

use serde_json::Value;

use super::form::Form;
use super::page::web_page;
use super::read::{CODES, MESSAGES, codes, failing, meaningful, read, said};
use super::words::Words;
use crate::answer::Facts;
use crate::error::Error;
use crate::text::cap;

/// Characters kept of a provider's message.
const MESSAGE_LIMIT: usize = 2000;
/// Characters kept of a body that is plain text.
const TEXT_LIMIT: usize = 500;

/// The error that a body is: one of an error status, or a web page in place of an
/// answer.
pub(crate) fn refusal(facts: &Facts, body: &str) -> Error {
    let words = words_in(body);
    if facts.status < 400 && is_page(body) {
        return words.not_an_api(facts);
    }
    words.refuse(facts)
}

/// The words of `value` if it is an error whatever its status says.
pub(crate) fn error_in(value: &Value) -> Option<Words> {
    let object = match value {
        Value::Array(items) => return items.iter().find_map(error_in),
        Value::Object(object) => object,
        _ => return None,
    };
    if let Some(error) = in_choices(object) {
        return Some(words_of(error).or(words_of(value)));
    }
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

/// The words of a payload that is an error in plain text: `error: out of memory`.
pub(crate) fn plain_error(data: &str) -> Option<Words> {
    let lower = data
        .get(..data.len().min(64))
        .unwrap_or(data)
        .to_ascii_lowercase();
    let marks = ["error:", "[error]", "error -", "exception:", "fatal:"];
    if let Some(mark) = marks.iter().find(|mark| lower.starts_with(**mark)) {
        let rest = data.get(mark.len()..)?.trim_start_matches([' ', ':']);
        return Some(words_in(if rest.is_empty() { data } else { rest }));
    }
    let whole = [
        "internal server error",
        "upstream error",
        "stream error",
        "traceback (most",
    ];
    let says = whole.iter().any(|start| lower.starts_with(start));
    says.then(|| words_in(data))
}

/// An error that stands in a choice instead of at the top (OpenRouter, LiteLLM).
fn in_choices(object: &serde_json::Map<String, Value>) -> Option<&Value> {
    let choices = object.get("choices")?.as_array()?.iter();
    let places = choices.flat_map(|choice| {
        let within = ["/error", "/delta/error", "/message/error"];
        within.into_iter().filter_map(|at| choice.pointer(at))
    });
    places.into_iter().find(|error| meaningful(error))
}

/// The words of an error body, whatever its shape.
pub(crate) fn words_of(value: &Value) -> Words {
    let mut words = read(value, 0);
    words.message = words.message.map(|m| cap(m.trim(), MESSAGE_LIMIT));
    words.codes = codes(value);
    words.form = Form::Json;
    words
}

/// The words of an error body that may be JSON, HTML or plain text.
pub(crate) fn words_in(body: &str) -> Words {
    if is_page(body) {
        return Words {
            message: Some(web_page(body)),
            form: Form::Page,
            ..Words::default()
        };
    }
    let body = bare(body);
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

/// Without a byte order mark and blanks.
fn bare(body: &str) -> &str {
    body.trim_start_matches('\u{feff}').trim()
}

fn is_page(body: &str) -> bool {
    bare(body).starts_with('<')
}

/// The gateways of Volcengine and Tencent: an error in an envelope of their own.
fn gateway(object: &serde_json::Map<String, Value>) -> bool {
    ["ResponseMetadata", "Response"].iter().any(|name| {
        let error = object.get(*name).and_then(|inner| inner.get("Error"));
        error.is_some_and(meaningful)
    })
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
