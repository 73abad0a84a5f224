//! Escapes, read character by character: `%2F`, `\u002f`, `\/`, `\x2f`, `&#47;`.

use std::collections::VecDeque;

/// Bytes of the longest escape: `&#x0002F;`.
pub(super) const LONGEST: usize = 9;

/// A byte of a text, and where in the original it is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Spelt {
    pub byte: u8,
    pub from: u64,
    pub to: u64,
}

/// What bytes begin with.
#[derive(Debug, PartialEq, Eq)]
enum Start {
    /// An escape of this many bytes for this character.
    Escape(u32, usize),
    /// The same for a byte.
    Byte(u8, usize),
    /// What may become one.
    Part,
    Plain,
}

/// The first escape in `bytes` at or after `from`, one that their end cuts off
/// included; that end when there is none.
#[inline]
pub(super) fn next_escape(bytes: &[u8], from: usize) -> usize {
    let rest = bytes.get(from..).unwrap_or_default();
    memchr::memchr3_iter(b'%', b'\\', b'&', rest)
        .map(|at| from + at)
        .find(|at| start(bytes.get(*at..).unwrap_or_default()) != Start::Plain)
        .unwrap_or(bytes.len())
}

/// True when `bytes` are the first part of an escape.
pub(super) fn is_part(bytes: &[u8]) -> bool {
    start(bytes) == Start::Part
}

/// True for a byte that an escape begins with.
pub(super) fn may_escape(byte: u8) -> bool {
    matches!(byte, b'%' | b'\\' | b'&')
}

fn start(bytes: &[u8]) -> Start {
    match bytes {
        [b'%', rest @ ..] => digits(rest, 2, 1),
        [b'\\', b'x', rest @ ..] => digits(rest, 2, 2),
        [b'\\', b'u', rest @ ..] => match digits(rest, 4, 2) {
            Start::Byte(byte, length) => Start::Escape(byte.into(), length),
            other => other,
        },
        [b'\\', byte @ (b'/' | b'"' | b'\\'), ..] => Start::Byte(*byte, 2),
        [b'&', b'#', b'x' | b'X', rest @ ..] => reference(rest, 16, 3),
        [b'&', b'#', rest @ ..] => reference(rest, 10, 2),
        [b'\\' | b'&'] => Start::Part,
        _ => Start::Plain,
    }
}

/// `count` hexadecimal digits after `before` bytes.
fn digits(rest: &[u8], count: usize, before: usize) -> Start {
    let digits = rest.get(..count.min(rest.len())).unwrap_or_default();
    match (number(digits, 16), digits.len() == count) {
        (Some(code), true) => match u8::try_from(code) {
            Ok(byte) => Start::Byte(byte, before + count),
            Err(_) => Start::Escape(code, before + count),
        },
        (Some(_), false) => Start::Part,
        (None, _) => Start::Plain,
    }
}

/// A number and a semicolon, of HTML.
fn reference(rest: &[u8], radix: u32, before: usize) -> Start {
    let most = LONGEST - before;
    let rest = rest.get(..most.min(rest.len())).unwrap_or_default();
    let end = memchr::memchr(b';', rest);
    let digits = rest.get(..end.unwrap_or(rest.len())).unwrap_or_default();
    match (number(digits, radix), end) {
        (Some(code), Some(end)) if end > 0 => Start::Escape(code, before + end + 1),
        (Some(_), None) if rest.len() < most => Start::Part,
        _ => Start::Plain,
    }
}

fn number(digits: &[u8], radix: u32) -> Option<u32> {
    digits.iter().try_fold(0_u32, |number, digit| {
        let digit = char::from(*digit).to_digit(radix)?;
        number.checked_mul(radix)?.checked_add(digit)
    })
}

/// Reads the escapes of a text that comes byte by byte.
#[derive(Debug, Default, Clone)]
pub(super) struct Unescape {
    /// What may become an escape.
    pending: VecDeque<Spelt>,
}

impl Unescape {
    /// Nothing is pending.
    pub fn is_empty(&self) -> bool {
        self.pending.is_empty()
    }

    pub fn clear(&mut self) {
        self.pending.clear();
    }

    /// The text ended: what was pending is no escape.
    pub fn end(&mut self, out: &mut Vec<Spelt>) {
        out.extend(self.pending.drain(..));
    }

