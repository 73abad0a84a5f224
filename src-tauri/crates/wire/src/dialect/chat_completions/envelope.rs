//! What stays the same from one payload of an answer to the next.
//!
//! Most payloads repeat the one before but for a few characters of text: the same
//! id, model, role and so on. Such a payload need not be read again: when its head
//! and tail are those of the last one, and what is between them is a plain string,
//! then it says what the last one said, with that string in the place of the text.

use std::borrow::Cow;

use super::delta::{Chunk, Place};

/// Bytes of an envelope worth keeping.
const LIMIT: usize = 16 * 1024;

/// The last payloads, without their text: one with text, one with reasoning.
#[derive(Debug, Default)]
pub(crate) struct Envelopes([Envelope; 2]);

#[derive(Debug, Default)]
struct Envelope {
    /// Up to the text, its quotation mark included.
    head: String,
    /// From the quotation mark after the text.
    tail: String,
    place: Option<Place>,
}

impl Envelopes {
    /// The text of `payload` and its place, if all else is as in an earlier one.
    pub fn open<'a>(&self, payload: &'a str) -> Option<(Place, Cow<'a, str>)> {
        self.0.iter().find_map(|envelope| envelope.open(payload))
    }

    /// Remembers `payload`, which was read as `chunk`, if it says nothing but one
    /// text that stands in it as it is. Unless `quiet`, it changed something that
    /// what was remembered before would have to say again.
    pub fn remember(&mut self, payload: &str, chunk: &Chunk<'_>, quiet: bool) {
        let said = chunk.only_text();
        if !quiet || said.is_none() {
            self.forget();
        }
        if let Some((place, text)) = said {
            let [first, second] = &mut self.0;
            match place {
                Place::Text => first.remember(payload, place, text),
                Place::Reasoning => second.remember(payload, place, text),
            }
        }
    }

    /// Forgets all.
    pub fn forget(&mut self) {
        self.0.iter_mut().for_each(Envelope::forget);
    }

    /// Bytes held.
    pub fn held(&self) -> usize {
        let held = |envelope: &Envelope| envelope.head.capacity() + envelope.tail.capacity();
        self.0.iter().map(held).sum()
    }
}

impl Envelope {
    fn open<'a>(&self, payload: &'a str) -> Option<(Place, Cow<'a, str>)> {
        let place = self.place?;
        let rest = payload.strip_prefix(self.head.as_str())?;
        let text = rest.strip_suffix(self.tail.as_str())?;
        if text.is_empty() {
            // An empty text lets other fields speak.
            return None;
        }
        if text.bytes().all(plain) {
            return Some((place, Cow::Borrowed(text)));
        }
        // With escapes it is read as the JSON string it is, if it is one.
        let start = self.head.len().checked_sub(1)?;
        let quoted = payload.get(start..=self.head.len() + text.len())?;
        let text: String = serde_json::from_str(quoted).ok()?;
        (!text.is_empty()).then_some((place, Cow::Owned(text)))
    }

    fn remember(&mut self, payload: &str, place: Place, text: &str) {
        self.forget();
        // Where the text is borrowed from; one that was unescaped is elsewhere.
        let start = text.as_ptr().addr().wrapping_sub(payload.as_ptr().addr());
        let Some((head, tail)) = payload
            .split_at_checked(start)
            .and_then(|(head, rest)| Some((head, rest.strip_prefix(text)?)))
        else {
            return;
        };
        let fits = head.len() + tail.len() <= LIMIT;
        if fits && head.ends_with('"') && tail.starts_with('"') {
            self.head.push_str(head);
            self.tail.push_str(tail);
            self.place = Some(place);
        }
    }

    fn forget(&mut self) {
        self.place = None;
        self.head.clear();
        self.tail.clear();
    }
}

/// Stands for itself within a JSON string.
fn plain(byte: u8) -> bool {
    byte >= b' ' && byte != b'"' && byte != b'\\'
}

#[cfg(test)]
mod tests {
    use super::*;

    const FIRST: &str =
        r#"{"id":"1","choices":[{"delta":{"role":"assistant","content":"Hel"}}],"usage":null}"#;

    fn after(payload: &str) -> Envelopes {
        let mut envelopes = Envelopes::default();
        envelopes.remember(payload, &serde_json::from_str(payload).unwrap(), true);
        envelopes
    }

    fn open(first: &str, next: &str) -> Option<(Place, String)> {
        let opened = after(first).open(next);
        opened.map(|(place, text)| (place, text.into_owned()))
    }

    #[test]
    fn the_text_alone_may_differ() {
        let next = |text: &str| open(FIRST, &FIRST.replace("Hel", text));
        assert_eq!(next("lo，豆腐"), Some((Place::Text, "lo，豆腐".into())));
        let escaped = (Place::Text, "\n\"豆".to_owned());
        assert_eq!(next(r#"\n\"\u8c46"#), Some(escaped));
        for none in ["", r#"a","content":"b"#, r"a\", r"\x", "a\tb", r"\ud800"] {
            assert_eq!(next(none), None, "{none}");
        }
        assert_eq!(open(FIRST, &FIRST.replace("\"1\"", "\"2\"")), None);
        assert_eq!(open(FIRST, FIRST.split_at(60).0), None);
        // Head and tail would overlap.
        assert_eq!(
            open(
                &FIRST.replace("Hel", "a\",\"x\":\"a"),
                &FIRST.replace("Hel", "a")
            ),
            None
        );
    }

    #[test]
    fn text_and_reasoning_are_remembered_side_by_side() {
        let thought = FIRST.replace("content", "reasoning_content");
        let mut envelopes = after(FIRST);
        let place = |envelopes: &Envelopes, payload| envelopes.open(payload).map(|found| found.0);
        envelopes.remember(&thought, &serde_json::from_str(&thought).unwrap(), true);
        assert_eq!(place(&envelopes, FIRST), Some(Place::Text));
        assert_eq!(place(&envelopes, &thought), Some(Place::Reasoning));
        envelopes.remember(&thought, &serde_json::from_str(&thought).unwrap(), false);
        assert_eq!(place(&envelopes, FIRST), None);
        assert_eq!(place(&envelopes, &thought), Some(Place::Reasoning));
        envelopes.remember("{}", &serde_json::from_str("{}").unwrap(), true);
        assert_eq!(place(&envelopes, &thought), None);
    }

    #[test]
    fn what_matters_twice_is_read_again() {
        let chunk = |choice: &str| format!(r#"{{"choices":[{{{choice}}}]}}"#);
        let thought = chunk(r#""delta":{"content":"","reasoning_content":"hm"}"#);
        let opened = open(&thought, &thought.replace("hm", "so"));
        assert_eq!(opened, Some((Place::Reasoning, "so".into())));
        for choice in [
            r#""delta":{"content":"a"},"message":{"content":"a"}"#,
            r#""delta":{"content":"a","reasoning":"a"}"#,
            r#""delta":{"content":"a","reasoning_details":[{"text":"b"}]}"#,
            r#""delta":{"content":"a","refusal":"a"}"#,
            r#""delta":{"content":["a"]}"#,
            r#""delta":{"content":""}"#,
            r#""delta":{}"#,
            r#""text":"a""#,
        ] {
            assert_eq!(open(&chunk(choice), &chunk(choice)), None, "{choice}");
        }
        let error = r#"{"error":"a","choices":[{"delta":{"content":"a"}}]}"#;
        assert_eq!(open(error, error), None);
    }
}
