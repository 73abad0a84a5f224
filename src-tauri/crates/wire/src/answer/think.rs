//! Reasoning that a provider writes into the text, between `<think>` tags.
//!
//! Only a leading `<think>` counts. A part of a tag at the end of a chunk is held
//! back until the next one tells what it is.

const OPEN: &str = "<think>";
const CLOSE: &str = "</think>";
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
    /// Within the tags; `true` until something other than white space came.
    Inside(bool),
    /// White space after the closing tag is dropped.
    After,
    /// Text, and a `</think>` without its opening tag may yet come.
    Watching,
    /// Text, and nothing else any more.
    Plain,
}

#[derive(Debug, Default)]
pub(crate) struct Think {
    state: State,
    hold: String,
    /// Reasoning came in a field of its own: what the tags hold repeats it.
    fielded: bool,
    /// An odd number of backticks so far: a tag would be quoted code.
    in_code: bool,
}

impl Think {
    /// Bytes held back.
    pub fn held(&self) -> usize {
        self.hold.capacity()
    }

    /// Tells whether reasoning that came in a field is to be shown: not while
    /// the same reasoning is coming between tags.
    pub fn take_field(&mut self, out: &mut impl FnMut(Piece<'_>)) -> bool {
        if matches!(self.state, State::Inside(_)) && !self.fielded {
            return false;
        }
        self.fielded = true;
        if self.state == State::Watching {
            self.state = State::Plain;
            self.flush(out);
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
        match self.state {
            State::Inside(_) => {
                let held = std::mem::take(&mut self.hold);
                self.reasoning(held.trim_end(), out);
            }
            State::After => self.hold.clear(),
            _ => self.flush(out),
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
            State::Inside(fresh) => self.inside(text, fresh, out),
            State::After => {
                let text = text.trim_start();
                if !text.is_empty() {
                    self.state = State::Plain;
                    out(Piece::Text(text));
                }
            }
            State::Watching => self.watch(text, out),
            State::Plain => out(Piece::Text(text)),
        }
    }

    fn start(&mut self, text: &str, out: &mut impl FnMut(Piece<'_>)) {
        let lead = text.trim_start();
        if let Some(rest) = lead.strip_prefix(OPEN) {
            self.state = State::Inside(true);
            return self.inside(rest, true, out);
        }
        // Also true of nothing but white space.
        if OPEN.starts_with(lead) && text.len() < HOLD_LIMIT {
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

    fn inside(&mut self, text: &str, fresh: bool, out: &mut impl FnMut(Piece<'_>)) {
        let text = if fresh { text.trim_start() } else { text };
        if let Some((thought, rest)) = text.split_once(CLOSE) {
            self.reasoning(thought.trim_end(), out);
            self.state = State::After;
            return self.step(rest, out);
        }
        let (thought, held) = text.split_at(text.len() - partial_close(text));
        let shown = if thought.len() - thought.trim_end().len() < HOLD_LIMIT {
            thought.trim_end()
        } else {
            thought
        };
        if !shown.is_empty() {
            self.state = State::Inside(false);
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

    fn watch(&mut self, text: &str, out: &mut impl FnMut(Piece<'_>)) {
        let mut end = text.len();
        for (at, _) in text.match_indices('<') {
            let (before, tag) = text.split_at(at);
            if tag.starts_with(OPEN) {
                // A pair within the text: none of it is reasoning.
                self.state = State::Plain;
                break;
            }
            if let Some(rest) = tag.strip_prefix(CLOSE) {
                if self.in_code ^ odd_backticks(before) {
                    continue;
                }
                if !before.is_empty() {
                    out(Piece::Text(before));
                }
                out(Piece::Orphan);
                self.state = State::After;
                return self.step(rest, out);
            }
            if CLOSE.starts_with(tag) || OPEN.starts_with(tag) {
                end = at;
                break;
            }
        }
        let (shown, held) = text.split_at(end);
        self.in_code ^= odd_backticks(shown);
        if !shown.is_empty() {
            out(Piece::Text(shown));
        }
        self.hold.push_str(held);
    }
}

fn odd_backticks(text: &str) -> bool {
    memchr::memchr_iter(b'`', text.as_bytes()).count() % 2 == 1
}

/// Bytes at the end of `text` that may be the start of a closing tag.
fn partial_close(text: &str) -> usize {
    match text.rfind('<') {
        Some(at) if CLOSE.starts_with(text.split_at(at).1) => text.len() - at,
        _ => 0,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn run(chunks: &[&str]) -> (String, String) {
        let (mut text, mut reasoning) = (String::new(), String::new());
        let mut think = Think::default();
        let mut take = |piece: Piece<'_>| match piece {
            Piece::Text(t) => text.push_str(t),
            Piece::Reasoning(r) => reasoning.push_str(r),
            Piece::Orphan => {
                reasoning.push_str(text.trim_end());
                text.clear();
            }
        };
        for chunk in chunks {
            think.push(chunk, &mut take);
        }
        think.finish(&mut take);
        (text, reasoning)
    }

    fn every_way(whole: &str, text: &str, reasoning: &str) {
        let expected = (text.to_owned(), reasoning.to_owned());
        assert_eq!(run(&[whole]), expected, "{whole:?} whole");
        for (at, _) in whole.char_indices() {
            let (a, b) = whole.split_at(at);
            assert_eq!(run(&[a, b]), expected, "{whole:?} cut at {at}");
        }
        let single: Vec<String> = whole.chars().map(String::from).collect();
        let single: Vec<&str> = single.iter().map(String::as_str).collect();
        assert_eq!(run(&single), expected, "{whole:?} by characters");
    }

    #[test]
    fn a_leading_block_is_reasoning() {
        every_way("<think>\nhm\n</think>\nHello", "Hello", "hm");
        every_way("\n <think>a b</think>c < d", "c < d", "a b");
        every_way("<think>\n\n</think>\n\nHello", "Hello", "");
        every_way("<think>a </thin b</think>c", "c", "a </thin b");
        every_way("<think>only thought", "", "only thought");
    }

    #[test]
    fn other_tags_are_text() {
        every_way("a <think>b</think>c", "a <think>b</think>c", "");
        every_way("<thin ice", "<thin ice", "");
        every_way("<th", "<th", "");
        every_way("  spaced", "  spaced", "");
        every_way("1 < 2 </b> <", "1 < 2 </b> <", "");
    }

    #[test]
    fn a_closing_tag_alone_turns_the_text_before_it_into_reasoning() {
        every_way("hm\n</think>\nHello", "Hello", "hm");
        every_way("</think>Hello", "Hello", "");
        every_way("a</think>b</think>c", "b</think>c", "a");
        every_way("close it with `</think>`.", "close it with `</think>`.", "");
    }

    #[test]
    fn a_field_beats_the_tags() {
        let mut pieces = Vec::new();
        let mut take = |piece: Piece<'_>| pieces.push(format!("{piece:?}"));
        let mut think = Think::default();
        assert!(think.take_field(&mut take));
        think.push("<think>hm</think>Hel", &mut take);
        think.push("lo</think>", &mut take);
        think.finish(&mut take);
        assert_eq!(pieces, [r#"Text("Hel")"#, r#"Text("lo</think>")"#]);
    }
}
