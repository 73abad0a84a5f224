//! The formulas in one line.

use super::doubled::doubled;
use super::lines::{Lines, Prefix};
use super::open::{Closer, Find, Found, Open};
use super::plausible::{
    in_brackets, in_dollar_pairs, in_dollars, in_marks, is_prose, is_tex, may_begin,
};
use super::span::{Form, Span, run};

/// Finds the formulas in a line, from a place in it on. Gives the one that is not
/// closed in it.
pub(super) fn formulas(lines: &Lines<'_>, from: usize, spans: &mut Vec<Span>) -> Option<Open> {
    lines.formulas(from, spans)
}

impl Lines<'_> {
    fn formulas(&self, from: usize, spans: &mut Vec<Span>) -> Option<Open> {
        let prefix = Prefix::of(self.line());
        let first = self.start + prefix.length;
        let mut at = from;
        while at < self.end {
            let rest = self.from(at);
            let found = match rest.as_bytes() {
                [b'$', ..] => {
                    let touches = spans.last().is_some_and(|span| span.end == at);
                    self.dollars(at, first, touches)
                }
                [b'\\', b'\\', b'(' | b'[', ..] => doubled(self, at, first),
                [b'\\', b'(', ..] => self.pair(at, Closer::Paren, first),
                [b'\\', b'[', ..] => self.pair(at, Closer::Bracket, first),
                [b'\\', b'b', ..] if rest.starts_with("\\begin{") => self.environment(at, first),
                _ => Found::Text(skip(self.near(at))),
            };
            match found {
                Found::Text(length) => at += length.max(1),
                Found::Formula(mut span) => {
                    span.quotes = prefix.quotes;
                    at = span.end;
                    spans.push(span);
                }
                Found::Open(closer, length) => {
                    return Some(Open {
                        start: at,
                        length,
                        closer,
                        own_line: at == first,
                        quotes: prefix.quotes,
                        marker: prefix.marker,
                        line: self.start,
                        blank: false,
                    });
                }
            }
        }
        None
    }

    /// `touches` where a formula ends here.
    fn dollars(&self, at: usize, first: usize, touches: bool) -> Found {
        let rest = self.from(at);
        match run(rest, b'$') {
            1 => self.dollar(at, first, touches),
            2 => self.pair(at, Closer::Dollars, first),
            more => Found::Text(more),
        }
    }

    /// Between `$` and `$`: the next `$` closes it, or it is none.
    fn dollar(&self, at: usize, first: usize, touches: bool) -> Found {
        let rest = self.near(at + 1);
        let text = Found::Text(1);
        let before = self.before(at).filter(|_| !touches);
        if !may_begin(before, rest) {
            return text;
        }
        let length = match Closer::Dollar.find(rest) {
            Find::At(length) => length,
            Find::Wrong => return text,
            Find::Later => {
                let word = before.is_some_and(char::is_alphanumeric);
                let goes_on = !word && self.may_go_on(rest, first);
                return if goes_on {
                    Found::Open(Closer::Dollar, 1)
                } else {
                    text
                };
            }
        };
        let content = self.between(at + 1, at + 1 + length);
        let after = self.from(at + 2 + length).chars().next();
        let after = after.filter(|_| !self.touched(at + 2 + length));
        // GitHub's way to keep markdown out of it.
        let quoted = content.len() > 2 && content.starts_with('`') && content.ends_with('`');
        let inner = if quoted {
            content.trim_matches('`')
        } else {
            content
        };
        if inner.contains('`') || !in_dollars(inner, after) {
            return text;
        }
        let marks = if quoted { 2 } else { 1 };
        Found::Formula(Span {
            start: at,
            end: at + 2 + length,
            marks: (marks, marks),
            form: Form::Inline,
            quotes: 0,
        })
    }

    /// True where another formula between `$` and `$` begins.
    fn touched(&self, at: usize) -> bool {
        if !self.from(at).starts_with('$') {
            return false;
        }
        let rest = self.near(at + 1);
        let Some(length) = Closer::Dollar.find(rest).at() else {
            return false;
        };
        let content = rest.get(..length).unwrap_or_default();
        let after = rest.get(length + 1..).and_then(|rest| rest.chars().next());
        !content.contains('`') && in_dollars(content, after.filter(|c| *c != '$'))
    }

    /// True where what stands behind a `$` to the end of its line may be a formula that
    /// the next line goes on with.
    fn may_go_on(&self, rest: &str, first: usize) -> bool {
        let line = rest.trim_end();
        !line.is_empty()
            && !rest.starts_with(|c: char| c.is_whitespace() || c.is_ascii_digit())
            && !rest.contains(['|', '`'])
            && !self.near(first).starts_with(['#', '<', '[', '|'])
            && !is_prose(line)
    }

    /// Between `$$`, `\[` or `\(` and its other half.
    fn pair(&self, at: usize, closer: Closer, first: usize) -> Found {
        let rest = self.from(at + 2);
        let text = Found::Text(2);
        let line = rest.trim_end();
        match closer.find(rest).at() {
            Some(length) => {
                let content = self.between(at + 2, at + 2 + length);
                let alone = at == first && self.from(at + 4 + length).trim().is_empty();
                let fine = match closer {
                    Closer::Bracket => in_brackets(content, alone),
                    Closer::Dollars if !alone => in_dollar_pairs(content),
                    _ => in_marks(content),
                };
                if !fine {
                    return text;
                }
                let inline = matches!(closer, Closer::Paren);
                Found::Formula(Span {
                    start: at,
                    end: at + 4 + length,
                    marks: (2, 2),
                    form: if inline { Form::Inline } else { Form::Display },
                    quotes: 0,
                })
            }
            None if closer.is_wrong_in(rest) || is_prose(line) => text,
            // Within a sentence it has to be the last of its line.
            None if matches!(closer, Closer::Dollars) && at != first && !line.is_empty() => text,
            // An escaped bracket before words.
            None if matches!(closer, Closer::Bracket) && line.contains(']') && !is_tex(line) => {
                text
            }
            None if matches!(closer, Closer::Paren) && line.is_empty() && at != first => text,
            None => Found::Open(closer, 2),
        }
    }

    /// Between `\begin{align}` and `\end{align}`, which stand without other marks.
    fn environment(&self, at: usize, first: usize) -> Found {
        let rest = self.from(at);
        let name = rest
            .strip_prefix("\\begin{")
            .and_then(|rest| rest.split_once('}'));
        let Some((name, after)) = name.filter(|(name, _)| ENVIRONMENTS.contains(name)) else {
            return Found::Text(1);
        };
        let length = rest.len() - after.len();
        let closer = Closer::Environment(name.to_owned(), 1);
        match closer.find(after).at() {
            Some(inner) => Found::Formula(Span {
                start: at,
                end: at + length + inner + closer.length(),
                marks: (0, 0),
                form: if at == first {
                    Form::Display
                } else {
                    Form::Inline
                },
                quotes: 0,
            }),
            None if at == first || after.trim().is_empty() => {
                Found::Open(closer.after(after), length)
            }
            None => Found::Text(length),
        }
    }
}

