use serde::{Deserialize, Serialize};
use ts_rs::TS;

/// Parameters of a request; only what is set is sent.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase", default)]
pub struct ChatParams {
    /// Instructions that stand before everything.
    pub system: Option<String>,
    /// 0 to 2.
    pub temperature: Option<f64>,
    /// 0 to 1.
    pub top_p: Option<f64>,
    /// At least 1.
    #[ts(type = "number | null")]
    pub max_tokens: Option<u64>,
    /// At most 4.
    pub stop: Vec<String>,
    /// `detail` of each picture: `auto`, `low` or `high`.
    pub detail: Option<String>,
    /// Ask for a stream; true unless said otherwise.
    pub stream: Option<bool>,
    /// Whether the model is to think; the provider's own choice when `None`.
    pub thinking: Option<Thinking>,
    /// How hard it is to think, in the provider's word: `low`, `high`…
    pub effort: Option<String>,
    /// More fields of the request, a JSON object as the person typed it.
    pub extra: Option<String>,
    /// Only this many of the conversation's last pictures go along; all when `None`.
    pub keep_pictures: Option<u32>,
    /// Frames a second that are looked at in a video, 0.2 to 5.
    pub fps: Option<f64>,
    /// Names of parameters that are not sent, even where the provider's
    /// manifest or the model's defaults set them: a provider refused them.
    pub without: Vec<String>,
}

/// Whether a model thinks before it answers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, TS)]
#[serde(rename_all = "lowercase")]
pub enum Thinking {
    /// Always.
    On,
    /// Never.
    Off,
    /// As the model sees fit.
    Auto,
}
