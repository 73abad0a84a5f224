use serde::{Deserialize, Serialize};
use ts_rs::TS;

use crate::ChatParams;

/// A named beginning of conversations. What is changed of it changes none that began
/// with it. Also the params of `history|save_preset`.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct Preset {
    /// Its id; empty for one that is not kept yet.
    pub id: String,
    /// Its name; no two are alike.
    pub name: String,
    /// Parameters of a conversation that begins with it, its prompt among them. In the
    /// prompt `{language}`, `{date}` and `{clipboard}` are filled in at each send.
    pub params: ChatParams,
    /// Provider that is asked; the one that is chosen when `None`.
    pub provider: Option<String>,
    /// Model that is asked for.
    pub model: Option<String>,
    /// New conversations begin with it. At most one is pinned.
    pub pinned: bool,
}

/// Answer of `history|presets`.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct PresetList {
    /// In the person's order.
    pub presets: Vec<Preset>,
}

/// Names one preset: `history|remove_preset`.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct PresetIdParams {
    /// Its id.
    pub id: String,
}

/// `history|order_presets`.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct PresetOrderParams {
    /// Their ids, in the order they are to stand in; those that are not named come last.
    pub ids: Vec<String>,
}
