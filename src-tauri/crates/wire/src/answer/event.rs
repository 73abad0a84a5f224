use bytes::Bytes;
use protocol::Usage;

use crate::error::Error;

/// What an answer is made of, in the order it comes. A good stream ends with
/// exactly one [`Event::End`]; a bad one with an error instead.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Event {
    /// The request failed in passing and is sent again after a wait. Comes before
    /// [`Event::Open`], only from [`Client::chat`](crate::Client::chat).
    Retrying {
        /// Which retry this is, from 1.
        attempt: u32,
        /// How many there are at most.
        of: u32,
        /// The wait that begins now, in milliseconds.
        wait_ms: u64,
        /// What went wrong.
        error: Box<Error>,
    },
    /// The provider refused this field, which the answer can do without: it is asked
    /// again without it. Comes before [`Event::Open`], only from
    /// [`Client::chat`](crate::Client::chat).
    Without(&'static str),
    /// The provider answered, and not with an error. The first event of an answer.
    Open {
        /// The request id, from a header or the first payload.
        request_id: Option<String>,
    },
    /// The model that really answers; again when it changes.
    Model(String),
    /// More reasoning.
    Reasoning(String),
    /// More of the answer's text. Never empty.
    Text(String),
    /// All text so far was reasoning: its `</think>` came without an opening
    /// tag. Whoever shows the text moves it there, its end trimmed.
    TextWasReasoning,
    /// A picture of the answer: the bytes of its file as they came, of whatever kind.
    Picture(Bytes),
    /// A picture of the answer that is none that could be read: cut off, too large, or
    /// an id that names it elsewhere.
    PictureUnread,
    /// Tokens counted so far; replaces what came before.
    Usage(Usage),
    /// The answer ended. The last event.
    End {
        /// The provider's own word, as it came.
        finish_reason: Option<String>,
        /// What it means.
        outcome: Outcome,
        /// Payloads that could not be read and were left out.
        bad: u32,
        /// The stream said that it is over. Proves nothing: gateways say so also when
        /// their upstream died.
        done: bool,
    },
}

/// How an answer ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Outcome {
    /// By itself.
    Complete,
    /// At a limit of tokens.
    Cut,
    /// For another reason, in the provider's word: `content_filter`, `sensitive`…
    Stopped(String),
    /// No finish reason came: the answer may be incomplete.
    Unterminated,
}
