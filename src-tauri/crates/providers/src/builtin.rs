use std::sync::OnceLock;

use crate::Manifest;

/// Reads a file of the folder of built-in providers.
macro_rules! files {
    ($($id:literal),* $(,)?) => {
        [$(($id, include_str!(concat!("../../../providers/", $id, ".json")))),*]
    };
}

/// The built-in files, in the order shown: Demo; the gateways most users come
/// with; the providers of the models they offer; others; this machine's own.
const FILES: [(&str, &str); 18] = files![
    "demo",
    "chenyu",
    "anyfast",
    "ark",
    "qwen",
    "glm",
    "moonshot",
    "deepseek",
    "siliconflow",
    "openai",
    "gemini",
    "openrouter",
    "xai",
    "mistral",
    "groq",
    "ollama",
    "lmstudio",
    "llamacpp",
];

/// The providers that come with the app, Demo first.
pub fn builtin() -> Vec<Manifest> {
    // Read once: many callers look one of them up.
    static READ: OnceLock<Vec<Manifest>> = OnceLock::new();
    READ.get_or_init(|| {
        // A test reads them all, so none is ever left out here.
        FILES
            .iter()
            .filter_map(|(_, json)| Manifest::parse(json).ok())
            .collect()
    })
    .clone()
}

/// True for the id of a provider that comes with the app.
pub fn is_builtin(id: &str) -> bool {
    FILES.iter().any(|(builtin, _)| *builtin == id)
}
