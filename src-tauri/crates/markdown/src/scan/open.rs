//! A formula that is open: what closes it, and what shows that it is none.

use super::lines::{Lines, Prefix, behind_quotes};
use super::plausible::{in_dollars, in_marks, is_length, is_prose, is_sentence};
use super::span::{DOUBLED, Form, LONGEST, LONGEST_WITHIN, Span, run};

/// What closes a formula.
#[derive(Clone)]
pub(super) enum Closer {
    /// `$`
    Dollar,
    /// `$$`
    Dollars,
    /// `\]`
    Bracket,
    /// `\)`
    Paren,
    /// `\\]`
    DoubleBracket,
    /// `\\)`
    DoubleParen,
    /// `\end{…}`, and how many are to come.
    Environment(String, usize),
}

/// What a place in a line begins.
pub(super) enum Found {
    /// So many bytes are no formula.
    Text(usize),
    Formula(Span),
    /// One that this line does not close, and the length of its mark.
    Open(Closer, usize),
}

/// Where a formula ends in a line.
pub(super) enum Find {
    At(usize),
    /// Not in this line.
    Later,
    /// What cannot stand in it comes first.
    Wrong,
}

impl Find {
    pub(super) fn at(self) -> Option<usize> {
        match self {
            Self::At(at) => Some(at),
            Self::Later | Self::Wrong => None,
        }
    }
}

/// Most environments in one another.
const DEEPEST: usize = 8;
/// Most braces in one another between `$` and `$`.
const DEEPEST_BRACES: usize = 64;

impl Closer {
    /// How long it is.
    pub(super) fn length(&self) -> usize {
        match self {
            Self::Dollar => 1,
            Self::Dollars | Self::Bracket | Self::Paren => 2,
            Self::DoubleBracket | Self::DoubleParen => DOUBLED,
            Self::Environment(name, _) => "\\end{}".len() + name.len(),
        }
    }

    /// Where it stands in a line of TeX.
    pub(super) fn find(&self, line: &str) -> Find {
        let mut at = 0;
        let mut braces = 0_usize;
        let mut open = match self {
            Self::Environment(_, open) => *open,
            _ => 1,
        };
        while let Some(rest) = line.get(at..).filter(|rest| !rest.is_empty()) {
            let length = match (rest.as_bytes(), self) {
                ([b'\\', b')', ..], Self::Paren) | ([b'\\', b']', ..], Self::Bracket) => {
                    return Find::At(at);
                }
                ([b'\\', b'\\', ..], Self::DoubleParen | Self::DoubleBracket) => {
                    let length = run(rest, b'\\');
                    let after = rest.get(length..).unwrap_or_default();
                    match (length, after.as_bytes(), self) {
                        (2, [b')', ..], Self::DoubleParen)
                        | (2, [b']', ..], Self::DoubleBracket) => return Find::At(at),
                        (2, [b'(', ..], Self::DoubleParen) => return Find::Wrong,
                        (2, [b'[', ..], Self::DoubleBracket)
                            if !after.get(1..).is_some_and(is_length) =>
                        {
                            return Find::Wrong;
                        }
                        (2.., ..) if length.is_multiple_of(2) => length,
                        _ => length - 1,
                    }
                }
                ([b'\\', b'[', ..], Self::Dollars | Self::Bracket | Self::Environment(..))
                | ([b'\\', b'(', ..], Self::Paren) => return Find::Wrong,
                ([b'\\', ..], Self::Environment(name, _)) if rest.starts_with("\\end{") => {
                    open = open.saturating_sub(1);
                    if open == 0 {
                        let named = rest
                            .get(5..)
                            .and_then(|rest| rest.strip_prefix(name.as_str()));
                        return match named.is_some_and(|rest| rest.starts_with('}')) {
                            true => Find::At(at),
                            false => Find::Wrong,
                        };
                    }
                    escaped(rest)
                }
                ([b'\\', ..], Self::Environment(..)) if rest.starts_with("\\begin{") => {
                    open += 1;
                    if open > DEEPEST {
                        return Find::Wrong;
                    }
                    escaped(rest)
                }
                ([b'\\', ..], _) => escaped(rest),
                ([b'{', ..], Self::Dollar) => {
                    braces += 1;
                    if braces > DEEPEST_BRACES {
                        return Find::Wrong;
                    }
                    1
                }
                ([b'}', ..], Self::Dollar) => {
                    braces = braces.saturating_sub(1);
                    1
                }
                ([b'$', ..], Self::Dollar) if braces == 0 => return Find::At(at),
                ([b'$', b'$', ..], Self::Dollars) if run(rest, b'$') == 2 => return Find::At(at),
                ([b'$', b'$', ..], Self::Bracket | Self::DoubleBracket | Self::Environment(..)) => {
                    return Find::Wrong;
                }
                ([b'$', ..], _) => run(rest, b'$'),
                _ => rest.chars().next().map_or(1, char::len_utf8),
            };
            at += length;
        }
        Find::Later
    }

