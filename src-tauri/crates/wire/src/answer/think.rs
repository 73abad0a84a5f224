//! Reasoning that a provider writes into the text, between tags such as `<think>`.
//!
//! Only leading tags count. A part of a tag at the end of a chunk is held back until
//! the next one tells what it is.

#[cfg(test)]
mod tests;
mod watch;

use std::sync::Arc;

use self::watch::{Met, Watch};
use super::tags::{HEADS, Thoughts};
use crate::error::Rows;

/// More than this much white space is not held back.
const HOLD_LIMIT: usize = 4096;

/// A piece of text, told apart.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Piece<'a> {
    Text(&'a str),
    Reasoning(&'a str),
    /// All text so far was reasoning.
    Orphan,
}

#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
enum State {
    /// Nothing but white space so far.
    #[default]
    Start,
    /// Within the tags of this pair; `true` until something other than white space came.
    Inside(usize, bool),
    /// White space after the closing tag is dropped, and further thoughts may come.
    After,
    /// Text, and a closing tag without its opening one may yet come.
    Watching,
    /// Text, and nothing else any more.
    Plain,
}

#[derive(Debug, Default)]
pub(crate) struct Think {
    thoughts: Thoughts,
    state: State,
    hold: String,
    /// Reasoning came in a field of its own: what the tags hold repeats it.
    fielded: bool,
    watch: Watch,
}

impl Think {
    /// With the tags that a provider adds.
    pub fn of(rows: &Arc<Rows>) -> Self {
        Self {
            thoughts: Thoughts(Arc::clone(rows)),
            ..Self::default()
        }
    }

    /// Bytes held back.
    pub fn held(&self) -> usize {
        self.hold.capacity()
    }

    /// Tells whether reasoning that came in a field is to be shown: not while
    /// the same reasoning is coming between tags.
    pub fn take_field(&mut self, out: &mut impl FnMut(Piece<'_>)) -> bool {
        if matches!(self.state, State::Inside(..)) && !self.fielded {
            return false;
        }
        self.fielded = true;
        if self.state == State::Watching {
            let held = std::mem::take(&mut self.hold);
            self.watch(&held, true, out);
            if self.state == State::Watching {
                self.state = State::Plain;
            }
        }
        true
    }

    pub fn push(&mut self, text: &str, out: &mut impl FnMut(Piece<'_>)) {
        if text.is_empty() {
            return;
        }
        if self.state == State::Plain {
            return out(Piece::Text(text));
        }
        if self.hold.is_empty() {
            self.step(text, out);
        } else {
            let mut whole = std::mem::take(&mut self.hold);
            whole.push_str(text);
            self.step(&whole, out);
        }
    }

    /// The stream ended: what was held back is given out.
    pub fn finish(&mut self, out: &mut impl FnMut(Piece<'_>)) {
        let held = std::mem::take(&mut self.hold);
        match self.state {
            State::Inside(..) => self.reasoning(held.trim_end(), out),
            State::After if held.trim().is_empty() => {}
            State::Watching => self.watch(&held, true, out),
            _ => {
                self.hold = held;
                self.flush(out);
            }
        }
    }

    fn flush(&mut self, out: &mut impl FnMut(Piece<'_>)) {
        let held = std::mem::take(&mut self.hold);
        if !held.is_empty() {
            out(Piece::Text(&held));
        }
    }

    fn step(&mut self, text: &str, out: &mut impl FnMut(Piece<'_>)) {
        match self.state {
            State::Start => self.start(text, out),
            State::Inside(pair, fresh) => self.inside(text, pair, fresh, out),
            State::After => self.after(text, out),
            State::Watching => self.watch(text, false, out),
            State::Plain => out(Piece::Text(text)),
        }
    }

    fn start(&mut self, text: &str, out: &mut impl FnMut(Piece<'_>)) {
        let lead = text.trim_start();
        if self.lead(lead, out) {
            return;
        }
        if self.undecided(lead) && text.len() < HOLD_LIMIT {
            self.hold.push_str(text);
            return;
        }
        self.state = if self.fielded {
            State::Plain
        } else {
            State::Watching
        };
        self.step(text, out);
    }

    fn after(&mut self, text: &str, out: &mut impl FnMut(Piece<'_>)) {
        let lead = text.trim_start();
        if self.lead(lead, out) {
            return;
        }
        if self.undecided(lead) {
            // White space is dropped here.
            self.hold.push_str(lead);
            return;
        }
        self.state = State::Plain;
        out(Piece::Text(lead));
    }

    /// Takes a tag that leads the text; false where none does.
    fn lead(&mut self, lead: &str, out: &mut impl FnMut(Piece<'_>)) -> bool {
        if let Some((pair, rest)) = self.thoughts.opened(lead) {
            self.state = State::Inside(pair, true);
            self.inside(rest, pair, true, out);
            return true;
        }
        let dropped = HEADS.iter().find_map(|head| lead.strip_prefix(head));
        // Of thoughts that came in a field, or that were none.
        let closed = self.thoughts.closed(lead);
        let closed = closed.filter(|_| self.state == State::Start);
        let Some(rest) = dropped.or(closed) else {
            return false;
        };
        self.state = State::After;
        self.after(rest, out);
        true
    }

    /// True where a tag may have begun; of nothing at all as well.
    fn undecided(&self, lead: &str) -> bool {
        let tags = self.thoughts.opens().chain(self.thoughts.lone_closes());
        tags.chain(HEADS.iter().copied())
            .any(|tag| tag.starts_with(lead))
    }

    fn inside(&mut self, text: &str, pair: usize, fresh: bool, out: &mut impl FnMut(Piece<'_>)) {
        let text = if fresh { text.trim_start() } else { text };
        let close = self.thoughts.close(pair);
        if let Some((thought, rest)) = text.split_once(close) {
            self.reasoning(thought.trim_end(), out);
            self.state = State::After;
            return self.after(rest, out);
        }
        let (thought, held) = text.split_at(text.len() - partial(text, close));
        let shown = if thought.len() - thought.trim_end().len() < HOLD_LIMIT {
            thought.trim_end()
        } else {
            thought
        };
        if !shown.is_empty() {
            self.state = State::Inside(pair, false);
        }
        self.reasoning(shown, out);
        self.hold
            .push_str(thought.strip_prefix(shown).unwrap_or(""));
        self.hold.push_str(held);
    }

    fn reasoning(&self, thought: &str, out: &mut impl FnMut(Piece<'_>)) {
        if !thought.is_empty() && !self.fielded {
            out(Piece::Reasoning(thought));
        }
    }

    /// Text in which a closing tag alone may come: all before it is reasoning.
    fn watch(&mut self, text: &str, last: bool, out: &mut impl FnMut(Piece<'_>)) {
        let met = self.watch.read(text, last, &self.thoughts);
        let (shown, rest) = match met {
            Met::Nothing | Met::Pair => (text, ""),
            Met::Closed { at, .. } | Met::Begun(at) => text.split_at(at),
        };
        out_if(shown, out);
        match met {
            Met::Nothing => {}
            Met::Pair => self.state = State::Plain,
            Met::Begun(_) => self.hold.push_str(rest),
            Met::Closed { behind, .. } => {
                let rest = text.get(behind..).unwrap_or_default();
                out(Piece::Orphan);
                self.state = State::After;
                if last {
                    out_if(rest.trim_start(), out);
                } else {
                    self.after(rest, out);
                }
            }
        }
    }
}

fn out_if(text: &str, out: &mut impl FnMut(Piece<'_>)) {
    if !text.is_empty() {
        out(Piece::Text(text));
    }
}

/// Bytes at the end of `text` that may be the start of `tag`.
fn partial(text: &str, tag: &str) -> usize {
    let starts = (1..tag.len()).rev().filter_map(|end| tag.get(..end));
    let mut held = starts.filter(|start| text.ends_with(start));
    held.next().map_or(0, str::len)
}
