//! No key leaves, wherever and however a provider repeats it; and nothing else is
//! changed.

use bytes::Bytes;
use futures_util::{FutureExt, StreamExt, stream};
use http::header::AUTHORIZATION;
use protocol::IpcError;
use serde_json::{Value, json};
use wire::{Endpoint, Error, Event, Gate, Response, decode};

use crate::spell::shows;

mod any;
mod client;
mod held;

/// As long as OpenAI's are, with characters of every kind that keys have.
const KEY: &str = "sk-proj-T3_vB/9xQ+7mK.zL0wR~2cYhJ8uN5dG4fA6sE1pIoXq=";

fn to(base_url: &str, key: &str) -> Endpoint {
    let mut value: http::HeaderValue = format!("Bearer {key}").parse().unwrap();
    value.set_sensitive(true);
    Endpoint {
        base_url: base_url.to_owned(),
        headers: vec![(AUTHORIZATION, value)],
        dialect: wire::CHAT_COMPLETIONS,
        rows: Default::default(),
    }
}

fn gate(key: &str) -> Gate {
    Gate::new(&to("https://a.example/v1", key))
}

/// The events of a body that comes in these pieces.
async fn events(gate: &Gate, status: u16, pieces: Vec<Bytes>) -> Vec<Result<Event, Error>> {
    let head = Response {
        status,
        ..Response::default()
    };
    let body = stream::iter(pieces.into_iter().map(Ok));
    gate.clone().events(decode(head, body)).collect().await
}

/// What needs no waiting.
fn now<T>(ready: impl Future<Output = T>) -> T {
    ready.now_or_never().unwrap()
}

/// What is shown at the end: all text, and all reasoning.
fn joined(events: &[Result<Event, Error>]) -> (String, String) {
    let (mut text, mut reasoning) = (String::new(), String::new());
    for event in events.iter().flatten() {
        match event {
            Event::Text(more) => text.push_str(more),
            Event::Reasoning(more) => reasoning.push_str(more),
            Event::TextWasReasoning => {
                reasoning.push_str(std::mem::take(&mut text).trim_end());
            }
            _ => {}
        }
    }
    (text, reasoning)
}

/// Everything that may be shown, kept or logged of these events.
fn all_of(events: &[Result<Event, Error>]) -> Vec<String> {
    let (text, reasoning) = joined(events);
    let mut all = vec![text, reasoning];
    for event in events {
        all.push(format!("{event:?}"));
        let error = match event {
            Ok(Event::Retrying { error, .. }) => Some((**error).clone()),
            Err(error) => Some(error.clone()),
            Ok(_) => None,
        };
        if let Some(error) = error {
            all.push(error.to_string());
            all.push(serde_json::to_string(&IpcError::from(error)).unwrap());
        }
    }
    all
}

fn assert_hidden(events: &[Result<Event, Error>], key: &str) {
    for said in all_of(events) {
        assert!(!shows(&said, key), "{said}");
    }
}

/// Bodies that say `form` wherever an error may.
fn errors(form: &str, long: usize) -> Vec<String> {
    let far = format!("{}{form} and so on", "x".repeat(long));
    let coded = |error: Value| json!({"error": error}).to_string();
    vec![
        coded(json!({"message": form, "code": form, "type": form, "param": form})),
        coded(json!({"message": format!("unknown parameter: '{form}'")})),
        coded(
            json!({"message": format!("no (request id: {form})"), "param": format!("body.{form}")}),
        ),
        coded(json!({"message": far, "request_id": far, "code": far})),
        coded(json!(form)),
        json!({"detail": [{"loc": ["body", form], "msg": form, "type": form}]}).to_string(),
        json!({"base_resp": {"status_code": 1004, "status_msg": form}}).to_string(),
        json!({"code": form, "message": form, "data": null, "requestId": form}).to_string(),
        json!({"error": {"message": json!({"error": {"message": form}}).to_string()}}).to_string(),
        json!({"success": false, "reason": form, "trace_id": form}).to_string(),
        json!({"choices": null, "msg": form}).to_string(),
        format!(
            "data: {}\n\n",
            coded(json!({"message": form, "code": form}))
        ),
        format!("event: error\ndata: {form}\n\n"),
        format!("<html><title>{far}</title>{form}"),
        format!("<html><h1>{form}"),
        far,
        form.to_owned(),
        format!("\"{form}\""),
    ]
}
