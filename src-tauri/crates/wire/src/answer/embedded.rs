//! Pictures that stand in the text of an answer as data URLs: megabytes that are no
//! text, and are taken out of it.

use std::borrow::Cow;

use base64::Engine;
use base64::alphabet::STANDARD;
use base64::engine::DecodePaddingMode;
use base64::engine::general_purpose::{GeneralPurpose, GeneralPurposeConfig};
use bytes::Bytes;

/// As servers write it: with or without padding at the end.
const LENIENT: GeneralPurpose = GeneralPurpose::new(
    &STANDARD,
    GeneralPurposeConfig::new()
        .with_decode_padding_mode(DecodePaddingMode::Indifferent)
        .with_decode_allow_trailing_bits(true),
);

/// What a data URL of a picture begins with.
const SCHEME: &str = "data:image/";
/// Ends the head of one.
const BASE64: &str = ";base64,";
/// Bytes that the rest of a head, a description or a tag may have.
const AROUND: usize = 400;
/// Base64 of a picture in the text that is held at most.
const LIMIT: usize = 32 * 1024 * 1024;
/// More than this much base64 is never shown as text, whatever becomes of it.
const NO_TEXT: usize = 4 * 1024;
/// Digits of a line of base64 that is wrapped: 64 of PEM, 76 of MIME, and those around.
const WRAPPED: std::ops::RangeInclusive<usize> = 60..=80;
/// Base64 without a head that is shorter is an id: the smallest pictures have more.
const SHORTEST: usize = 40;

/// The bytes of a picture in base64, which may be wrapped, escaped as in an address,
/// of the URL-safe kind, or cut off.
fn unpacked(base64: &str) -> Option<Bytes> {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'/' | b'=');
    let mut digits = if base64.bytes().all(plain) {
        Cow::Borrowed(base64.as_bytes())
    } else {
        let mended = unescaped(base64)
            .filter(|byte| !byte.is_ascii_whitespace())
            .map(|byte| match byte {
                b'-' => b'+',
                b'_' => b'/',
                other => other,
            });
        Cow::Owned(mended.collect())
    };
    let padding = digits.iter().rev().take_while(|byte| **byte == b'=');
    let mut end = digits.len() - padding.count();
    // One digit alone is less than a byte.
    end -= usize::from(end % 4 == 1);
    match &mut digits {
        Cow::Borrowed(digits) => *digits = digits.get(..end)?,
        Cow::Owned(digits) => digits.truncate(end),
    }
    let bytes = LENIENT.decode(digits).ok()?;
    (!bytes.is_empty()).then(|| Bytes::from(bytes))
}

/// The bytes of a text with `%3D` and its likes; what is no such escape stays.
fn unescaped(text: &str) -> impl Iterator<Item = u8> {
    let mut rest = text.as_bytes();
    std::iter::from_fn(move || {
        let digit = |at: usize| char::from(*rest.get(at)?).to_digit(16);
        let (byte, length) = match (rest.first()?, digit(1), digit(2)) {
            // Two digits of sixteen are a byte.
            (b'%', Some(high), Some(low)) => ((high * 16 + low) as u8, 3),
            (byte, ..) => (*byte, 1),
        };
        rest = rest.get(length..)?;
        Some(byte)
    })
}

/// The bytes of a picture: of a data URL, or of base64 alone.
pub(super) fn picture(url: &str) -> Option<Bytes> {
    let url = url.trim();
    let Some(rest) = strip(url, "data:") else {
        return unpacked(url).filter(|_| url.len() >= SHORTEST);
    };
    let (head, data) = rest.split_once(',')?;
    let head = head.to_ascii_lowercase();
    if head.ends_with(";base64") {
        return unpacked(data);
    }
    let bytes: Bytes = unescaped(data).collect();
    (head.starts_with("image/") && !bytes.is_empty()).then_some(bytes)
}