    /// True where a line that does not close it shows that it is none.
    pub(super) fn is_wrong_in(&self, line: &str) -> bool {
        matches!(self.find(line), Find::Wrong)
    }

    /// What closes it behind a line that does not.
    pub(super) fn after(self, line: &str) -> Self {
        match self {
            Self::Environment(name, open) => {
                let open = open + line.matches("\\begin{").count();
                let open = open.saturating_sub(line.matches("\\end{").count());
                Self::Environment(name, open.max(1))
            }
            other => other,
        }
    }
}

/// The length of a backslash and what it escapes.
fn escaped(rest: &str) -> usize {
    rest.chars().take(2).map(char::len_utf8).sum()
}

/// A formula that is open.
#[derive(Clone)]
pub(super) struct Open {
    pub(super) start: usize,
    /// Of its opening mark.
    pub(super) length: usize,
    pub(super) closer: Closer,
    /// It is the first of its line: blank lines may stand in it.
    pub(super) own_line: bool,
    pub(super) quotes: usize,
    pub(super) marker: Option<(u8, usize)>,
    /// The line that it begins in.
    pub(super) line: usize,
    /// The last line was blank.
    pub(super) blank: bool,
}

/// What a line makes of a formula that is open.
pub(super) enum Going {
    On,
    Closed(Span),
    Wrong,
}

impl Open {
    /// True where it is shown as its source until it is closed; a single `$` may
    /// as well be money, and is shown as text.
    pub(super) fn hides(&self) -> bool {
        !matches!(self.closer, Closer::Dollar)
    }

    fn within(&self) -> bool {
        !self.own_line || matches!(self.closer, Closer::Dollar | Closer::Paren)
    }

    pub(super) fn go_on(&mut self, lines: &Lines<'_>) -> Going {
        let line = lines.line();
        let Some(prefix) = behind_quotes(line, self.quotes) else {
            return Going::Wrong;
        };
        let content = line.get(prefix..).unwrap_or_default();
        let trimmed = content.trim();
        let longest = if self.within() {
            LONGEST_WITHIN
        } else {
            LONGEST
        };
        if lines.end - self.start > longest {
            return Going::Wrong;
        }
        if trimmed.is_empty() {
            self.blank = true;
            return if self.within() {
                Going::Wrong
            } else {
                Going::On
            };
        }
        let blank = std::mem::take(&mut self.blank);
        if is_other_block(trimmed) || self.is_sibling(content) || (blank && is_sentence(trimmed)) {
            return Going::Wrong;
        }
        if matches!(self.closer, Closer::Dollar) && !goes_on_with(trimmed) {
            return Going::Wrong;
        }
        match self.closer.find(content) {
            Find::Wrong => Going::Wrong,
            Find::Later => {
                self.closer = self.closer.clone().after(content);
                Going::On
            }
            Find::At(at) => {
                let end = lines.start + prefix + at + self.closer.length();
                self.close(lines, end)
            }
        }
    }

    fn close(&self, lines: &Lines<'_>, end: usize) -> Going {
        let marks = match self.closer {
            Closer::Environment(..) => (0, 0),
            _ => (self.length, self.closer.length()),
        };
        let content = lines
            .text
            .get(self.start + self.length..end - self.closer.length());
        let content = content.unwrap_or_default();
        let fine = match self.closer {
            Closer::Dollar => in_dollars(content, lines.from(end).chars().next()),
            Closer::Environment(..) => true,
            _ => in_marks(content) && !is_prose(content),
        };
        if !fine {
            return Going::Wrong;
        }
        let inline = matches!(self.closer, Closer::Dollar | Closer::Paren);
        Going::Closed(Span {
            start: self.start,
            end,
            marks,
            form: if inline { Form::Inline } else { Form::Display },
            quotes: self.quotes,
        })
    }

    /// True for the next item of the list whose item it begins.
    fn is_sibling(&self, content: &str) -> bool {
        self.marker.is_some() && Prefix::of(content).marker == self.marker
    }
}

/// True for the beginning of a block that no formula holds: code, a heading.
fn is_other_block(line: &str) -> bool {
    let heading = run(line, b'#');
    line.starts_with("```")
        || line.starts_with("~~~")
        || ((1..=6).contains(&heading)
            && line
                .get(heading..)
                .is_some_and(|rest| rest.starts_with(' ')))
}

/// True for a line that the paragraph before it goes on with, and no row of a table.
fn goes_on_with(line: &str) -> bool {
    let plain = |c: char| {
        c.is_alphabetic()
            || matches!(
                c,
                '\\' | '(' | '{' | '}' | ')' | ']' | '&' | ',' | '^' | '$'
            )
    };
    line.starts_with(plain) && !line.contains(['|', '`'])
}
