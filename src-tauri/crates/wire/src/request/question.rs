use serde_json::{Map, Value};

use super::part::Message;

/// A request for one answer. Only what is set is sent.
#[derive(Debug, Clone, Default)]
pub struct Request {
    /// Id of the model.
    pub model: String,
    /// The conversation so far, oldest first.
    pub messages: Vec<Message>,
    /// Messages of one role in a row are sent as one, for a provider that refuses them.
    pub alternating_roles: bool,
    /// Ask for an event stream.
    pub stream: bool,
    /// Do not ask a stream for its usage of tokens, for a provider that refuses that.
    pub without_usage: bool,
    /// 0 to 2.
    pub temperature: Option<f64>,
    /// 0 to 1.
    pub top_p: Option<f64>,
    /// At least 1. Not together with `max_completion_tokens`.
    pub max_tokens: Option<u64>,
    /// At least 1, reasoning included. Not together with `max_tokens`.
    pub max_completion_tokens: Option<u64>,
    /// At most 4, none empty.
    pub stop: Vec<String>,
    /// Name of a field that is `true` in the last message: an answer that is gone on with.
    pub prefill: Option<&'static str>,
    /// More fields of the body. None that is set above.
    pub extra: Map<String, Value>,
}
