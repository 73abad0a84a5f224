//! Reasoning that a provider writes into the text, between tags such as `<think>`.
//!
//! Only leading tags count. A part of a tag at the end of a chunk is held back until
//! the next one tells what it is.

use super::code::Code;
use super::tags::{HEADS, Pair, THOUGHTS, lone_closes};

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
    Inside(Pair, bool),
    /// White space after the closing tag is dropped, and further thoughts may come.
    After,
    /// Text, and a closing tag without its opening one may yet come.
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
    /// Tags in code are quoted.
    code: Code,
    /// The last character that was given out while watching.
    last: Option<char>,
}

impl Think {
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
        let opened = |pair: &Pair| Some((*pair, lead.strip_prefix(pair.open)?));
        let opened = THOUGHTS.iter().find_map(opened);
        if let Some((pair, rest)) = opened {
            self.state = State::Inside(pair, true);
            self.inside(rest, pair, true, out);
            return true;
        }
        let dropped = HEADS.iter().find_map(|head| lead.strip_prefix(head));
        // Of thoughts that came in a field, or that were none.
        let closed = lone_closes().find_map(|close| lead.strip_prefix(close));
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
        let opens = THOUGHTS.iter().map(|pair| pair.open);
        let tags = opens.chain(lone_closes());
        tags.chain(HEADS.iter().copied())
            .any(|tag| tag.starts_with(lead))
    }

    fn inside(&mut self, text: &str, pair: Pair, fresh: bool, out: &mut impl FnMut(Piece<'_>)) {
        let text = if fresh { text.trim_start() } else { text };
        if let Some((thought, rest)) = text.split_once(pair.close) {
            self.reasoning(thought.trim_end(), out);
            self.state = State::After;
            return self.after(rest, out);
        }
        let (thought, held) = text.split_at(text.len() - partial(text, pair.close));
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
        let mut from = 0;
        let mut end = text.len();
        let places = memchr::memchr3_iter(b'<', b'[', LOZENGE, text.as_bytes());
        for at in places {
            let Some(tag) = text.get(at..) else {
                continue;
            };
            // What stands before it is passed and shown once, whatever the tag is.
            let before = text.get(from..at).unwrap_or_default();
            self.pass(before);
            out_if(before, out);
            from = at;
            if THOUGHTS.iter().any(|pair| tag.starts_with(pair.open)) {
                if self.code.within() {
                    continue;
                }
                // A pair within the text: none of it is reasoning.
                self.state = State::Plain;
                break;
            }
            if let Some(rest) = lone_closes().find_map(|close| tag.strip_prefix(close)) {
                if !last && rest.is_empty() && self.apart() {
                    end = at;
                    break;
                }
                if self.code.within() || self.mentioned(rest) {
                    continue;
                }
                out(Piece::Orphan);
                self.state = State::After;
                return if last {
                    self.end_after(rest, out)
                } else {
                    self.after(rest, out)
                };
            }
            let mut opens = THOUGHTS.iter().map(|pair| pair.open);
            let is_part = |of: &'static str| of.starts_with(tag);
            if !last && (opens.any(is_part) || lone_closes().any(is_part)) {
                end = at;
                break;
            }
        }
        let shown = text.get(from..end).unwrap_or_default();
        self.pass(shown);
        out_if(shown, out);
        self.hold.push_str(text.get(end..).unwrap_or_default());
    }

    fn end_after(&mut self, rest: &str, out: &mut impl FnMut(Piece<'_>)) {
        out_if(rest.trim_start(), out);
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

/// The first byte of `◁`, in UTF-8.
const LOZENGE: u8 = 0xE2;
/// What stands around a word that is quoted.
const QUOTES: &str = "\"'“”‘’「」『』《》()（）";
/// What follows a word in a sentence.
const MARKS: &str = ".,;:!?。，；：！？、";

fn out_if(text: &str, out: &mut impl FnMut(Piece<'_>)) {
    if !text.is_empty() {
        out(Piece::Text(text));
    }
}

/// Bytes at the end of `text` that may be the start of `tag`.
fn partial(text: &str, tag: &str) -> usize {
    let first = tag.chars().next().unwrap_or('<');
    match text.rfind(first) {
        Some(at) if tag.starts_with(text.split_at(at).1) => text.len() - at,
        // Such as `<<|end|>`, which a rfind finds too late.
        _ => 0,
    }
}

#[cfg(test)]
mod tests {
    use super::super::tags::ENDS;
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
    fn a_token_that_ends_a_turn_is_no_closing_tag() {
        for end in ENDS {
            for text in [
                format!("Hello{end}"),
                format!("Each turn ends with {end}\nand so on"),
                format!("{end}Hello"),
            ] {
                every_way(&text, &text, "");
            }
        }
    }

    /// Would take hours if what was passed were looked at again.
    #[test]
    fn a_large_piece_with_many_tags_in_code_is_read_once() {
        for tag in ["`<think>` ", "`</think>` ", "\"</think>\" ", "<<<<"] {
            let text = tag.repeat(4 * 1024 * 1024 / tag.len());
            assert_eq!(run(&[&text]), (text, String::new()), "{tag}");
        }
    }

    #[test]
    fn every_pair_leads_whatever_it_is_called() {
        for Pair { open, close } in THOUGHTS {
            every_way(&format!("{open}\nhm\n{close}\n\nHello"), "Hello", "hm");
            every_way(&format!("\n{open}a < b{close}c"), "c", "a < b");
            every_way(&format!("{open}{close}\nHello"), "Hello", "");
            every_way(
                &format!("a `{open}b{close}` c"),
                &format!("a `{open}b{close}` c"),
                "",
            );
        }
        every_way(
            "<thinking>hm</thinking>Hello",
            "<thinking>hm</thinking>Hello",
            "",
        );
    }

    #[test]
    fn channels_lead_to_the_answer() {
        every_way(
            "<|channel|>analysis<|message|>hm<|end|><|start|>assistant<|channel|>final<|message|>Hello",
            "Hello",
            "hm",
        );
        every_way("<|channel|>final<|message|>Hello", "Hello", "");
        every_way("<think>a</think>\n<think>b</think>\nHello", "Hello", "ab");
        every_way("<|im_start|>assistant\nHello", "Hello", "");
    }

    #[test]
    fn tags_that_are_spoken_of_are_text() {
        for text in [
            "The </think> tag closes it.",
            "（“</think>”）closes it.",
            "```html\n</think>\n```\nand so on",
            "```\n<think>a</think>\n```",
            "[link](x) and a [THI",
        ] {
            every_way(text, text, "");
        }
    }

    #[test]
    fn a_lone_closing_tag_after_a_field_is_dropped() {
        for close in ["</think>", "</thought>", "<channel|>", "[/THINK]"] {
            let mut pieces = String::new();
            let mut think = Think::default();
            let mut take = |piece: Piece<'_>| pieces += &format!("{piece:?}");
            assert!(think.take_field(&mut take));
            for c in format!("\n{close}\n\nHello").chars() {
                think.push(c.encode_utf8(&mut [0; 4]), &mut take);
            }
            think.finish(&mut take);
            let said = pieces.replace("\")Text(\"", "");
            assert_eq!(said, "Text(\"Hello\")", "{close}");
        }
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
