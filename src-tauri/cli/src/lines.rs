//! What `ask --json` writes: one object a line. `docs/cli-events.schema.json` says the
//! same, and is what others hold on to.

use protocol::{AnswerNote, IpcError, Picture, Usage};
use serde::Serialize;

/// One line.
#[derive(Serialize)]
#[serde(
    tag = "type",
    rename_all = "snake_case",
    rename_all_fields = "camelCase"
)]
pub enum Line<'a> {
    /// The provider answered, and not with an error.
    Open { request_id: Option<&'a str> },
    /// The model that really answers; again when it changes.
    Model { model: &'a str },
    /// More of the answer.
    Text { delta: &'a str },
    /// More of the reasoning.
    Reasoning { delta: &'a str },
    /// All text so far was reasoning.
    TextWasReasoning,
    /// Something to know of how the answer comes to be.
    Note { note: &'a AnswerNote },
    /// The answer has one more picture; what is known of it.
    Picture { picture: &'a Picture },
    /// Tokens counted so far.
    Usage { usage: &'a Usage },
    /// The answer ended; the last line.
    End {
        outcome: &'static str,
        finish_reason: Option<&'a str>,
        /// Where it is kept, if it is.
        conversation: Option<&'a str>,
    },
    /// It failed; the last line.
    Error {
        error: &'a IpcError,
        conversation: Option<&'a str>,
    },
}

impl Line<'_> {
    /// As it is written, its line end too.
    pub fn json(&self) -> String {
        // Strings and numbers only: it cannot fail.
        let mut line = serde_json::to_string(self).unwrap_or_default();
        line.push('\n');
        line
    }
}