/// Environments that are formulas by themselves.
const ENVIRONMENTS: [&str; 34] = [
    "equation",
    "equation*",
    "align",
    "align*",
    "aligned",
    "alignat",
    "alignat*",
    "alignedat",
    "gather",
    "gather*",
    "gathered",
    "multline",
    "multline*",
    "split",
    "eqnarray",
    "eqnarray*",
    "flalign",
    "flalign*",
    "displaymath",
    "math",
    "cases",
    "dcases",
    "rcases",
    "array",
    "matrix",
    "pmatrix",
    "bmatrix",
    "Bmatrix",
    "vmatrix",
    "Vmatrix",
    "smallmatrix",
    "subarray",
    "darray",
    "drcases",
];

/// How many bytes to skip: an escaped character, a code span, an address.
fn skip(rest: &str) -> usize {
    let next = |rest: &str| rest.chars().next().map_or(1, char::len_utf8);
    match rest.as_bytes() {
        [b'\\', after, ..] if after.is_ascii_punctuation() => 2,
        [b'`', ..] => {
            let length = run(rest, b'`');
            let mut at = length;
            while let Some(found) = rest.get(at..).and_then(|rest| rest.find('`')) {
                let closing = run(rest.get(at + found..).unwrap_or_default(), b'`');
                at += found + closing;
                if closing == length {
                    return at;
                }
            }
            length
        }
        [b'<', ..] => match rest.split_once('>') {
            Some((link, _)) if link.contains(':') && !link.contains(char::is_whitespace) => {
                link.len() + 1
            }
            _ => 1,
        },
        [b']', b'(', ..] => match rest.find([')', ' ', '\n']) {
            Some(end) => end,
            None => rest.len(),
        },
        [b'h', ..] if rest.starts_with("http://") || rest.starts_with("https://") => rest
            .find(|c: char| {
                c.is_whitespace() || !c.is_ascii() || matches!(c, '<' | '>' | ')' | '|')
            })
            .unwrap_or(rest.len()),
        _ => next(rest),
    }
}
