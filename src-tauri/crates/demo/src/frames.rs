//! The bytes of Demo's answer, in the pieces that they are sent in.

use bytes::Bytes;
use wire::dialect::chat_completions::Served;

/// The model, as the answer names it.
const MODEL: &str = "demo";
/// Least characters of one chunk.
const CHUNK: usize = 10;
/// Most chunks of one text: a long answer comes in larger chunks, not later.
const CHUNKS: usize = 220;

/// Writes an answer, as a stream of events or as one JSON object.
pub(super) struct Frames<'a> {
    stream: bool,
    emit: &'a mut dyn FnMut(Bytes) -> bool,
    listened_to: bool,
    served: Served,
}

impl<'a> Frames<'a> {
    /// With `stream`, events go to `emit` as they are made; without, one object
    /// goes to it at the end. `emit` gives false when nobody listens any more.
    pub(super) fn new(stream: bool, emit: &'a mut dyn FnMut(Bytes) -> bool) -> Self {
        Self {
            stream,
            emit,
            listened_to: true,
            served: Served::new(MODEL, stream),
        }
    }

    /// False when nobody listens any more.
    pub(super) fn listened_to(&self) -> bool {
        self.listened_to
    }

    /// More reasoning, in one piece.
    pub(super) fn reasoning(&mut self, text: &str) {
        let events = self.served.reasoning(text);
        self.send(events);
    }

    /// More of the answer, in small pieces.
    pub(super) fn text(&mut self, text: &str) {
        let size = match self.stream {
            true => text.chars().count().div_ceil(CHUNKS).max(CHUNK),
            false => usize::MAX,
        };
        let mut rest = text;
        while !rest.is_empty() {
            let end = rest
                .char_indices()
                .nth(size)
                .map_or(rest.len(), |(at, _)| at);
            let (piece, after) = rest.split_at(end);
            let events = self.served.text(piece);
            self.send(events);
            rest = after;
        }
    }

    /// Ends a good answer. Demo counts no tokens, so no usage is given.
    pub(super) fn end(mut self) {
        let events = self.served.end();
        self.send(events);
    }

    /// Ends a bad answer.
    pub(super) fn error(mut self, message: &str, code: &str) {
        let events = self.served.error(message, code);
        self.send(events);
    }

    fn send(&mut self, events: Vec<Bytes>) {
        for bytes in events {
            if self.listened_to {
                self.listened_to = (self.emit)(bytes);
            }
        }
    }
}
