//! Which models there are, in the shapes that servers tell it.

use std::collections::HashMap;
use std::pin::pin;

use bytes::Bytes;
use futures_util::{Stream, StreamExt};
use http::Method;
use serde_json::Value;

use crate::client::join;
use crate::decode::ERROR_LIMIT;
use crate::error::words::{Words, error_in, web_page, words_in};
use crate::headers::Facts;
use crate::{Client, Endpoint, Error, Response};

mod ollama;
mod row;

pub use row::ModelRow;

/// Models of a list that are taken; the rest is left out.
const MODELS: usize = 5_000;

/// Bytes of a list of models.
const LIST_LIMIT: usize = 32 * 1024 * 1024;

/// Where a server lists its models, and how it tells what they take.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Listing {
    /// Appended to the base URL, such as `/models`; for [`ListingKind::LmStudio`]
    /// to the server's root, such as `/api/v0/models`.
    pub path: String,
    /// How it tells what the models take.
    pub kind: ListingKind,
}

impl Default for Listing {
    fn default() -> Self {
        Self {
            path: "/models".into(),
            kind: ListingKind::OpenAi,
        }
    }
}

/// How a server tells what its models take.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum ListingKind {
    /// In the list itself, or not at all.
    #[default]
    OpenAi,
    /// `POST /api/show` at the server's root, model by model.
    Ollama,
    /// A list of its own at the server's root; the usual one where that is missing.
    LmStudio,
}

/// Asks for the list of `listing`.
pub(crate) async fn list(
    client: &Client,
    endpoint: &Endpoint,
    listing: &Listing,
) -> Result<Vec<ModelRow>, Error> {
    let base = endpoint.base_url.as_str();
    let path = listing.path.trim_start_matches('/');
    match listing.kind {
        ListingKind::OpenAi => fetch(client, endpoint, &join(base, path)).await,
        ListingKind::Ollama => {
            let rows = fetch(client, endpoint, &join(base, path)).await?;
            Ok(ollama::show(client, endpoint, rows).await)
        }
        ListingKind::LmStudio => {
            let own = fetch(client, endpoint, &join(&root(base), path)).await;
            match own {
                // Old versions have only the usual list, and answer an address
                // that they do not know with status 200 and an error.
                Err(error) if is_elsewhere(&error) => {
                    fetch(client, endpoint, &join(base, "models")).await
                }
                own => own,
            }
        }
    }
}

fn is_elsewhere(error: &Error) -> bool {
    let nothing = matches!(
        error,
        Error::NotAnApi { .. } | Error::Provider(_) | Error::BadAnswer { .. }
    );
    nothing && !error.is_of_the_key()
}

/// The server's root: the base URL less its version.
fn root(base: &str) -> String {
    let base = join(base, "");
    let base = base.trim_end_matches('/');
    base.strip_suffix("/v1").unwrap_or(base).to_owned()
}

async fn fetch(client: &Client, endpoint: &Endpoint, url: &str) -> Result<Vec<ModelRow>, Error> {
    let value = json(client, Method::GET, endpoint, url, None).await?;
    rows(&value).ok_or_else(|| Error::BadAnswer {
        reason: "it holds no list of models".into(),
    })
}

/// Asks, and reads the answer as JSON that is no error.
async fn json(
    client: &Client,
    method: Method,
    endpoint: &Endpoint,
    url: &str,
    body: Option<Bytes>,
) -> Result<Value, Error> {
    let answer = client
        .send(method, url, endpoint, body, "application/json")
        .await?;
    read(answer.head(), answer.body()).await
}

