//! What stands in the text of an answer and is none: marks of a box, tokens that end
//! a turn, and pictures as data URLs. In code all of it is text: there somebody asked
//! about it.

use bytes::Bytes;

use super::code::Code;
use super::embedded::{self, Embedded, End, Found};
use super::tags::{BOX, ENDS, STRUCK};

/// More than this much of white space and tokens is not held back.
const ENDS_LIMIT: usize = 64 * 1024;

/// A piece of the text, told apart.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Mark<'a> {
    Text(&'a str),
    Picture(Bytes),
    /// A picture that could not be read.
    Unread,
}

/// A text that is read for marks as it comes.
#[derive(Debug, Default)]
pub(super) struct Marks {
    code: Code,
    /// What the next piece tells of.
    hold: String,
    /// Tokens that end a turn, and white space: nothing else came since.
    ends: String,
    picture: Option<Embedded>,
    /// Something other than white space was given out.
    said: bool,
    /// The last thing that was given out ends a word.
    between: Between,
    /// `<s>` stands in the text: `</s>` closes it.
    struck: bool,
}

/// True where a word may begin.
#[derive(Debug, Clone, Copy)]
struct Between(bool);

impl Default for Between {
    fn default() -> Self {
        Self(true)
    }
}

/// What a place of the text is.
enum Place {
    Text,
    /// What comes next tells.
    Open,
    /// So many bytes are left out.
    Mark(usize),
    /// A token that ends a turn.
    Ends,
    /// A picture begins, after so many bytes.
    Picture(Embedded, usize),
}

impl Marks {
    /// Bytes held back.
    pub fn held(&self) -> usize {
        self.hold.capacity()
            + self.ends.capacity()
            + self.picture.as_ref().map_or(0, Embedded::held)
    }