fn strip<'a>(text: &'a str, prefix: &str) -> Option<&'a str> {
    let (head, rest) = text.split_at_checked(prefix.len())?;
    head.eq_ignore_ascii_case(prefix).then_some(rest)
}

/// What stands around a picture, and goes with it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Around {
    /// `![description](…)`.
    Markdown,
    /// `<img src="…">`.
    Tag,
    /// Nothing.
    Bare,
}

/// A picture in the text whose end has not come.
#[derive(Debug)]
pub(super) struct Embedded {
    around: Around,
    /// All of it so far, in case it is none; without its base64 once that is too long.
    raw: String,
    /// Where its base64 begins, and ends.
    from: usize,
    to: Option<usize>,
    /// Digits on this line of it.
    line: usize,
    /// It has a line that ended.
    wrapped: bool,
    /// It is longer than what is held.
    lost: bool,
    /// What stands around it came to its end.
    closed: bool,
}

/// What the text at some place is.
pub(super) enum Found {
    /// No picture.
    None,
    /// What comes next tells.
    Open,
    /// A picture whose base64 begins: so many bytes were read.
    Begins(Embedded, usize),
}

/// What a picture turned out to be, and the text behind it that is not its.
pub(super) enum End {
    Picture(Bytes, String),
    /// It could not be read.
    Unread(String),
    /// None: all of it is text.
    Text(String),
}

/// Looks whether a picture begins with `text`, which stands at the start of a word.
pub(super) fn begins(text: &str) -> Found {
    let (around, before) = match text.as_bytes().first() {
        Some(b'!') => match described(text) {
            Ok(at) => (Around::Markdown, at),
            Err(found) => return found,
        },
        Some(b'<') => match tagged(text) {
            Ok(at) => (Around::Tag, at),
            Err(found) => return found,
        },
        _ => (Around::Bare, 0),
    };
    let url = text.get(before..).unwrap_or_default();
    let Some((scheme, rest)) = url.split_at_checked(SCHEME.len()) else {
        return open_if(url.len() < SCHEME.len() && begins_with(SCHEME, url));
    };
    if !scheme.eq_ignore_ascii_case(SCHEME) {
        return Found::None;
    }
    let Some(comma) = near(rest, &[',', ' ', '\n', ')', '"', '<']) else {
        return open_if(rest.len() < AROUND);
    };
    let from = before + SCHEME.len() + comma + 1;
    let head = rest.get(..=comma).unwrap_or_default();
    if !head.to_ascii_lowercase().ends_with(BASE64) {
        return Found::None;
    }
    let raw = text.get(..from).unwrap_or_default().to_owned();
    let embedded = Embedded {
        around,
        raw,
        from,
        to: None,
        line: 0,
        wrapped: false,
        lost: false,
        closed: false,
    };
    Found::Begins(embedded, from)
}

/// The first of these characters, where it is near: what is far away tells nothing,
/// however the text is cut.
fn near(text: &str, any: &[char]) -> Option<usize> {
    start(text, AROUND).find(any)
}

/// The first bytes of a text, in whole characters.
fn start(text: &str, bytes: usize) -> &str {
    text.get(..text.floor_char_boundary(bytes)).unwrap_or(text)
}

fn open_if(open: bool) -> Found {
    if open { Found::Open } else { Found::None }
}

/// True when `text` is a beginning of `whole`, whatever its case.
fn begins_with(whole: &str, text: &str) -> bool {
    (whole.get(..text.len())).is_some_and(|start| start.eq_ignore_ascii_case(text))
}

/// Where the address of `![description](` begins.
fn described(text: &str) -> Result<usize, Found> {
    let rest = match strip(text, "![") {
        Some(rest) => rest,
        None => return Err(open_if(text.len() < 2)),
    };
    // Many may begin in one description, and each looks for its end.
    let Some(end) = memchr::memchr2(b']', b'\n', start(rest, AROUND).as_bytes()) else {
        return Err(open_if(rest.len() < AROUND));
    };
    let after = rest.get(end..).unwrap_or_default();
    let Some(address) = after.strip_prefix("](") else {
        return Err(open_if(after == "]"));
    };
    let address = address.strip_prefix('<').unwrap_or(address);
    Ok(text.len() - address.len())
}

