//! A part of a message: its types and its fields, of whatever API.

use serde_json::{Map, Value};

/// Types of parts that are thoughts.
pub(super) const THOUGHTS: &[&str] = &[
    "thinking",
    "reasoning",
    "reasoning_content",
    "reasoning_text",
    "reasoning_summary",
    "summary_text",
    "thought",
];
/// Types of parts that are text, and hold no picture.
pub(super) const TEXTS: &[&str] = &[
    "text",
    "output_text",
    "input_text",
    "text_delta",
    "refusal",
    "message",
];
/// Types of parts that are a picture.
pub(super) const PICTURES: &[&str] = &[
    "image",
    "image_url",
    "input_image",
    "output_image",
    "inline_data",
    "image_generation_call",
];
/// Types of parts of which nothing is shown.
const SILENT: &[&str] = &[
    "redacted_thinking",
    "signature",
    "tool_use",
    "tool_call",
    "tool_calls",
    "tool_result",
    "function",
    "function_call",
    "server_tool_use",
    "web_search_call",
    "web_search_tool_result",
    "reference",
    "citation",
    "url_citation",
    "audio",
    "output_audio",
    "file",
];
/// Fields of a part that hold thoughts, the most telling first.
pub(super) const THINKING: &[&str] = &["thinking", "reasoning", "reasoning_content", "summary"];
/// Fields of a part that hold text: a string, parts, or an object that holds it as its
/// `value`.
pub(super) const TEXT: &[&str] = &["text", "content", "refusal", "output_text", "parts", VALUE];
/// Where an object holds the text of its part (OpenAI's assistants).
pub(super) const VALUE: &str = "value";
/// Fields that hold a picture whatever their part is: OpenAI's, Gemini's, those of the
/// Images API.
const PICTURE: &[&str] = &[
    "image_url",
    "imageUrl",
    "inline_data",
    "inlineData",
    "b64_json",
];
/// Fields that hold a picture as an object, or in a part that is a picture.
const PICTURE_OR_WORD: &[&str] = &["image", "source"];
/// Fields that hold a picture in a part that is one.
const PICTURE_ALONE: &[&str] = &["url", "data", "base64", "result"];
/// Fields of a part beside what it says.
const BESIDE: &[&str] = &[
    "type",
    "id",
    "index",
    "role",
    "name",
    "status",
    "phase",
    "thought",
    "thoughtSignature",
    "thought_signature",
    "signature",
    "encrypted_content",
    "annotations",
    "citations",
    "logprobs",
    "cache_control",
    "detail",
    "format",
    "mime_type",
    "mimeType",
    "media_type",
];

/// The type of a part.
pub(super) fn kind_of(part: &Map<String, Value>) -> Option<&str> {
    part.get("type").and_then(Value::as_str)
}

/// True for a part of which nothing is shown.
pub(super) fn is_silent(part: &Map<String, Value>) -> bool {
    kind_of(part).is_some_and(|kind| SILENT.contains(&kind))
}

/// The picture of a part, taken out of it.
pub(super) fn picture_of(part: &mut Map<String, Value>, is_picture: bool) -> Option<String> {
    let mut sure = PICTURE.iter();
    if let Some(url) = sure.find_map(|name| url_in(part.get_mut(*name)?)) {
        return Some(url);
    }
    let mut maybe = PICTURE_OR_WORD.iter();
    let found = maybe.find_map(|name| {
        let value = part.get_mut(*name)?;
        url_in(value).filter(|_| is_picture || !value.is_string())
    });
    let alone = || {
        PICTURE_ALONE
            .iter()
            .find_map(|name| url_in(part.get_mut(*name)?))
    };
    found.or_else(|| is_picture.then(alone).flatten())
}

/// The data URL, the base64 or the address of a picture's field, taken out of it.
pub(super) fn url_in(value: &mut Value) -> Option<String> {
    match value {
        Value::String(url) if !url.is_empty() => Some(std::mem::take(url)),
        Value::Object(object) => ["url", "data", "b64_json", "base64"]
            .iter()
            .find_map(|name| url_in(object.get_mut(*name)?)),
        _ => None,
    }
}

/// The pictures of a list of nothing but pictures, in whatever shape each is.
pub(super) fn pictures_in(mut value: Value, on: &mut impl FnMut(String)) {
    match &mut value {
        Value::Array(items) => {
            let items = std::mem::take(items);
            items.into_iter().for_each(|item| pictures_in(item, on));
        }
        Value::Object(part) => {
            if let Some(url) = picture_of(part, true) {
                on(url);
            }
        }
        other => {
            if let Some(url) = url_in(other) {
                on(url);
            }
        }
    }
}

/// True for an object that is a part of a message: by its type, or because it has
/// nothing but fields of one. Any other is an answer in JSON.
pub(super) fn is_part(object: &Map<String, Value>) -> bool {
    let kind = kind_of(object).unwrap_or_default();
    let of_parts = |name: &str| {
        [THINKING, TEXT, PICTURE, PICTURE_OR_WORD, BESIDE]
            .iter()
            .any(|names| names.contains(&name))
    };
    let whole = object.keys().all(|name| of_parts(name));
    let filled = |name: &str| object.get(name).is_some_and(|value| !value.is_null());
    if [TEXTS, THOUGHTS].iter().any(|kinds| kinds.contains(&kind)) {
        return whole || TEXT.iter().chain(THINKING).any(|name| filled(name));
    }
    if PICTURES.contains(&kind) {
        let fields = [PICTURE, PICTURE_OR_WORD, PICTURE_ALONE];
        return whole || fields.concat().iter().any(|name| filled(name));
    }
    if is_silent(object) {
        return true;
    }
    // Alone these are words of many an answer in JSON.
    let vague = ["summary", VALUE];
    let said = THINKING
        .iter()
        .chain(TEXT)
        .filter(|name| !vague.contains(name));
    let shown = |name: &&str| object.get(*name).is_some_and(Value::is_object);
    whole
        && (said.chain(PICTURE).any(|name| object.contains_key(*name))
            || PICTURE_OR_WORD.iter().any(shown))
}
