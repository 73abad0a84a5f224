use serde::{Deserialize, Serialize};
use ts_rs::TS;

/// A provider as the page shows it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct Provider {
    /// Its id, as in its manifest: `chenyu`, `anyfast`, `demo`, `custom-…`.
    pub id: String,
    /// Its name.
    pub name: String,
    /// Its name in Chinese, where it has one.
    pub name_zh: Option<String>,
    /// Where requests go; empty for Demo.
    pub base_url: String,
    /// Scheme, host and port of it: what a key is bound to.
    pub origin: String,
    /// Comes with the app; cannot be removed.
    pub builtin: bool,
    /// Needs a key to be asked.
    pub needs_key: bool,
    /// Its documentation.
    pub docs_url: Option<String>,
    /// Where its keys are made.
    pub keys_url: Option<String>,
    /// Models that are known.
    pub models: Vec<Model>,
}

/// A model, and what it accepts; `None` means unknown, which means allowed.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct Model {
    /// The id that is sent.
    pub id: String,
    /// The name shown; the id when it has none.
    pub name: String,
    /// Takes pictures.
    pub image: Option<bool>,
    /// Thinks before it answers, and says so.
    pub reasoning: Option<bool>,
}

/// `providers|list`.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct ProviderList {
    /// Demo first, then the built-in ones, then the user's.
    pub providers: Vec<Provider>,
}

/// `providers|add`: a custom OpenAI-compatible endpoint. Answer: its [`Provider`].
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct ProviderAddParams {
    /// Its name; empty for its host.
    pub name: String,
    /// Its base URL.
    pub base_url: String,
    /// The user chose to allow `http` to a private address.
    pub allow_private: bool,
}

/// `providers|update`: changes a custom endpoint. A key entered for another
/// origin is not sent to the new one. Answer: the changed [`Provider`].
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct ProviderUpdateParams {
    /// Which one.
    pub id: String,
    /// Its name.
    pub name: String,
    /// Its base URL.
    pub base_url: String,
    /// The user chose to allow `http` to a private address.
    pub allow_private: bool,
}

/// Names one provider: `providers|remove`, `providers|models`.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct ProviderIdParams {
    /// Id of the provider.
    pub id: String,
}

/// Answer of `providers|models`: what the provider lists, asked just now.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct ModelList {
    /// The models, in the provider's order.
    pub models: Vec<Model>,
}
