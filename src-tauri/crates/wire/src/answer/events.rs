use std::collections::VecDeque;

use super::event::Event;
use super::think::{Piece, Think};

/// Events that a decoder made and nobody has taken yet. Pieces of text that follow
/// each other are joined, and what stands between `<think>` tags is reasoning.
#[derive(Debug, Default)]
pub struct Events {
    out: VecDeque<Event>,
    think: Think,
}

impl Events {
    /// More of the answer's text, in which reasoning may stand between tags.
    pub fn text(&mut self, text: &str) {
        let out = &mut self.out;
        self.think.push(text, &mut |piece| put(out, piece));
    }

    /// More reasoning that came apart from the text. Left out while the same is
    /// coming between tags.
    pub fn reasoning(&mut self, thought: &str) {
        let out = &mut self.out;
        if !thought.is_empty() && self.think.take_field(&mut |piece| put(out, piece)) {
            put(&mut self.out, Piece::Reasoning(thought));
        }
    }

    /// Any other event.
    pub fn push(&mut self, event: Event) {
        self.out.push_back(event);
    }

    /// Gives out the text that was held back because a tag might have begun.
    pub fn flush(&mut self) {
        let out = &mut self.out;
        self.think.finish(&mut |piece| put(out, piece));
    }

    /// Drops what nobody has taken.
    pub fn clear(&mut self) {
        self.out.clear();
    }

    /// The next one.
    pub(super) fn pop(&mut self) -> Option<Event> {
        self.out.pop_front()
    }

    /// Bytes held, for as long as nobody takes them.
    pub(super) fn held(&self) -> usize {
        let events = self.out.iter().map(|event| match event {
            Event::Text(text) | Event::Reasoning(text) | Event::Model(text) => text.capacity(),
            _ => 0,
        });
        events.sum::<usize>() + self.out.capacity() * size_of::<Event>() + self.think.held()
    }
}

fn put(out: &mut VecDeque<Event>, piece: Piece<'_>) {
    match (piece, out.back_mut()) {
        (Piece::Text(more), Some(Event::Text(text)))
        | (Piece::Reasoning(more), Some(Event::Reasoning(text))) => text.push_str(more),
        (Piece::Text(text), _) => out.push_back(Event::Text(text.to_owned())),
        (Piece::Reasoning(text), _) => out.push_back(Event::Reasoning(text.to_owned())),
        (Piece::Orphan, _) => out.push_back(Event::TextWasReasoning),
    }
}
