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

/// How a server tells which models it has and what they take.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum ListingFormat {
    /// In one list under the base URL, as OpenAI and most others answer it.
    #[default]
    Openai,
    /// Ollama: that list, and `POST /api/show` at the server's root for each model.
    Ollama,
    /// LM Studio: a list of its own at the server's root.
    Lmstudio,
}

impl ListingFormat {
    /// Where the list is unless a manifest says otherwise.
    pub fn default_path(self) -> &'static str {
        match self {
            Self::Openai | Self::Ollama => "/models",
            Self::Lmstudio => "/api/v0/models",
        }
    }

    pub(crate) fn is_default(&self) -> bool {
        *self == Self::default()
    }
}
