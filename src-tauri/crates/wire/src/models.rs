//! `GET {base}/models`, in the shapes that servers answer it.

use std::pin::pin;

use bytes::Bytes;
use futures_util::{Stream, StreamExt};
use serde_json::Value;

use crate::decode::ERROR_LIMIT;
use crate::error::words::{Words, error_in, web_page, words_in};
use crate::headers::Facts;
use crate::{Error, Response};

/// Bytes of a list of models.
const LIST_LIMIT: usize = 32 * 1024 * 1024;

/// A model as a server lists it. `None` means that it does not say.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ModelRow {
    /// The id to send.
    pub id: String,
    /// Its name, where it differs from the id.
    pub name: Option<String>,
    /// Takes pictures.
    pub image: Option<bool>,
    /// Thinks before it answers.
    pub reasoning: Option<bool>,
    /// False when the server says it is for something other than chat.
    pub chat: bool,
}

/// Reads an answer to `GET /models`.
pub(crate) async fn read(
    response: Response,
    body: impl Stream<Item = Result<Bytes, Error>>,
) -> Result<Vec<ModelRow>, Error> {
    let facts = Facts::of(response.status, &response.headers);
    let failed = response.status >= 400;
    let mut body = pin!(body);
    let mut bytes = Vec::new();
    while let Some(more) = body.next().await {
        bytes.extend_from_slice(&more?);
        if failed && bytes.len() >= ERROR_LIMIT {
            bytes.truncate(ERROR_LIMIT);
            break;
        }
        if bytes.len() > LIST_LIMIT {
            return Err(Error::BadAnswer {
                reason: "the list of models is larger than 32 MiB".into(),
            });
        }
    }
    let text = String::from_utf8_lossy(&bytes);
    if failed {
        return Err(words_in(&text).refuse(&facts));
    }
    let text = text.trim_start_matches('\u{feff}').trim();
    if text.starts_with('<') {
        let words = Words {
            message: Some(web_page(text)),
            ..Words::default()
        };
        return Err(words.not_an_api(&facts));
    }
    let value: Value = serde_json::from_str(text).map_err(|error| Error::BadAnswer {
        reason: format!("the list of models is no JSON: {error}"),
    })?;
    if let Some(words) = error_in(&value) {
        return Err(words.refuse(&facts));
    }
    rows(&value).ok_or_else(|| Error::BadAnswer {
        reason: "it holds no list of models".into(),
    })
}

/// The rows of `{"data": […]}` (OpenAI), `{"models": […]}` (LM Studio), or of a
/// bare array (Together). Ollama says `"data": null` when it has none.
fn rows(value: &Value) -> Option<Vec<ModelRow>> {
    let list = match value {
        Value::Array(list) => list,
        Value::Object(object) => match (object.get("data"), object.get("models")) {
            (Some(Value::Array(list)), _) | (_, Some(Value::Array(list))) => list,
            (Some(Value::Null), _) | (_, Some(Value::Null)) => return Some(Vec::new()),
            _ => return None,
        },
        _ => return None,
    };
    Some(list.iter().filter_map(row).collect())
}

fn row(value: &Value) -> Option<ModelRow> {
    let text = |name: &str| {
        value
            .get(name)
            .and_then(Value::as_str)
            .filter(|t| !t.is_empty())
    };
    let id = value
        .as_str()
        .or_else(|| text("id"))
        .or_else(|| text("key"))
        .or_else(|| text("model"))
        .or_else(|| text("name"))?;
    let name = text("name")
        .or_else(|| text("display_name"))
        .filter(|name| *name != id);
    Some(ModelRow {
        id: id.to_owned(),
        name: name.map(str::to_owned),
        image: image(value),
        reasoning: reasoning(value),
        chat: chat(value),
    })
}