    /// Takes more of the text.
    pub fn push(&mut self, text: &str, out: &mut dyn FnMut(Mark<'_>)) {
        if self.hold.is_empty() {
            return self.read(text, out);
        }
        let mut whole = std::mem::take(&mut self.hold);
        whole.push_str(text);
        self.read(&whole, out);
    }

    /// The text ended: what was held back is given out, unless it ends a turn.
    pub fn finish(&mut self, out: &mut dyn FnMut(Mark<'_>)) {
        if let Some(picture) = self.picture.take() {
            self.close(picture, out);
        }
        let held = std::mem::take(&mut self.hold);
        let ends = std::mem::take(&mut self.ends);
        if !(held.is_empty() && self.said) {
            self.say(&ends, out);
        }
        self.say(&held, out);
        *self = Self::default();
    }

    fn read(&mut self, text: &str, out: &mut dyn FnMut(Mark<'_>)) {
        let mut rest = text;
        while !rest.is_empty() {
            if let Some(mut picture) = self.picture.take() {
                let Some(taken) = picture.take(rest) else {
                    self.picture = Some(picture);
                    return;
                };
                self.close(picture, out);
                rest = rest.get(taken..).unwrap_or_default();
                continue;
            }
            if !self.ends.is_empty() {
                rest = self.more_ends(rest);
                if rest.is_empty() {
                    return;
                }
                if may_become(rest, ENDS) {
                    self.hold.push_str(rest);
                    return;
                }
                let ends = std::mem::take(&mut self.ends);
                self.say(&ends, out);
            }
            let at = self.next(rest);
            let (before, here) = rest.split_at(at);
            self.say(before, out);
            if here.is_empty() {
                return;
            }
            rest = match self.place(here) {
                Place::Open => {
                    self.hold.push_str(here);
                    return;
                }
                Place::Mark(length) => here.get(length..).unwrap_or_default(),
                Place::Picture(picture, length) => {
                    self.picture = Some(picture);
                    here.get(length..).unwrap_or_default()
                }
                Place::Ends => {
                    let length = token(here, ENDS).unwrap_or_default();
                    self.ends.push_str(here.get(..length).unwrap_or_default());
                    here.get(self.ends.len()..).unwrap_or_default()
                }
                Place::Text => {
                    let (one, rest) = here.split_at(1);
                    self.say(one, out);
                    rest
                }
            };
        }
    }

    /// Takes further tokens that end a turn, and white space.
    fn more_ends<'a>(&mut self, text: &'a str) -> &'a str {
        let mut rest = text;
        while self.ends.len() < ENDS_LIMIT {
            let blanks = rest.len() - rest.trim_start().len();
            let length = match blanks {
                0 => token(rest, ENDS).unwrap_or_default(),
                blanks => blanks,
            };
            if length == 0 {
                break;
            }
            let (more, after) = rest.split_at(length);
            self.ends.push_str(more);
            rest = after;
        }
        rest
    }

    /// Where the next mark may begin.
    fn next(&self, text: &str) -> usize {
        let mut between = self.between.0;
        // No further than the mark: what follows is looked at when it is its turn.
        let place = text.bytes().position(|byte| {
            let begins = match byte {
                b'<' | b'[' | b'!' => true,
                b'd' | b'D' => between,
                _ => false,
            };
            between = is_between(byte);
            begins
        });
        place.unwrap_or(text.len())
    }

    fn place(&mut self, here: &str) -> Place {
        if self.code.within() {
            return Place::Text;
        }
        match embedded::begins(here) {
            Found::Begins(picture, length) => return Place::Picture(picture, length),
            Found::Open => return Place::Open,
            Found::None => {}
        }
        if let Some(length) = token(here, &[BOX.open, BOX.close]) {
            return Place::Mark(length);
        }
        if here.starts_with(STRUCK) {
            self.struck = true;
            return Place::Text;
        }
        if token(here, ENDS).is_some() {
            if self.struck && here.starts_with("</s>") {
                self.struck = false;
                return Place::Text;
            }
            return Place::Ends;
        }
        if may_become(here, &[BOX.open, BOX.close, STRUCK]) || may_become(here, ENDS) {
            return Place::Open;
        }
        Place::Text
    }

    fn say(&mut self, text: &str, out: &mut dyn FnMut(Mark<'_>)) {
        let Some(last) = text.bytes().next_back() else {
            return;
        };
        self.code.pass(text);
        self.said = self.said || !text.trim_start().is_empty();
        self.between = Between(is_between(last));
        out(Mark::Text(text));
    }

    /// Gives out a picture that is over.
    fn close(&mut self, picture: Embedded, out: &mut dyn FnMut(Mark<'_>)) {
        let (mark, after) = match picture.end() {
            End::Picture(bytes, after) => (Mark::Picture(bytes), after),
            End::Unread(after) => (Mark::Unread, after),
            End::Text(raw) => return self.say(&raw, out),
        };
        self.said = true;
        self.between = Between(true);
        out(mark);
        self.say(&after, out);
    }
}

fn is_between(byte: u8) -> bool {
    byte.is_ascii_whitespace() || matches!(byte, b'(' | b'"' | b'\'' | b':' | b'=')
}

/// The length of the token that `text` begins with.
fn token(text: &str, tokens: &[&str]) -> Option<usize> {
    let found = tokens.iter().find(|token| text.starts_with(**token));
    found.map(|token| token.len())
}

/// True when `text` is the beginning of a token.
fn may_become(text: &str, tokens: &[&str]) -> bool {
    tokens.iter().any(|token| token.starts_with(text))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn run<'a>(pieces: impl IntoIterator<Item = &'a str>) -> (String, Vec<Bytes>) {
        let (mut text, mut pictures) = (String::new(), Vec::new());
        let mut marks = Marks::default();
        let mut take = |mark: Mark<'_>| match mark {
            Mark::Text(more) => text.push_str(more),
            Mark::Picture(bytes) => pictures.push(bytes),
            Mark::Unread => pictures.push(Bytes::from_static(b"unread")),
        };
        for piece in pieces {
            marks.push(piece, &mut take);
        }
        marks.finish(&mut take);
        (text, pictures)
    }

    fn every_way(whole: &str, text: &str, pictures: &[&[u8]]) {
        let wanted = (
            text.to_owned(),
            pictures.iter().map(|p| Bytes::copy_from_slice(p)).collect(),
        );
        assert_eq!(run([whole]), wanted, "{whole:?} whole");
        for (at, _) in whole.char_indices() {
            let (a, b) = whole.split_at(at);
            assert_eq!(run([a, b]), wanted, "{whole:?} cut at {at}");
        }
        let single: Vec<String> = whole.chars().map(String::from).collect();
        let single = single.iter().map(String::as_str);
        assert_eq!(run(single), wanted, "{whole:?} by characters");
    }

    fn stays(text: &str) {
        every_way(text, text, &[]);
    }

    #[test]
    fn the_marks_of_a_box_are_no_text() {
        every_way("It is <|begin_of_box|>42<|end_of_box|>.", "It is 42.", &[]);
        every_way("<|begin_of_box|>[[1,2]]<|end_of_box|>", "[[1,2]]", &[]);
        stays("GLM writes `<|begin_of_box|>` around it.");
        stays("```\n<|begin_of_box|>\n```\n");
        stays("a <|begin_of");
    }

    #[test]
    fn tokens_that_end_a_turn_are_dropped_at_the_end() {
        for end in ENDS {
            every_way(&format!("Hello{end}"), "Hello", &[]);
            every_way(&format!("Hello\n{end}\n{end}\n"), "Hello\n", &[]);
            stays(&format!("The token {end} ends a turn."));
            stays(&format!("It is `{end}`"));
            stays(&format!("```\na{end}"));
            stays(end);
        }
        every_way("Hello</s><|im_end|>", "Hello", &[]);
        stays("old: <s>5</s>");
        stays("a </");
        every_way(&format!("a{}", "<|im_end|>\n".repeat(50)), "a", &[]);
    }

    #[test]
    fn pictures_in_the_text_are_taken_out() {
        let png = "data:image/png;base64,aGVsbG8=";
        every_way(
            &format!("Look: ![a cat]({png}) there"),
            "Look:  there",
            &[b"hello"],
        );
        every_way(&format!("![]({png} \"title\")"), "", &[b"hello"]);
        every_way(&format!("a\n{png}\nb"), "a\n\nb", &[b"hello"]);
        every_way(png, "", &[b"hello"]);
        every_way(
            &format!("<img alt=\"x\" src=\"{png}\"/>b"),
            "b",
            &[b"hello"],
        );
        every_way(
            &format!("![a]({png})![b](data:image/webp;base64,aGk)"),
            "",
            &[b"hello", b"hi"],
        );
        stays(&format!("`{png}`"));
        stays(&format!("```html\n<img src=\"{png}\">\n```"));
        stays("![a](https://a.example/b.png) and ![b](data:image/svg+xml,<svg/>)");
        stays("a data:image/png;base64,=!");
        stays("dog! [dim] <img src=\"a.png\"> !");
    }

    #[test]
    fn base64_is_read_however_it_is_written() {
        every_way("![](data:image/png;base64,aGVsbG8%3D)b", "b", &[b"hello"]);
        every_way("data:image/png;base64,aGVsbG8%3D", "", &[b"hello"]);
        // Cut off, at the end and before more text.
        every_way("![](data:image/png;base64,aGVsb", "", &[b"hel"]);
        every_way("![](data:image/png;base64,aGVsbG8=\nb", "\nb", &[b"hello"]);
        let line = "QUFB".repeat(19);
        for end in ["\n", "\r\n"] {
            let wrapped = format!("data:image/png;base64,{line}{end}{line}{end}QUE=");
            let bytes = "A".repeat(2 * 57 + 2);
            let bytes: &[&[u8]] = &[bytes.as_bytes()];
            every_way(&format!("![a]({wrapped})b"), "b", bytes);
            every_way(&format!("![a]({wrapped}{end})b"), "b", bytes);
            every_way(&format!("<img src=\"{wrapped}\">b"), "b", bytes);
        }
    }

    #[test]
    fn much_base64_is_never_text() {
        let much = "QUFB".repeat(2000);
        for (text, after) in [
            (format!("![](data:image/png;base64,={much})b"), "b"),
            (format!("data:image/png;base64,={much} b"), " b"),
            (format!("![](data:image/png;base64,={much}\nb"), "\nb"),
            (format!("<img src=\"data:image/png;base64,={much}"), ""),
        ] {
            let wanted = (after.to_owned(), vec![Bytes::from_static(b"unread")]);
            assert_eq!(run([text.as_str()]), wanted);
            let (a, b) = text.split_at(5000);
            assert_eq!(run([a, b]), wanted);
        }
        // More than is held.
        let much = "QUFB".repeat(9 * 1024 * 1024);
        let (a, b) = much.split_at(much.len() / 2);
        let said = run(["a ![](data:image/png;base64,", a, b, ") b"]);
        assert_eq!(said, ("a  b".into(), vec![Bytes::from_static(b"unread")]));
    }

    /// Would take hours if each mark looked over all that follows.
    #[test]
    fn a_large_piece_with_many_marks_is_read_once() {
        for mark in [
            "d ",
            "![",
            "![](data:image/png;base64,= ",
            "<img ",
            "[e~",
            "<s",
        ] {
            let text = mark.repeat(4 * 1024 * 1024 / mark.len());
            assert_eq!(run([text.as_str()]), (text.clone(), vec![]), "{mark}");
        }
    }
}
