//! The server's side: an answer as it is written, for what answers within the app
//! and goes through the decoder of everyone else.

use bytes::Bytes;
use serde_json::{Value, json};

const DONE: &[u8] = b"data: [DONE]\n\n";

/// Writes one answer: as a stream of events, or as one JSON object at its end.
#[derive(Debug)]
pub struct Served {
    model: &'static str,
    stream: bool,
    begun: bool,
    text: String,
    reasoning: String,
}

impl Served {
    /// An answer of this model, as a stream or in one piece.
    pub fn new(model: &'static str, stream: bool) -> Self {
        Self {
            model,
            stream,
            begun: false,
            text: String::new(),
            reasoning: String::new(),
        }
    }

    /// More reasoning. Gives the events to send now.
    pub fn reasoning(&mut self, text: &str) -> Vec<Bytes> {
        if self.stream {
            return self.delta(&json!({ "reasoning_content": text }));
        }
        self.reasoning.push_str(text);
        Vec::new()
    }

    /// More of the text. Gives the events to send now.
    pub fn text(&mut self, text: &str) -> Vec<Bytes> {
        if self.stream {
            return self.delta(&json!({ "content": text }));
        }
        self.text.push_str(text);
        Vec::new()
    }

    /// Ends a good answer, without usage. Gives what is left to send.
    pub fn end(&mut self) -> Vec<Bytes> {
        if self.stream {
            let last = self.choice(&json!({}), Some("stop"));
            return vec![last, Bytes::from_static(DONE)];
        }
        let message = json!({
            "role": "assistant",
            "content": self.text,
            "reasoning_content": self.reasoning,
        });
        let object = json!({
            "id": self.model,
            "object": "chat.completion",
            "created": 0,
            "model": self.model,
            "choices": [{ "index": 0, "message": message, "finish_reason": "stop" }],
        });
        vec![Bytes::from(object.to_string())]
    }

    /// Ends a bad answer. Gives what is left to send.
    pub fn error(&mut self, message: &str, code: &str) -> Vec<Bytes> {
        let error = error(message, code);
        if self.stream {
            vec![event(&error), Bytes::from_static(DONE)]
        } else {
            vec![error]
        }
    }

    fn delta(&mut self, delta: &Value) -> Vec<Bytes> {
        let mut events = Vec::with_capacity(2);
        if !self.begun {
            self.begun = true;
            events.push(self.choice(&json!({ "role": "assistant", "content": "" }), None));
        }
        events.push(self.choice(delta, None));
        events
    }

    fn choice(&self, delta: &Value, finish_reason: Option<&str>) -> Bytes {
        let chunk = json!({
            "id": self.model,
            "object": "chat.completion.chunk",
            "created": 0,
            "model": self.model,
            "choices": [{ "index": 0, "delta": delta, "finish_reason": finish_reason }],
        });
        event(chunk.to_string().as_bytes())
    }
}

/// An error of the request's messages, as providers word it: a whole body.
pub fn error(message: &str, code: &str) -> Bytes {
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

fn event(json: &[u8]) -> Bytes {
    Bytes::from([b"data: ", json, b"\n\n"].concat())
}
