//! The text so far, line by line.

use crate::source::{HIDDEN, HIDDEN_EDGE, HIDDEN_MORE};

/// A text that grows, with `\n` line ends only, no NUL, and nothing that stands for formulas.
#[derive(Default)]
pub(super) struct Text {
    text: String,
    /// The last character was `\r`: a `\n` now is part of the same line end.
    after_return: bool,
    /// Where the last whole line ends.
    whole: usize,
    /// Nothing but blanks stands behind it.
    blank: bool,
    /// A blank line came since [`Text::forget_ended`].
    ended: bool,
}

impl Text {
    pub(super) fn push(&mut self, delta: &str) {
        self.text.reserve(delta.len());
        for char in delta.chars() {
            match char {
                '\n' if self.after_return => {}
                '\n' | '\r' => self.end_line(),
                other => {
                    self.blank &= matches!(other, ' ' | '\t');
                    self.text.push(match other {
                        '\0' | HIDDEN | HIDDEN_MORE => char::REPLACEMENT_CHARACTER,
                        HIDDEN_EDGE => '·',
                        other => other,
                    });
                }
            }
            self.after_return = char == '\r';
        }
    }

    fn end_line(&mut self) {
        self.text.push('\n');
        self.whole = self.text.len();
        self.ended |= self.blank;
        self.blank = true;
    }

    pub(super) fn as_str(&self) -> &str {
        &self.text
    }

    pub(super) fn len(&self) -> usize {
        self.text.len()
    }

    /// Where the last whole line ends.
    pub(super) fn whole(&self) -> usize {
        self.whole
    }

    /// A blank line came since this was last forgotten.
    pub(super) fn ended(&self) -> bool {
        self.ended
    }

    pub(super) fn forget_ended(&mut self) {
        self.ended = false;
    }

    /// The text from `from` on.
    pub(super) fn since(&self, from: usize) -> &str {
        self.text.get(from..).unwrap_or_default()
    }

    /// The text between two places.
    pub(super) fn between(&self, from: usize, to: usize) -> &str {
        self.text.get(from..to).unwrap_or_default()
    }
}
