//! Ollama: what a model takes is told by `POST /api/show`, one by one.

use std::time::Duration;

use bytes::Bytes;
use futures_util::{StreamExt, stream};
use http::Method;
use serde_json::{Value, json};

use super::row::ModelRow;
use super::server::Server;

/// Models asked about; the rest stays unknown.
const MODELS: usize = 64;
/// Questions at a time.
const AT_ONCE: usize = 8;
/// For all answers together: they come from a server's own disk.
const PATIENCE: Duration = Duration::from_secs(15);

/// Fills in what the server tells of each row. What fails stays unknown.
pub(super) async fn show(server: Server<'_>, mut rows: Vec<ModelRow>) -> Vec<ModelRow> {
    let url = server.under_root("api/show");
    let questions: Vec<(usize, Bytes)> = (rows.iter().take(MODELS).enumerate())
        .map(|(at, row)| (at, json!({"model": row.id}).to_string().into()))
        .collect();
    let answers = stream::iter(questions)
        .map(|(at, body)| {
            let url = &url;
            async move {
                let said = server.json(Method::POST, url, Some(body)).await;
                (at, said.ok())
            }
        })
        .buffer_unordered(AT_ONCE);
    let mut answers = std::pin::pin!(answers.take_until(tokio::time::sleep(PATIENCE)));
    while let Some((at, said)) = answers.next().await {
        if let (Some(row), Some(said)) = (rows.get_mut(at), said) {
            fill(row, &said);
        }
    }
    rows
}

fn fill(row: &mut ModelRow, said: &Value) {
    if let Some(list) = said.get("capabilities").and_then(Value::as_array) {
        let has = |name: &str| list.iter().any(|item| item.as_str() == Some(name));
        row.image = Some(has("vision"));
        row.reasoning = Some(has("thinking"));
        row.chat = has("completion");
    }
    let info = said.get("model_info").and_then(Value::as_object);
    row.context = info.and_then(|info| {
        let architecture = info.get("general.architecture").and_then(Value::as_str);
        let own = architecture.and_then(|name| info.get(&format!("{name}.context_length")));
        own.or_else(|| {
            let any = info
                .iter()
                .find(|(key, _)| key.ends_with(".context_length"));
            any.map(|(_, value)| value)
        })?
        .as_u64()
    });
}
