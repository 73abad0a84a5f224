//! Pictures that stand in the text of an answer as data URLs: megabytes that are no
//! text, and are taken out of it.

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

/// The bytes of a picture in base64, which may be wrapped or of the URL-safe kind.
pub(crate) fn unpacked(base64: &str) -> Option<Bytes> {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'/' | b'=');
    let bytes = if base64.bytes().all(plain) {
        LENIENT.decode(base64)
    } else {
        let mended: Vec<u8> = (base64.bytes())
            .filter(|byte| !byte.is_ascii_whitespace())
            .map(|byte| match byte {
                b'-' => b'+',
                b'_' => b'/',
                other => other,
            })
            .collect();
        LENIENT.decode(mended)
    };
    let bytes = bytes.ok().filter(|bytes| !bytes.is_empty())?;
    Some(Bytes::from(bytes))
}

/// The bytes of a data URL of a picture.
pub(crate) fn picture(url: &str) -> Option<Bytes> {
    let url = url.trim();
    let rest = strip(url, "data:")?;
    let (head, base64) = rest.split_once(',')?;
    head.to_ascii_lowercase()
        .ends_with(";base64")
        .then_some(())?;
    unpacked(base64)
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
    /// All of it so far, in case it is none.
    raw: String,
    /// Where its base64 begins, and ends.
    from: usize,
    to: Option<usize>,
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

/// How a picture went on.
pub(super) enum Step {
    /// It goes on.
    Open,
    /// It ended; so many bytes of the text were its.
    Whole(Bytes, usize),
    /// It was none: so many bytes were taken, and all of it is text.
    Text(usize),
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

    /// All of it so far, as it came.
    pub fn into_raw(self) -> String {
        self.raw
    }

    /// Takes more of the text.
    pub fn take(&mut self, text: &str) -> Step {
        let data = |b: u8| {
            b.is_ascii_alphanumeric() || matches!(b, b'+' | b'/' | b'=' | b'-' | b'_' | b'%')
        };
        let mut taken = 0;
        if self.to.is_none() {
            let room = LIMIT.saturating_sub(self.raw.len());
            let end = text.bytes().take(room).position(|b| !data(b));
            taken = end.unwrap_or(text.len().min(room));
            self.raw.push_str(text.get(..taken).unwrap_or_default());
            if end.is_none() && self.raw.len() < LIMIT {
                return Step::Open;
            }
            if end.is_none() {
                return Step::Text(taken);
            }
            self.to = Some(self.raw.len());
        }
        let rest = text.get(taken..).unwrap_or_default();
        let close = match self.around {
            Around::Bare => return self.whole(taken),
            Around::Markdown => ')',
            Around::Tag => '>',
        };
        // A title or further attributes, up to the end of it.
        let room = AROUND.saturating_sub(self.raw.len() - self.to.unwrap_or_default());
        match start(rest, room).find([close, '\n']) {
            Some(at) => {
                let end = at + usize::from(rest.as_bytes().get(at) != Some(&b'\n'));
                self.raw.push_str(rest.get(..end).unwrap_or_default());
                self.whole(taken + end)
            }
            None if rest.len() < room => {
                self.raw.push_str(rest);
                Step::Open
            }
            // It has no end: it is none.
            _ => Step::Text(taken),
        }
    }

    /// The text ended: the picture, if it is one.
    pub fn finish(&mut self) -> Option<Bytes> {
        self.bytes()
    }

    fn whole(&mut self, taken: usize) -> Step {
        match self.bytes() {
            Some(bytes) => Step::Whole(bytes, taken),
            None => Step::Text(taken),
        }
    }

    fn bytes(&self) -> Option<Bytes> {
        let to = self.to.unwrap_or(self.raw.len());
        unpacked(self.raw.get(self.from..to)?)
    }
}