    /// Takes a byte and adds what is certain now to `out`.
    pub fn push(&mut self, next: Spelt, out: &mut Vec<Spelt>) {
        if self.pending.is_empty() && !may_escape(next.byte) {
            out.push(next);
            return;
        }
        self.pending.push_back(next);
        while let Some(first) = self.pending.front().copied() {
            let mut bytes = [0; LONGEST];
            let held = self.pending.len().min(LONGEST);
            for (byte, spelt) in bytes.iter_mut().zip(&self.pending) {
                *byte = spelt.byte;
            }
            let (code, length) = match start(bytes.get(..held).unwrap_or_default()) {
                Start::Part => return,
                Start::Plain => {
                    self.pending.pop_front();
                    out.push(first);
                    continue;
                }
                Start::Byte(byte, length) => (Ok(byte), length),
                Start::Escape(code, length) => (Err(code), length),
            };
            let last = self.pending.get(length - 1).map_or(first.to, |s| s.to);
            self.pending.drain(..length.min(held));
            let mut say = |byte| {
                out.push(Spelt {
                    byte,
                    from: first.from,
                    to: last,
                });
            };
            match code.map_err(char::from_u32) {
                Ok(byte) => say(byte),
                Err(Some(c)) => c.encode_utf8(&mut [0; 4]).bytes().for_each(say),
                // Half a surrogate pair: a byte of no text.
                Err(None) => say(0xFF),
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The text with its escapes read once, and what is written for each byte.
    fn read(text: &str) -> Vec<(u8, &str)> {
        let mut unescape = Unescape::default();
        let mut out = Vec::new();
        for (at, byte) in (0..).zip(text.bytes()) {
            let (from, to) = (at, at + 1);
            unescape.push(Spelt { byte, from, to }, &mut out);
        }
        out.iter()
            .map(|s| (s.byte, &text[s.from as usize..s.to as usize]))
            .collect()
    }

    #[test]
    fn escapes_are_read_once_and_traced_to_where_they_stand() {
        assert_eq!(read("a%2Fb"), [(b'a', "a"), (b'/', "%2F"), (b'b', "b")]);
        assert_eq!(read("%2f"), [(b'/', "%2f")]);
        assert_eq!(read(r"\u002F\/"), [(b'/', r"\u002F"), (b'/', r"\/")]);
        assert_eq!(
            read(r"\\u0041"),
            [(b'\\', r"\\")]
                .into_iter()
                .chain("u0041".char_indices().map(|(at, _)| {
                    let tail = &"u0041"[at..=at];
                    (tail.as_bytes()[0], tail)
                }))
                .collect::<Vec<_>>()
        );
        assert_eq!(read("&#x2F;&#47;"), [(b'/', "&#x2F;"), (b'/', "&#47;")]);
        assert_eq!(read(r"\x2f"), [(b'/', r"\x2f")]);
        let tofu: Vec<_> = "豆".bytes().map(|byte| (byte, r"\u8c46")).collect();
        assert_eq!(read(r"\u8c46"), tofu);
        assert_eq!(read(r"\ud83d"), [(0xFF, r"\ud83d")]);
    }

    #[test]
    fn what_is_no_escape_stays() {
        for text in [
            "100% of",
            "%4",
            "%zz",
            r"\n",
            r"\u00",
            "&amp;",
            "&#;",
            "&#zz;",
            "a&b",
            "&#12345678;",
        ] {
            let mut ended = text.to_owned();
            ended.push_str("          ");
            let plain: Vec<u8> = read(&ended).iter().map(|(byte, _)| *byte).collect();
            assert_eq!(plain, ended.as_bytes(), "{text}");
        }
        assert_eq!(read("%%41"), [(b'%', "%"), (b'A', "%41")]);
        assert_eq!(read(r"%4\/"), [(b'%', "%"), (b'4', "4"), (b'/', r"\/")]);
    }

    #[test]
    fn only_real_escapes_are_found() {
        let first = |text: &str| next_escape(text.as_bytes(), 0);
        assert_eq!(first("42% \\n &amp; %41"), 13);
        assert_eq!(first("42% done"), 8);
        // Cut off: the rest may come.
        assert_eq!(first("42%"), 2);
        assert_eq!(first("a\\u00"), 1);
        assert_eq!(first("a&#4"), 1);
    }
}
