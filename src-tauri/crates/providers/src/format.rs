use serde::{Deserialize, Serialize};

/// How a provider is spoken to.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Format {
    /// Chat completions, as OpenAI and most others have it.
    #[default]
    Openai,
}

impl Format {
    pub(crate) fn is_default(&self) -> bool {
        *self == Self::default()
    }
}