/// OpenRouter and newer llama.cpp: `architecture.input_modalities`; some hosts at
/// the top; Mistral: `capabilities.vision`; llama.cpp and Ollama: a list of
/// capabilities; LM Studio: `type`.
fn image(row: &Value) -> Option<bool> {
    let architecture = row.get("architecture");
    let modalities = architecture
        .and_then(|a| a.get("input_modalities"))
        .or_else(|| row.get("input_modalities"));
    if let Some(list) = modalities.and_then(Value::as_array) {
        return Some(has(list, &["image"]));
    }
    match row.get("capabilities") {
        Some(Value::Array(list)) => return Some(has(list, &["vision", "multimodal"])),
        Some(Value::Object(flags)) => {
            if let Some(flag) = flags.get("vision").and_then(Value::as_bool) {
                return Some(flag);
            }
        }
        _ => {}
    }
    match row.get("type").and_then(Value::as_str) {
        Some("vlm") => Some(true),
        Some("llm" | "embeddings") => Some(false),
        _ => None,
    }
}

/// OpenRouter: `supported_parameters`; Mistral: `capabilities.reasoning`; Ollama:
/// the capability `thinking`.
fn reasoning(row: &Value) -> Option<bool> {
    if let Some(list) = row.get("supported_parameters").and_then(Value::as_array) {
        return Some(has(list, &["reasoning", "include_reasoning"]));
    }
    match row.get("capabilities") {
        Some(Value::Array(list)) => has(list, &["thinking", "reasoning"]).then_some(true),
        Some(Value::Object(flags)) => flags.get("reasoning").and_then(Value::as_bool),
        _ => None,
    }
}

/// new-api: `supported_endpoint_types`; Mistral: `capabilities.completion_chat`;
/// LM Studio: `type`. Chat, unless a row says otherwise.
fn chat(row: &Value) -> bool {
    if let Some(list) = row
        .get("supported_endpoint_types")
        .and_then(Value::as_array)
    {
        let chats = ["openai", "openai-response", "anthropic", "gemini"];
        return list.is_empty() || has(list, &chats);
    }
    let capable = row
        .get("capabilities")
        .and_then(|c| c.get("completion_chat"));
    if let Some(flag) = capable.and_then(Value::as_bool) {
        return flag;
    }
    !matches!(
        row.get("type").and_then(Value::as_str),
        Some("embeddings" | "embedding")
    )
}

fn has(list: &[Value], names: &[&str]) -> bool {
    list.iter()
        .any(|item| item.as_str().is_some_and(|item| names.contains(&item)))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn one(json: &str) -> ModelRow {
        row(&serde_json::from_str(json).unwrap()).unwrap()
    }

    #[test]
    fn rows_tell_what_they_accept() {
        let plain = one(r#"{"id":"a","object":"model","owned_by":"x"}"#);
        assert_eq!(
            (plain.image, plain.reasoning, plain.chat),
            (None, None, true)
        );

        let router = one(
            r#"{"id":"a","name":"A","architecture":{"input_modalities":["text","image"]},
                "supported_parameters":["reasoning"]}"#,
        );
        assert_eq!((router.image, router.reasoning), (Some(true), Some(true)));
        assert_eq!(router.name.as_deref(), Some("A"));

        let mistral = one(r#"{"id":"a","capabilities":{"vision":false,"completion_chat":false}}"#);
        assert_eq!((mistral.image, mistral.chat), (Some(false), false));

        let llama = one(r#"{"name":"a","capabilities":["completion","multimodal"]}"#);
        assert_eq!((llama.id.as_str(), llama.image), ("a", Some(true)));

        let studio = one(r#"{"id":"a","type":"vlm"}"#);
        assert_eq!((studio.image, studio.chat), (Some(true), true));

        let pictures = one(r#"{"id":"a","supported_endpoint_types":["image-generation"]}"#);
        assert!(!pictures.chat);
    }

    #[test]
    fn a_list_may_be_null_bare_or_of_strings() {
        let ids = |json: &str| {
            let rows = rows(&serde_json::from_str(json).unwrap());
            rows.map(|rows| rows.into_iter().map(|row| row.id).collect::<Vec<_>>())
        };
        assert_eq!(ids(r#"{"object":"list","data":null}"#), Some(vec![]));
        assert_eq!(ids(r#"[{"id":"a"}]"#), Some(vec!["a".into()]));
        assert_eq!(
            ids(r#"{"models":[{"key":"a"},"b",7]}"#),
            Some(vec!["a".into(), "b".into()])
        );
        assert_eq!(ids(r#"{"ok":true}"#), None);
    }
}
