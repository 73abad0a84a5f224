//! One row of a list of models.

use serde_json::Value;

use crate::models::ModelRow;

/// Characters of an id, and of a name. Longer ids are no models; longer names are cut.
const CHARS: usize = 256;

/// Reads a row; `None` when it names no model, or one that nobody would type.
pub(super) fn read(value: &Value) -> Option<ModelRow> {
    let text = |name: &str| {
        value
            .get(name)
            .and_then(Value::as_str)
            .filter(|t| !t.is_empty())
    };
    let listed = value
        .as_str()
        .or_else(|| text("id"))
        .or_else(|| text("key"))
        .or_else(|| text("model"))
        .or_else(|| text("name"))?;
    let id = bare(listed, text("owned_by"));
    if id.chars().nth(CHARS).is_some() {
        return None;
    }
    let name = ["display_name", "displayName", "name"]
        .iter()
        .find_map(|name| text(name))
        .filter(|name| *name != id && *name != listed);
    let (price_in, price_out) = prices(value);
    Some(ModelRow {
        id: id.to_owned(),
        name: name.map(|name| name.chars().take(CHARS).collect()),
        image: takes(value, "image"),
        video: takes(value, "video"),
        reasoning: reasoning(value),
        context: number(value, CONTEXT),
        output: number(value, OUTPUT),
        price_in,
        price_out,
        chat: chat(value),
    })
}

/// Gemini lists `models/gemini-…` and is asked for `gemini-…`. The models of
/// llama.cpp may be files of such a folder.
fn bare<'a>(id: &'a str, owner: Option<&str>) -> &'a str {
    match id.strip_prefix("models/") {
        Some(rest)
            if owner != Some("llamacpp") && !rest.contains('/') && !rest.ends_with(".gguf") =>
        {
            rest
        }
        _ => id,
    }
}

/// Where servers tell what goes in: OpenRouter and newer llama.cpp under
/// `architecture`, some hosts at the top, Ark under `modalities`.
const INPUTS: &[&str] = &[
    "/architecture/input_modalities",
    "/input_modalities",
    "/supported_input_modalities",
    "/modalities/input",
    "/modalities/input_modalities",
    "/capabilities/input_modalities",
];

/// Whether `kind` (image, video) goes in.
fn takes(row: &Value, kind: &str) -> Option<bool> {
    if let Some(list) = INPUTS.iter().find_map(|at| row.pointer(at)?.as_array()) {
        return Some(has(list, &[kind]));
    }
    // OpenRouter's older form: `text+image->text`.
    let modality = row.pointer("/architecture/modality");
    if let Some((into, _)) = modality
        .and_then(Value::as_str)
        .and_then(|m| m.split_once("->"))
    {
        return Some(into.split('+').any(|part| part.trim() == kind));
    }
    let flag = |names: &[&str]| names.iter().find_map(|at| row.pointer(at)?.as_bool());
    if kind == "video" {
        // Moonshot; LiteLLM.
        return flag(&[
            "/supports_video_in",
            "/supports_video_input",
            "/capabilities/video",
        ]);
    }
    // Mistral, LM Studio; Moonshot; LiteLLM.
    let vision = flag(&[
        "/capabilities/vision",
        "/supports_image_in",
        "/supports_vision",
        "/model_info/supports_vision",
        "/vision",
    ]);
    if vision.is_some() {
        return vision;
    }
    // LM Studio.
    match row.get("type").and_then(Value::as_str) {
        Some("vlm") => return Some(true),
        Some("llm" | "embeddings") => return Some(false),
        _ => {}
    }
    // llama.cpp and Ollama.
    let list = row.get("capabilities").and_then(Value::as_array)?;
    Some(has(list, &["vision", "multimodal", "image"]))
}

/// OpenRouter: `supported_parameters`; Mistral: `capabilities.reasoning`; Ollama:
/// the capability `thinking`; Moonshot, LiteLLM: flags.
fn reasoning(row: &Value) -> Option<bool> {
    if let Some(list) = row.get("supported_parameters").and_then(Value::as_array) {
        return Some(has(list, &["reasoning", "include_reasoning"]));
    }
    let flag = |name: &str| row.get(name).and_then(Value::as_bool);
    let told = flag("supports_reasoning").or_else(|| flag("reasoning"));
    match row.get("capabilities") {
        Some(Value::Array(list)) => has(list, &["thinking", "reasoning"]).then_some(true),
        Some(Value::Object(flags)) => match flags.get("reasoning") {
            Some(Value::Bool(flag)) => Some(*flag),
            // LM Studio tells how it may be switched.
            Some(Value::Object(_)) => Some(true),
            _ => told,
        },
        _ => told,
    }
}