/// Where the address of `<img src="` begins.
fn tagged(text: &str) -> Result<usize, Found> {
    let Some(rest) = strip(text, "<img") else {
        return Err(open_if(text.len() < 4 && begins_with("<img", text)));
    };
    let head = start(rest, AROUND);
    let head = head.split_once('>').map_or(head, |(head, _)| head);
    let head = head.to_ascii_lowercase();
    match head.find(SCHEME) {
        Some(at) => {
            let before = head.get(..at).unwrap_or_default();
            let is_source = before.trim_end_matches(['"', '\'']).ends_with("src=");
            if is_source {
                Ok(4 + at)
            } else {
                Err(Found::None)
            }
        }
        None => Err(open_if(rest.len() < AROUND && !rest.contains('>'))),
    }
}

impl Embedded {
    /// Bytes held.
    pub fn held(&self) -> usize {
        self.raw.capacity()
    }

    /// Takes more of the text; once it is over, how many bytes of it were taken.
    pub fn take(&mut self, text: &str) -> Option<usize> {
        let mut taken = 0;
        if self.to.is_none() {
            let end = text.bytes().position(|byte| !self.goes_on(byte));
            taken = end.unwrap_or(text.len());
            let more = text.get(..taken).unwrap_or_default();
            self.lost |= self.raw.len() + more.len() > LIMIT;
            if self.lost {
                self.raw.truncate(self.from);
                self.raw.shrink_to_fit();
            } else {
                self.raw.push_str(more);
            }
            end?;
            self.to = Some(self.raw.len());
        }
        let rest = text.get(taken..).unwrap_or_default();
        let close = match self.around {
            Around::Bare => return Some(taken),
            Around::Markdown => b')',
            Around::Tag => b'>',
        };
        // A title or further attributes, up to the end of it.
        let room = AROUND.saturating_sub(self.raw.len() - self.to.unwrap_or_default());
        match memchr::memchr2(close, b'\n', start(rest, room).as_bytes()) {
            Some(at) => {
                self.closed = rest.as_bytes().get(at) == Some(&close);
                let end = at + usize::from(self.closed);
                self.raw.push_str(rest.get(..end).unwrap_or_default());
                Some(taken + end)
            }
            None if rest.len() < room => {
                self.raw.push_str(rest);
                None
            }
            // It has no end.
            None => Some(taken),
        }
    }

    /// True where the base64 goes on with this byte.
    fn goes_on(&mut self, byte: u8) -> bool {
        match byte {
            b'+' | b'/' | b'=' | b'-' | b'_' | b'%' => self.line += 1,
            byte if byte.is_ascii_alphanumeric() => self.line += 1,
            // A line that is as long as those of wrapped base64, and the last one.
            b'\r' | b'\n' if self.around != Around::Bare => {
                if self.line == 0 || !(self.wrapped || WRAPPED.contains(&self.line)) {
                    return false;
                }
                if byte == b'\n' {
                    (self.line, self.wrapped) = (0, true);
                }
            }
            _ => return false,
        }
        true
    }

    /// What it is, now that it is over or the text ended.
    pub fn end(self) -> End {
        let to = self.to.unwrap_or(self.raw.len());
        let base64 = self.raw.get(self.from..to).unwrap_or_default();
        let after = match self.closed {
            true => String::new(),
            false => self.raw.get(to..).unwrap_or_default().to_owned(),
        };
        let bytes = unpacked(base64).filter(|_| !self.lost);
        match bytes {
            Some(bytes) => End::Picture(bytes, after),
            None if self.lost || base64.len() > NO_TEXT => End::Unread(after),
            None => End::Text(self.raw),
        }
    }
}
