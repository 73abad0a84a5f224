//! What is told by words rather than by first bytes: SVG, web pages, text.

use std::borrow::Cow;

use super::kind::{Format, Other, SAVE, Sniffed};
use crate::raw::holds;

/// Bytes among which the first element of an XML file is looked for.
const HEAD: usize = 1 << 20;

const PAGE: Sniffed = Sniffed::Other(Other::WebPage);

/// What the words say, if they are words.
pub(super) fn told(bytes: &[u8]) -> Option<Sniffed> {
    let first = bytes.get(..1024).unwrap_or(bytes);
    if holds(first, b"%PDF-") {
        return Some(Sniffed::Known(Format::Pdf));
    }
    let head = bytes.get(..HEAD).unwrap_or(bytes);
    let head = narrow(head);
    if let Some(told) = markup(&head) {
        return Some(told);
    }
    if let Some(kind) = pnm(&head) {
        return Some(Sniffed::Unsupported(kind, SAVE));
    }
    is_text(head.get(..4096).unwrap_or(&head)).then_some(Sniffed::Other(Other::Text))
}

/// What markup is, by its first element, behind a declaration, comments and a document type.
fn markup(head: &[u8]) -> Option<Sniffed> {
    let mut rest = head.strip_prefix(b"\xef\xbb\xbf").unwrap_or(head);
    loop {
        rest = rest.trim_ascii_start();
        if let Some(within) = rest.strip_prefix(b"<?") {
            rest = after(within, b"?>")?;
        } else if let Some(within) = rest.strip_prefix(b"<!--") {
            rest = after(within, b"-->")?;
        } else if starts(rest, b"<!doctype") {
            let name = rest.get(9..)?.trim_ascii_start();
            if starts(name, b"html") {
                return Some(PAGE);
            }
            rest = after_doctype(rest)?;
        } else {
            break;
        }
    }
    let name = rest.strip_prefix(b"<")?;
    let end = name
        .iter()
        .position(|b| !(b.is_ascii_alphanumeric() || b":_-.".contains(b)));
    let name = name.get(..end.unwrap_or(name.len()))?;
    let local = name.rsplit(|b| *b == b':').next().unwrap_or(name);
    const PAGES: [&[u8]; 12] = [
        b"html", b"head", b"body", b"title", b"meta", b"script", b"div", b"p", b"center", b"h1",
        b"iframe", b"table",
    ];
    if local == b"svg" {
        Some(Sniffed::Known(Format::Svg))
    } else {
        let is_page = PAGES.iter().any(|page| page.eq_ignore_ascii_case(local));
        is_page.then_some(PAGE)
    }
}

fn starts(bytes: &[u8], word: &[u8]) -> bool {
    bytes
        .get(..word.len())
        .is_some_and(|start| start.eq_ignore_ascii_case(word))
}

/// What follows the first `end`.
fn after<'a>(bytes: &'a [u8], end: &[u8]) -> Option<&'a [u8]> {
    let at = bytes.windows(end.len()).position(|window| window == end)?;
    bytes.get(at + end.len()..)
}

/// What follows a document type, which may hold declarations between brackets.
fn after_doctype(bytes: &[u8]) -> Option<&[u8]> {
    let (mut quote, mut within) = (None, false);
    for (at, byte) in bytes.iter().enumerate() {
        match (quote, byte) {
            (Some(open), byte) if open == *byte => quote = None,
            (Some(_), _) => {}
            (None, b'"' | b'\'') => quote = Some(*byte),
            (None, b'[') => within = true,
            (None, b']') => within = false,
            (None, b'>') if !within => return bytes.get(at + 1..),
            _ => {}
        }
    }
    None
}

/// Words of two bytes a letter as words of one; a letter that has no such is `?`.
fn narrow(head: &[u8]) -> Cow<'_, [u8]> {
    let big = match head {
        [0xfe, 0xff, ..] | [0, b'<', 0, _, ..] => true,
        [0xff, 0xfe, ..] | [b'<', 0, _, 0, ..] => false,
        _ => return Cow::Borrowed(head),
    };
    let letters = head.as_chunks::<2>().0.iter().map(|[a, b]| {
        let (high, low) = if big { (*a, *b) } else { (*b, *a) };
        if high == 0 { low } else { b'?' }
    });
    // The mark of the order of bytes is none of the words.
    let marked = usize::from(matches!(head, [0xfe, 0xff, ..] | [0xff, 0xfe, ..]));
    Cow::Owned(letters.skip(marked).collect())
}

/// Netpbm: `P1` to `P6`, white space, and a number or a comment; `P7` and floats.
fn pnm(head: &[u8]) -> Option<&'static str> {
    let [b'P', kind, rest @ ..] = head else {
        return None;
    };
    let after = rest.trim_ascii_start();
    if after.len() == rest.len() {
        return None;
    }
    match (kind, after) {
        (b'1'..=b'6', [b'0'..=b'9' | b'#', ..]) => Some("PNM"),
        (b'7', _) if after.starts_with(b"WIDTH") || after.starts_with(b"#") => Some("PAM"),
        (b'F' | b'f', [b'0'..=b'9' | b'#', ..]) => Some("PFM"),
        _ => None,
    }
}

/// Words in UTF-8, and no byte that text does not have.
fn is_text(head: &[u8]) -> bool {
    let valid = match std::str::from_utf8(head) {
        Ok(_) => true,
        // A letter may be cut in two by the end.
        Err(error) => error.error_len().is_none() && error.valid_up_to() > 0,
    };
    let odd = |b: &u8| b.is_ascii_control() && !b"\t\n\r\x0c\x1b".contains(b);
    valid && head.len() >= 4 && !head.iter().any(odd)
}
