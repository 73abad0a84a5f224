//! Finds formulas in a text as it grows, line by line, before it is parsed.
//!
//! A formula that was found is hidden from the parser (see [`crate::source`]), so
//! nothing in it is read as markdown: no `_`, no `|`, no line that looks like an
//! item. What is found depends on the text alone, not on how it came. A formula
//! that is open holds back the line that it begins in: see [`Scanner::settled`].

mod doubled;
mod line;
mod lines;
mod open;
mod plausible;
mod span;

use line::formulas;
use lines::{Lines, Prefix};
use open::{Going, Open};
use span::run;

pub(crate) use doubled::halved;
pub(crate) use lines::behind_quotes;
pub(crate) use span::{DOUBLED, Form, Span};

/// A fenced code block.
#[derive(Clone)]
struct Fence {
    mark: u8,
    length: usize,
    quotes: usize,
    /// The column where the text of the item begins that it stands in.
    list: usize,
}

/// Where the search stands.
#[derive(Clone, Default)]
struct State {
    /// The line that is next.
    at: usize,
    /// Where in that line, if its beginning was looked at.
    resume: Option<usize>,
    /// Where the line begins that the parser will see: formulas join lines.
    joined: usize,
    fence: Option<Fence>,
    open: Option<Open>,
    /// The column where the text of the last item begins.
    list: usize,
    /// The last line was blank.
    blank: bool,
    /// The last line was indented code.
    indented: bool,
}

/// Finds formulas in a text that grows.
#[derive(Default)]
pub(crate) struct Scanner {
    state: State,
    spans: Vec<Span>,
}

impl Scanner {
    /// Looks at the lines of `text`, all whole, that were not looked at.
    pub(crate) fn scan(&mut self, text: &str) {
        self.state.run(text, &mut self.spans);
    }

    /// Up to where it is known how the lines are read: a line start.
    pub(crate) fn settled(&self) -> usize {
        match self.state.open {
            Some(_) => self.state.joined,
            None => self.state.at,
        }
    }

    /// The formulas that begin at `from` or after.
    pub(crate) fn since(&self, from: usize) -> &[Span] {
        let first = self.spans.partition_point(|span| span.start < from);
        self.spans.get(first..).unwrap_or_default()
    }

    /// The formulas behind those that are known, where `text`, whose last line need
    /// not be whole, ends here.
    pub(crate) fn rest(&self, text: &str) -> Vec<Span> {
        let mut state = self.state.clone();
        let mut spans = Vec::new();
        state.run(text, &mut spans);
        while state.open.as_ref().is_some_and(|open| !open.hides()) {
            state.give_up();
            state.run(text, &mut spans);
        }
        if let Some(open) = state.open {
            spans.push(Span {
                start: open.start,
                end: text
                    .trim_end_matches('\n')
                    .len()
                    .max(open.start + open.length),
                marks: (0, 0),
                form: Form::Open,
                quotes: open.quotes,
            });
        }
        spans
    }
}

impl State {
    fn run(&mut self, text: &str, spans: &mut Vec<Span>) {
        while self.at < text.len() {
            let lines = Lines::new(text, self.at);
            let from = match (&mut self.open, self.resume.take()) {
                (Some(open), _) => match open.go_on(&lines) {
                    Going::On => {
                        self.at = lines.end;
                        continue;
                    }
                    Going::Wrong => {
                        self.give_up();
                        continue;
                    }
                    Going::Closed(span) => {
                        let end = span.end;
                        spans.push(span);
                        self.open = None;
                        end
                    }
                },
                (None, Some(from)) => from,
                (None, None) => {
                    self.joined = self.at;
                    match self.enter(&lines) {
                        Some(from) => from,
                        None => {
                            self.at = lines.end;
                            continue;
                        }
                    }
                }
            };
            self.open = formulas(&lines, from, spans);
            self.at = lines.end;
        }
    }

    /// The formula that is open is none: what it began with is text.
    fn give_up(&mut self) {
        if let Some(open) = self.open.take() {
            self.at = open.line;
            self.resume = Some(open.start + open.length);
        }
    }

    /// Where the text of a line begins; `None` where it is code or holds none.
    fn enter(&mut self, lines: &Lines<'_>) -> Option<usize> {
        let prefix = Prefix::of(lines.line());
        let content = lines.line().get(prefix.length..).unwrap_or_default();
        if content.trim().is_empty() {
            self.blank = true;
            return None;
        }
        let blank = std::mem::take(&mut self.blank);
        if let Some(fence) = &self.fence {
            let ended = prefix.quotes < fence.quotes || prefix.columns < fence.list;
            if !ended {
                if fence.closes(content) {
                    self.fence = None;
                }
                return None;
            }
            self.fence = None;
        }
        if prefix.marker.is_none() {
            let deep = prefix.columns >= self.list + 4;
            self.indented = deep && (blank || self.indented);
            if self.indented {
                self.blank = blank;
                return None;
            }
            if blank {
                self.list = self.list.min(prefix.columns);
            }
        } else {
            self.indented = false;
            self.list = prefix.columns;
        }
        let list = if prefix.columns >= self.list {
            self.list
        } else {
            0
        };
        self.fence = Fence::open(content, prefix.quotes, list);
        let defines = content.starts_with('[') && !content.starts_with("[^");
        if self.fence.is_some() || (defines && content.contains("]:")) {
            return None;
        }
        Some(lines.start + prefix.length)
    }
}

impl Fence {
    fn open(content: &str, quotes: usize, list: usize) -> Option<Self> {
        let mark = content.bytes().next()?;
        let length = run(content, mark);
        let rest = content.get(length..)?;
        let opens = length >= 3 && (mark == b'~' || (mark == b'`' && !rest.contains('`')));
        opens.then_some(Self {
            mark,
            length,
            quotes,
            list,
        })
    }

    fn closes(&self, content: &str) -> bool {
        let length = run(content, self.mark);
        let rest = content.get(length..).unwrap_or_default();
        length >= self.length && rest.trim().is_empty()
    }
}