/// OpenRouter, Together, Moonshot; Mistral, LM Studio; Groq; vLLM; llama.cpp (what
/// it was started with before what the model was trained for); Gemini's own list.
const CONTEXT: &[&str] = &[
    "/context_length",
    "/max_context_length",
    "/context_window",
    "/max_model_len",
    "/meta/n_ctx",
    "/meta/n_ctx_train",
    "/token_limits/context_window",
    "/limit/context",
    "/inputTokenLimit",
    "/model_info/max_input_tokens",
    "/top_provider/context_length",
];

/// OpenRouter; Groq; Gemini's own list; LiteLLM.
const OUTPUT: &[&str] = &[
    "/top_provider/max_completion_tokens",
    "/max_completion_tokens",
    "/max_output_tokens",
    "/limit/output",
    "/outputTokenLimit",
    "/model_info/max_output_tokens",
    "/token_limits/max_output_token_length",
];

fn number(row: &Value, places: &[&str]) -> Option<u64> {
    places.iter().find_map(|at| {
        let value = row.pointer(at)?;
        let number = value.as_u64().or_else(|| value.as_str()?.parse().ok());
        number.filter(|n| *n > 0)
    })
}

/// OpenRouter: dollars a token, as text under `prompt` and `completion`. Together:
/// dollars a million tokens, as numbers under `input` and `output`.
fn prices(row: &Value) -> (Option<f64>, Option<f64>) {
    let at = |name: &str| row.get("pricing").and_then(|p| p.get(name));
    let a_token = |name: &str| {
        let value = at(name)?;
        // Shifting the point in the text keeps 0.0000025 from becoming 2.4999….
        let text = match value {
            Value::String(text) => text.trim().to_owned(),
            Value::Number(number) => number.to_string(),
            _ => return None,
        };
        let plain = text.parse::<f64>().ok()?;
        let shifted = format!("{text}e6").parse::<f64>();
        Some(shifted.unwrap_or(plain * 1e6))
    };
    let a_million = |name: &str| at(name)?.as_f64();
    // OpenRouter says -1 where the price depends.
    let real = |price: Option<f64>| price.filter(|p| p.is_finite() && *p >= 0.0);
    (
        real(a_token("prompt").or_else(|| a_million("input"))),
        real(a_token("completion").or_else(|| a_million("output"))),
    )
}

/// Where servers tell what comes out; Ark the last.
const WRITTEN: &[&str] = &[
    "/architecture/output_modalities",
    "/output_modalities",
    "/modalities/output",
    "/modalities/output_modalities",
];

/// Ark: a model that is no longer served.
const SHUT: &[&str] = &["shutdown", "retired"];

/// new-api: `supported_endpoint_types`; Mistral: `capabilities.completion_chat`;
/// OpenRouter: `output_modalities`; LM Studio, Together: `type`; Gemini's own list:
/// `supportedGenerationMethods`. Chat, unless a row says otherwise.
fn chat(row: &Value) -> bool {
    let list = |at: &str| row.pointer(at).and_then(Value::as_array);
    if let Some(list) = list("/supported_endpoint_types") {
        let chats = ["openai", "openai-response", "anthropic", "gemini"];
        return list.is_empty() || has(list, &chats);
    }
    let capable = row.pointer("/capabilities/completion_chat");
    if let Some(flag) = capable.and_then(Value::as_bool) {
        return flag;
    }
    if let Some(list) = list("/supportedGenerationMethods") {
        return has(list, &["generateContent"]);
    }
    let shut = row.get("status").and_then(Value::as_str);
    if shut.is_some_and(|status| SHUT.iter().any(|shut| status.eq_ignore_ascii_case(shut))) {
        return false;
    }
    let written = WRITTEN.iter().find_map(|at| list(at));
    if let Some(list) = written
        && !list.is_empty()
    {
        return has(list, &["text"]);
    }
    !matches!(
        row.get("type").and_then(Value::as_str),
        Some(
            "embeddings"
                | "embedding"
                | "image"
                | "audio"
                | "video"
                | "moderation"
                | "rerank"
                | "transcribe"
                | "tts"
                | "stt"
        )
    )
}

fn has(list: &[Value], names: &[&str]) -> bool {
    list.iter()
        .filter_map(Value::as_str)
        .any(|item| names.iter().any(|name| item.eq_ignore_ascii_case(name)))
}
