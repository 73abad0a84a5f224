//! Text in which a closing tag without its opening one may yet come, which tells that all
//! before it was reasoning.

use super::super::code::Code;
use super::super::tags::Thoughts;

/// The first byte of `◁`, in UTF-8.
const LOZENGE: u8 = 0xE2;
/// What stands around a word that is quoted.
const QUOTES: &str = "\"'“”‘’「」『』《》()（）";
/// What follows a word in a sentence.
const MARKS: &str = ".,;:!?。，；：！？、";

/// What a piece of text holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Met {
    /// Text.
    Nothing,
    /// An opening tag: a pair within the text, so that none of it is reasoning.
    Pair,
    /// A closing tag alone: where it stands, and what is behind it.
    Closed { at: usize, behind: usize },
    /// What may be the beginning of a tag.
    Begun(usize),
}

/// What was read so far: tags in code are quoted, others are words of a sentence.
#[derive(Debug, Default)]
pub(super) struct Watch {
    code: Code,
    /// The last character of it.
    last: Option<char>,
}

impl Watch {
    /// Reads on, to the first tag that tells something; with `last` to the end.
    pub fn read(&mut self, text: &str, last: bool, thoughts: &Thoughts) -> Met {
        let mut from = 0;
        let places = memchr::memchr3_iter(b'<', b'[', LOZENGE, text.as_bytes());
        for at in places {
            let Some(tag) = text.get(at..) else {
                continue;
            };
            // What stands before it is passed once, whatever the tag is.
            self.pass(text.get(from..at).unwrap_or_default());
            from = at;
            if thoughts.opens().any(|open| tag.starts_with(open)) {
                if self.code.within() {
                    continue;
                }
                return Met::Pair;
            }
            if let Some(rest) = thoughts.closed(tag) {
                if !last && rest.is_empty() && self.apart() {
                    return Met::Begun(at);
                }
                if self.code.within() || self.mentioned(rest) {
                    continue;
                }
                let behind = text.len() - rest.len();
                return Met::Closed { at, behind };
            }
            let mut tags = thoughts.opens().chain(thoughts.lone_closes());
            if !last && tags.any(|of| of.starts_with(tag)) {
                return Met::Begun(at);
            }
        }
        self.pass(text.get(from..).unwrap_or_default());
        Met::Nothing
    }

    fn pass(&mut self, shown: &str) {
        self.code.pass(shown);
        self.last = shown.chars().next_back().or(self.last);
    }

    /// True where what follows begins a word, or is quoted.
    fn apart(&self) -> bool {
        self.last.is_some_and(|c| c == ' ' || QUOTES.contains(c))
    }

    /// True where the tag before `after` is a word of a sentence: it stands apart on
    /// both sides, or in quotation marks.
    fn mentioned(&self, after: &str) -> bool {
        let follows = after.chars().next();
        self.apart() && follows.is_some_and(|c| c == ' ' || QUOTES.contains(c) || MARKS.contains(c))
    }
}
