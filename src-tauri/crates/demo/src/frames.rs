//! The bytes of an OpenAI-compatible answer.

use bytes::Bytes;
use serde_json::{Value, json};

/// Least characters of one chunk.
const CHUNK: usize = 10;
/// Most chunks of one text: a long answer comes in larger chunks, not later.
const CHUNKS: usize = 220;

/// Writes an answer, as a stream of events or as one JSON object.
pub(super) struct Frames<'a> {
    stream: bool,
    emit: &'a mut dyn FnMut(Bytes) -> bool,
    listened_to: bool,
    begun: bool,
    text: String,
    reasoning: String,
}

impl<'a> Frames<'a> {
    /// With `stream`, events go to `emit` as they are made; without, one object
    /// goes to it at the end. `emit` gives false when nobody listens any more.
    pub(super) fn new(stream: bool, emit: &'a mut dyn FnMut(Bytes) -> bool) -> Self {
        Self {
            stream,
            emit,
            listened_to: true,
            begun: false,
            text: String::new(),
            reasoning: String::new(),
        }
    }

    /// False when nobody listens any more.
    pub(super) fn listened_to(&self) -> bool {
        self.listened_to
    }

    /// More reasoning, in one piece.
    pub(super) fn reasoning(&mut self, text: &str) {
        if self.stream {
            self.delta(&json!({ "reasoning_content": text }));
        } else {
            self.reasoning.push_str(text);
        }
    }

    /// More of the answer, in small pieces.
    pub(super) fn text(&mut self, text: &str) {
        if !self.stream {
            self.text.push_str(text);
            return;
        }
        let size = text.chars().count().div_ceil(CHUNKS).max(CHUNK);
        let mut rest = text;
        while !rest.is_empty() {
            let end = rest
                .char_indices()
                .nth(size)
                .map_or(rest.len(), |(at, _)| at);
            let (piece, after) = rest.split_at(end);
            self.delta(&json!({ "content": piece }));
            rest = after;
        }
    }

    /// Ends a good answer. Demo counts no tokens, so no usage is given.
    pub(super) fn end(mut self) {
        if self.stream {
            self.choice(&json!({}), Some("stop"));
            self.send(Bytes::from_static(b"data: [DONE]\n\n"));
            return;
        }
        let message = json!({
            "role": "assistant",
            "content": self.text,
            "reasoning_content": self.reasoning,
        });
        let object = json!({
            "id": "demo",
            "object": "chat.completion",
            "created": 0,
            "model": "demo",
            "choices": [{ "index": 0, "message": message, "finish_reason": "stop" }],
        });
        self.send(Bytes::from(object.to_string()));
    }

    /// Ends a bad answer.
    pub(super) fn error(mut self, message: &str, code: &str) {
        let error = error_json(message, code);
        if self.stream {
            self.event(&error);
            self.send(Bytes::from_static(b"data: [DONE]\n\n"));
        } else {
            self.send(error);
        }
    }

    fn delta(&mut self, delta: &Value) {
        if !self.begun {
            self.begun = true;
            self.choice(&json!({ "role": "assistant", "content": "" }), None);
        }
        self.choice(delta, None);
    }

    fn choice(&mut self, delta: &Value, finish_reason: Option<&str>) {
        let chunk = json!({
            "id": "demo",
            "object": "chat.completion.chunk",
            "created": 0,
            "model": "demo",
            "choices": [{ "index": 0, "delta": delta, "finish_reason": finish_reason }],
        });
        self.event(chunk.to_string().as_bytes());
    }

    fn event(&mut self, json: &[u8]) {
        self.send(Bytes::from([b"data: ", json, b"\n\n"].concat()));
    }

    fn send(&mut self, bytes: Bytes) {
        if self.listened_to {
            self.listened_to = (self.emit)(bytes);
        }
    }
}

/// An error as providers word it.
pub(super) fn error_json(message: &str, code: &str) -> Bytes {
    let error = json!({
        "error": {
            "message": message,
            "type": "invalid_request_error",
            "param": "messages",
            "code": code,
        }
    });
    Bytes::from(error.to_string())
}