async fn read(
    response: Response,
    body: impl Stream<Item = Result<Bytes, Error>>,
) -> Result<Value, Error> {
    let facts = Facts::of(response.status, &response.headers);
    let failed = response.status >= 400;
    let mut body = pin!(body);
    let mut bytes = Vec::new();
    while let Some(more) = body.next().await {
        match more {
            Ok(more) => bytes.extend_from_slice(&more),
            // What came of an error still tells more than how it broke off.
            Err(_) if failed => break,
            Err(error) => return Err(error),
        }
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
    match error_in(&value) {
        Some(words) => Err(words.refuse(&facts)),
        None => Ok(value),
    }
}

/// The rows of `{"data": […]}` (OpenAI), `{"models": […]}` (LM Studio, Gemini), or
/// of a bare array (Together). llama.cpp sends both lists, each with a part of what
/// it knows. Ollama says `"data": null` when it has none.
fn rows(value: &Value) -> Option<Vec<ModelRow>> {
    let listed = |list: &[Value]| {
        let rows = list.iter().filter_map(ModelRow::read);
        rows.take(MODELS).collect::<Vec<_>>()
    };
    match value {
        Value::Array(list) => Some(listed(list)),
        Value::Object(object) => match (object.get("data"), object.get("models")) {
            (Some(Value::Array(data)), Some(Value::Array(models))) => {
                let (mut rows, more) = (listed(data), listed(models));
                // Of two of one id the first counts.
                let by_id = more.iter().rev().map(|row| (row.id.as_str(), row));
                let by_id: HashMap<&str, &ModelRow> = by_id.collect();
                for row in &mut rows {
                    if let Some(other) = by_id.get(row.id.as_str()) {
                        row.fill(other);
                    }
                }
                Some(if rows.is_empty() { more } else { rows })
            }
            (Some(Value::Array(list)), _) | (_, Some(Value::Array(list))) => Some(listed(list)),
            // Some gateways wrap the list once more.
            (Some(inner @ Value::Object(_)), _) => rows(inner),
            (Some(Value::Null), _) | (_, Some(Value::Null)) => Some(Vec::new()),
            _ => None,
        },
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

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
        assert_eq!(
            ids(r#"{"data":{"data":[{"id":"a"}]}}"#),
            Some(vec!["a".into()])
        );
        assert_eq!(ids(r#"{"ok":true}"#), None);
    }

    #[test]
    fn the_two_lists_of_llama_cpp_are_one() {
        let value = serde_json::from_str(
            r#"{"models":[{"name":"m.gguf","model":"m.gguf","capabilities":["completion","multimodal"]}],
                "data":[{"id":"m.gguf","owned_by":"llamacpp","meta":{"n_ctx_train":32768,"n_params":1}}]}"#,
        )
        .unwrap();
        let rows = rows(&value).unwrap();
        assert_eq!(rows.len(), 1);
        assert_eq!((rows[0].image, rows[0].context), (Some(true), Some(32768)));
    }

    #[test]
    fn two_lists_of_any_length_cost_what_is_kept_of_them() {
        let list: Vec<Value> = (0..200_000).map(|n| Value::from(format!("m{n}"))).collect();
        let value = serde_json::json!({ "data": list, "models": list });
        let rows = rows(&value).unwrap();
        assert_eq!(rows.len(), MODELS);
        assert_eq!(rows[MODELS - 1].id, format!("m{}", MODELS - 1));
    }

    #[test]
    fn an_id_that_nobody_would_type_is_left_out_and_a_name_is_cut() {
        let long = "长".repeat(257);
        let value = serde_json::json!([
            { "id": long },
            { "id": "m", "name": long },
            { "id": "x".repeat(256) }
        ]);
        let rows = rows(&value).unwrap();
        assert_eq!(rows.len(), 2);
        assert_eq!(rows[0].name.as_ref().unwrap().chars().count(), 256);
        assert_eq!(rows[1].id.len(), 256);
    }

    #[test]
    fn the_root_is_the_base_less_its_version() {
        assert_eq!(root("http://localhost:11434/v1/"), "http://localhost:11434");
        assert_eq!(root("http://localhost:1234"), "http://localhost:1234");
        assert_eq!(
            root("https://a.example/ollama/v1/chat/completions"),
            "https://a.example/ollama"
        );
    }
}
