//! What a case expects, against what came.

use protocol::Usage;
use serde_json::{Map, Value, json};

use super::shown;
use super::taken::Taken;

/// What came of the request of a case.
#[derive(Debug)]
pub enum Outcome {
    /// Of a chat.
    Answer(Box<Taken>),
    /// Of a question for models: each id, and whether it can chat.
    Models(Vec<(String, bool)>),
}

/// What differs; the keys of `expect` that mean nothing go to `unknown`. A key that
/// is not there is not checked; null means that there is nothing of it.
pub fn differences(
    expect: &Map<String, Value>,
    outcome: &Outcome,
    unknown: &mut Vec<String>,
) -> Vec<String> {
    let mut wrong = Vec::new();
    for (key, wanted) in expect {
        match check(key, wanted, outcome) {
            Ok(true) => {}
            Ok(false) => unknown.push(format!("expect.{key}")),
            Err(why) => wrong.push(format!("{key} {why}")),
        }
    }
    wrong
}

/// True when the key means something, an error when its value differs.
fn check(key: &str, wanted: &Value, outcome: &Outcome) -> Result<bool, String> {
    match outcome {
        Outcome::Answer(taken) => answer(key, wanted, taken),
        Outcome::Models(rows) => models(key, wanted, rows),
    }
}

fn answer(key: &str, wanted: &Value, taken: &Taken) -> Result<bool, String> {
    let error = taken.error.as_ref();
    let detail = error.and_then(|error| error.detail.as_deref());
    match key {
        "text" => same_text(wanted, &taken.text)?,
        "reasoning" => same_text(wanted, &taken.reasoning)?,
        "state" => same_state(wanted, taken)?,
        "usage" => same_usage(wanted, taken.usage.as_ref())?,
        "error" => same_error(wanted, taken)?,
        "bad" => same(wanted, &Value::from(taken.bad))?,
        "done" => same(wanted, &Value::from(taken.done))?,
        "finish_reason" => same(wanted, &Value::from(taken.finish_reason.clone()))?,
        "model" => same_text(wanted, &taken.model)?,
        "request_id" => {
            let said = detail.and_then(|detail| detail.request_id.clone());
            same(
                wanted,
                &Value::from(said.or_else(|| taken.request_id.clone())),
            )?;
        }
        "retry_after_ms" => {
            same(wanted, &Value::from(error.and_then(|e| e.retry_after_ms)))?;
        }
        "code" => {
            let code = error.map(|error| serde_json::to_value(error.code).unwrap_or_default());
            same(wanted, &code.unwrap_or_default())?;
        }
        "models" | "chat" => return Err("was not asked for: state is not models".into()),
        _ => return Ok(false),
    }
    Ok(true)
}

fn models(key: &str, wanted: &Value, rows: &[(String, bool)]) -> Result<bool, String> {
    match (key, wanted) {
        ("state", _) => same(wanted, &Value::from("models"))?,
        ("models", Value::Array(_)) => {
            let ids: Vec<&str> = rows.iter().map(|(id, _)| id.as_str()).collect();
            same(wanted, &Value::from(ids))?;
        }
        ("models", _) => same(wanted, &Value::from(rows.len()))?,
        ("chat", _) => {
            let chats = rows.iter().filter(|(_, chat)| *chat).count();
            same(wanted, &Value::from(chats))?;
        }
        _ => return Ok(false),
    }
    Ok(true)
}

fn same(wanted: &Value, got: &Value) -> Result<(), String> {
    if wanted == got {
        return Ok(());
    }
    Err(format!("is {got}, wanted {wanted}"))
}

fn same_text(wanted: &Value, got: &str) -> Result<(), String> {
    let wanted = match wanted {
        Value::Null => "",
        Value::String(text) => text,
        other => return Err(format!("cannot be {other} in a case: a string or null")),
    };
    if wanted == got {
        return Ok(());
    }
    Err(format!("is {}, wanted {}", shown(got), shown(wanted)))
}

fn same_state(wanted: &Value, taken: &Taken) -> Result<(), String> {
    if wanted.as_str() == Some(&taken.state) {
        return Ok(());
    }
    let why = match &taken.error {
        Some(error) => format!(" ({}: {})", error.message, words(taken)),
        None => String::new(),
    };
    Err(format!("is {:?}, wanted {wanted}{why}", taken.state))
}

/// A number is the total; an object names what it cares for.
fn same_usage(wanted: &Value, got: Option<&Usage>) -> Result<(), String> {
    let said = got.map(|usage| {
        json!({
            "prompt_tokens": usage.prompt_tokens,
            "completion_tokens": usage.completion_tokens,
            "total_tokens": usage.total_tokens,
            "reasoning_tokens": usage.reasoning_tokens,
        })
    });
    let said = said.unwrap_or_default();
    match wanted {
        Value::Null if got.is_none() => Ok(()),
        Value::Number(_) if said.get("total_tokens") == Some(wanted) => Ok(()),
        Value::Object(fields) => {
            for (name, wanted) in fields {
                // As providers nest it.
                let (name, wanted) = match wanted.get("reasoning_tokens") {
                    Some(inner) => ("reasoning_tokens", inner),
                    None => (name.as_str(), wanted),
                };
                let got = said.get(name).unwrap_or(&Value::Null);
                same(wanted, got).map_err(|why| format!("{name} {why}"))?;
            }
            Ok(())
        }
        _ => Err(format!("is {said}, wanted {wanted}")),
    }
}

/// A string stands in the provider's words or in ours.
fn same_error(wanted: &Value, taken: &Taken) -> Result<(), String> {
    match (wanted, &taken.error) {
        (Value::Null | Value::Bool(false), None) | (Value::Bool(true), Some(_)) => Ok(()),
        (Value::Null | Value::Bool(_), _) => Err(format!("is {}", words(taken))),
        (Value::String(text), Some(error)) => {
            let said = words(taken);
            if said.contains(text) || error.message.contains(text) {
                return Ok(());
            }
            let both = format!("{} / {said}", error.message);
            Err(format!("is {}, wanted {}", shown(&both), shown(text)))
        }
        (Value::String(text), None) => Err(format!("did not come, wanted {}", shown(text))),
        (other, _) => Err(format!("cannot be {other} in a case: a string or null")),
    }
}

/// The provider's own words.
fn words(taken: &Taken) -> &str {
    let error = taken.error.as_ref();
    let detail = error.and_then(|error| error.detail.as_deref());
    (detail.and_then(|detail| detail.message.as_deref())).unwrap_or_default()
}
