//! How a model is asked to go on from an answer that ended early: the last line is that
//! answer, and the provider has a way to say so, or it is said in words.

use ::providers::Prefill;
use protocol::Role;
use wire::{Message, Request};

use crate::payload::{Entry, Payload};

/// Most characters of the answer's end that are said again.
const TAIL: usize = 80;

impl Payload {
    /// Where the last line is an answer: says that it is to be gone on with.
    pub(crate) fn go_on(&self, request: &mut Request) {
        let Some(last) = self.begun() else { return };
        match self.prefill(last) {
            Some(way) => request.prefill = way.field(),
            None => request
                .messages
                .push(Message::text(wire::Role::User, in_words(&last.text))),
        }
    }

    /// Does the model go on at the letter, where it goes on?
    pub(crate) fn is_prefilled(&self) -> bool {
        self.begun().and_then(|last| self.prefill(last)).is_some()
    }

    fn begun(&self) -> Option<&Entry> {
        let last = self.entries.last();
        last.filter(|entry| entry.role == Role::Assistant && !entry.text.is_empty())
    }

    /// Models that think begin with their thoughts: they refuse a beginning.
    fn prefill(&self, last: &Entry) -> Option<Prefill> {
        let way = self.asked.manifest.prefill;
        way.filter(|way| *way == Prefill::Last || last.reasoning.is_empty())
    }
}

/// The end of the answer is said, so that what comes can be joined to it at the letter.
fn in_words(text: &str) -> String {
    format!(
        "Your answer above was cut off. Go on from exactly where it ends, in the same language and format. Begin by repeating its last words as they stand below, then write on. Do not begin anew, and say nothing about this.\n\nIts last words:\n{}",
        tail(text)
    )
}

/// The last words of a text, at most so many characters; none is cut where words are
/// short.
fn tail(text: &str) -> &str {
    let Some((start, _)) = text.char_indices().rev().nth(TAIL - 1) else {
        return text;
    };
    let cut = text.get(start..).unwrap_or(text);
    let after = cut.find(char::is_whitespace).and_then(|at| cut.get(at..));
    match after.map(str::trim_start) {
        Some(words) if start > 0 && !words.is_empty() => words,
        _ => cut,
    }
}

#[cfg(test)]
mod tests {
    use super::tail;

    #[test]
    fn last_words_are_whole_words_where_there_are_any() {
        assert_eq!(tail("short"), "short");
        let long = format!("{}the end of it", "word ".repeat(40));
        assert!(tail(&long).starts_with("word ") && tail(&long).ends_with("the end of it"));
        assert!(tail(&long).chars().count() <= 80);
        assert_eq!(tail(&"图".repeat(100)).chars().count(), 80);
        assert_eq!(tail(&format!("{} ", "x".repeat(100))).chars().count(), 80);
    }
}
