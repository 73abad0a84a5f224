use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use ts_rs::TS;

use crate::{ChatParams, IpcError, Millis, Thinking};

/// A provider as the page shows it.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, TS)]
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
    /// A plugin file or a copy whose manifest may be edited.
    pub editable: bool,
    /// Parameters that exist, with their ranges; empty when not known.
    pub parameters: BTreeMap<String, ParameterRange>,
    /// Where a model is switched on that its account has not used yet.
    pub models_url: Option<String>,
    /// On this machine or the network around it.
    pub local: bool,
    /// When its models were last fetched.
    #[ts(type = "number | null")]
    pub models_at: Option<Millis>,
    /// How its list of models stands in this run.
    pub models_state: ModelsState,
    /// On a rate limit the next key takes over, too.
    pub share_rate_limit: bool,
}

/// How a provider's list of models stands.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(
    tag = "type",
    rename_all = "snake_case",
    rename_all_fields = "camelCase"
)]
pub enum ModelsState {
    /// It was not asked for in this run; one of an earlier run may be known.
    #[default]
    Unasked,
    /// There is none to ask for.
    Unlisted,
    /// It is being asked for.
    Listing,
    /// It came.
    Listed,
    /// Nothing answers at the address, which is on this machine or near it.
    NotRunning,
    /// It did not come.
    Failed {
        /// Why.
        error: Box<IpcError>,
    },
}

/// Event `provider`: what is known of a provider's models changed.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct ProviderEvent {
    /// As it is now.
    pub provider: Provider,
}

/// What a parameter may be.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase", default)]
pub struct ParameterRange {
    /// Least value.
    pub min: Option<f64>,
    /// Greatest value.
    pub max: Option<f64>,
    /// Most items of a list.
    pub max_items: Option<u32>,
    /// The values there are.
    pub values: Option<Vec<String>>,
}

/// A model, and what it accepts; `None` means unknown, which means allowed.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct Model {
    /// The id that is sent.
    pub id: String,
    /// The name shown: the person's, else the provider's; the id when it has none.
    pub name: String,
    /// The person's name for it.
    pub label: Option<String>,
    /// Takes pictures.
    pub image: Option<bool>,
    /// Takes videos.
    pub video: Option<bool>,
    /// Thinks before it answers, and says so.
    pub reasoning: Option<bool>,
    /// Who says whether it takes pictures.
    pub image_by: Option<Belief>,
    /// Who says whether it takes videos.
    pub video_by: Option<Belief>,
    /// Who says whether it thinks.
    pub reasoning_by: Option<Belief>,
    /// Tokens it holds at once.
    #[ts(type = "number | null")]
    pub context: Option<u64>,
    /// Tokens it answers with at most.
    #[ts(type = "number | null")]
    pub output: Option<u64>,
    /// US dollars for a million tokens of the request.
    pub price_in: Option<f64>,
    /// US dollars for a million tokens of the answer.
    pub price_out: Option<f64>,
    /// Thinking that can be asked for; empty when not known.
    pub thinking: Vec<Thinking>,
    /// Values of effort that are known; others can be typed.
    pub efforts: Vec<String>,
    /// A field for effort is known: else it is not offered.
    pub takes_effort: bool,
    /// Values of `detail` that are known to work.
    pub details: Vec<String>,
    /// Most bytes of one video, where known.
    #[ts(type = "number | null")]
    pub video_bytes: Option<u64>,
    /// Takes links to pictures.
    pub links: Option<bool>,
    /// The person marked it.
    pub favourite: bool,
    /// When it was last asked.
    #[ts(type = "number | null")]
    pub used_at: Option<Millis>,
    /// Parameters of a new conversation with it.
    pub defaults: Option<ChatParams>,
}

/// Who says what a model accepts, the strongest first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, TS)]
#[serde(rename_all = "lowercase")]
pub enum Belief {
    /// The person.
    User,
    /// The provider's own list.
    Server,
    /// The provider's manifest, or the table that comes with the app.
    Table,
    /// It refused a picture before.
    Refusal,
}

/// `providers|set_model`: what the person says of a model; replaces what was
/// said before. Answer: the [`Model`].
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct ModelSetParams {
    /// Its provider.
    pub provider: String,
    /// Its id.
    pub model: String,
    /// The person's name for it, at most 100 characters; `None`, or an empty one, leaves
    /// it to the provider.
    pub label: Option<String>,
    /// Marks it.
    pub favourite: bool,
    /// Takes pictures; `None` leaves it to the others who know.
    pub image: Option<bool>,
    /// Takes videos.
    pub video: Option<bool>,
    /// Thinks.
    pub reasoning: Option<bool>,
    /// Parameters of a new conversation with it.
    pub defaults: Option<ChatParams>,
}

/// Answer of `providers|manifest`: the provider plugin as its file holds it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct ManifestText {
    /// Pretty JSON.
    pub json: String,
    /// Can be saved again; else only a copy can be changed.
    pub editable: bool,
}

/// `providers|save`: checks and stores a plugin, the whole file. Answer: its [`Provider`].
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct ManifestSaveParams {
    /// The provider it replaces; `None` adds one.
    pub id: Option<String>,
    /// The manifest.
    pub json: String,
}

/// `providers|share_rate_limit`.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct ShareRateLimitParams {
    /// Id of the provider.
    pub id: String,
    /// On a rate limit the next key takes over, too.
    pub on: bool,
}

/// Answer of `providers|import`, and event `plugins`: plugin files that were
/// chosen, dropped on the window or found in the folder.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct PluginReport {
    /// Providers that were added or replaced.
    pub added: Vec<Provider>,
    /// Files that were not taken, and why: file, field, reason.
    pub refused: Vec<IpcError>,
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
    /// When they were fetched.
    #[ts(type = "number")]
    pub at: Millis,
}
