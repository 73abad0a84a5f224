//! A text line by line, and what stands before the words of a line.

use super::span::{LONGEST, LONGEST_WITHIN};

/// What stands before the text of a line: blanks, marks of quotes and items.
#[derive(Clone, Copy, Default)]
pub(super) struct Prefix {
    pub(super) length: usize,
    pub(super) quotes: usize,
    /// Columns before the text, within the quotes.
    pub(super) columns: usize,
    /// The last mark of an item, and its column.
    pub(super) marker: Option<(u8, usize)>,
}

impl Prefix {
    pub(super) fn of(line: &str) -> Self {
        let mut prefix = Self::default();
        while let Some(rest) = line.as_bytes().get(prefix.length..) {
            match rest {
                [b' ', ..] => prefix.columns += 1,
                [b'\t', ..] => prefix.columns += 4 - prefix.columns % 4,
                [b'>', after @ ..] => {
                    prefix.quotes += 1;
                    prefix.columns = 0;
                    prefix.length += usize::from(after.first() == Some(&b' '));
                }
                _ => {
                    let number = rest.iter().take_while(|byte| byte.is_ascii_digit()).count();
                    let (mark, after) = match rest.get(number..) {
                        Some([mark @ (b'-' | b'+' | b'*'), after @ ..]) if number == 0 => {
                            (mark, after)
                        }
                        Some([mark @ (b'.' | b')'), after @ ..]) if (1..10).contains(&number) => {
                            (mark, after)
                        }
                        _ => return prefix,
                    };
                    if !matches!(after.first(), None | Some(b' ' | b'\t' | b'\n')) {
                        return prefix;
                    }
                    prefix.marker = Some((*mark, prefix.columns));
                    prefix.columns += number + 1;
                    prefix.length += number;
                }
            }
            prefix.length += 1;
        }
        prefix.length = line.len();
        prefix
    }
}

/// A text, and one line of it.
pub(super) struct Lines<'t> {
    pub(super) text: &'t str,
    pub(super) start: usize,
    /// Behind the line and its end.
    pub(super) end: usize,
}

impl<'t> Lines<'t> {
    pub(super) fn new(text: &'t str, start: usize) -> Self {
        let rest = text.get(start..).unwrap_or_default();
        let end = rest.find('\n').map_or(text.len(), |at| start + at + 1);
        Self { text, start, end }
    }

    pub(super) fn line(&self) -> &'t str {
        self.text.get(self.start..self.end).unwrap_or_default()
    }

    /// The line from a place in the text on, as far as a formula can reach.
    pub(super) fn from(&self, at: usize) -> &'t str {
        let end = self
            .text
            .floor_char_boundary(self.end.min(at.saturating_add(LONGEST)));
        self.text.get(at..end).unwrap_or_default()
    }

    /// The same within a sentence.
    pub(super) fn near(&self, at: usize) -> &'t str {
        let line = self.from(at);
        line.get(..line.floor_char_boundary(LONGEST_WITHIN))
            .unwrap_or(line)
    }

    pub(super) fn between(&self, from: usize, to: usize) -> &'t str {
        self.text.get(from..to).unwrap_or_default()
    }

    pub(super) fn before(&self, at: usize) -> Option<char> {
        self.text.get(self.start..at)?.chars().next_back()
    }
}

/// Where a line begins behind the marks of so many quotes.
pub(crate) fn behind_quotes(line: &str, quotes: usize) -> Option<usize> {
    let mut rest = line;
    for _ in 0..quotes {
        rest = rest.trim_start_matches([' ', '\t']).strip_prefix('>')?;
        rest = rest.strip_prefix(' ').unwrap_or(rest);
    }
    Some(line.len() - rest.len())
}
