//! Lists of models, in the shapes that servers tell them.

use std::collections::HashMap;

use serde_json::Value;

use crate::models::ModelRow;

mod row;

use row::read;

/// Models of a list that are taken; the rest is left out.
const MODELS: usize = 5_000;

/// The rows of `{"data": […]}` (OpenAI), `{"models": […]}` (LM Studio, Gemini), or
/// of a bare array (Together). llama.cpp sends both lists, each with a part of what
/// it knows. Ollama says `"data": null` when it has none.
pub(super) fn rows(value: &Value) -> Option<Vec<ModelRow>> {
    let listed = |list: &[Value]| {
        let rows = list.iter().filter_map(read);
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
                        row.take_over(other);
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
}
