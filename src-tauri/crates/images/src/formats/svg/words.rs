//! The words of a drawing: unpacked, and in whatever letters they say they are written.

use std::borrow::Cow;
use std::io::Read;

use drawing::format::{Format, Sniffed, sniff};
use drawing::raw::le32;
use encoding_rs::{Encoding, UTF_8, UTF_16BE, UTF_16LE};
use flate2::read::GzDecoder;

use crate::failure::Failure;

/// Bytes among which the declaration of an XML file stands.
const HEAD: usize = 1024;

/// The markup, of at most so many bytes, out of gzip where it is packed so.
pub(super) fn unpacked(bytes: &[u8], most: usize) -> Result<Cow<'_, [u8]>, Failure> {
    let limit = most as u64;
    if !bytes.starts_with(&[0x1f, 0x8b]) {
        return match bytes.len() as u64 {
            size if size > limit => Err(Failure::TooLarge { size, limit }),
            _ => Ok(Cow::Borrowed(bytes)),
        };
    }
    let mut words = Vec::new();
    let mut packed = GzDecoder::new(bytes).take(limit + 1);
    packed
        .read_to_end(&mut words)
        .map_err(|_| Failure::Broken)?;
    if words.len() > most {
        // What it says of its size, modulo 4 GiB (RFC 1952).
        let told = bytes.len().checked_sub(4).and_then(|at| le32(bytes, at));
        let size = told.map_or(0, u64::from).max(limit + 1);
        return Err(Failure::TooLarge { size, limit });
    }
    match sniff(&words) {
        Sniffed::Known(Format::Svg) => Ok(Cow::Owned(words)),
        _ => Err(Failure::Packed),
    }
}

/// The words of a drawing: in UTF-8, in UTF-16 of either order, or in what the
/// declaration names.
pub(super) fn read(bytes: &[u8]) -> Option<Cow<'_, str>> {
    let wide = match bytes {
        [0xfe, 0xff, ..] | [0, b'<', 0, _, ..] => Some(UTF_16BE),
        [0xff, 0xfe, ..] | [b'<', 0, _, 0, ..] => Some(UTF_16LE),
        _ => None,
    };
    let utf8 = std::str::from_utf8(bytes).ok().map(Cow::Borrowed);
    let named = || {
        let named = declared(bytes)?;
        // Many a program writes UTF-8 and leaves the name that stood there. Any bytes
        // are words in letters of one byte, and seldom are they UTF-8 as well.
        let kept = utf8.is_some() && (named.is_single_byte() || named == UTF_8);
        (!kept && named.is_ascii_compatible()).then_some(named)
    };
    match wide.or_else(named) {
        Some(letters) => match letters.decode_with_bom_removal(bytes) {
            (words, false) => Some(words),
            (_, true) => utf8,
        },
        None => utf8,
    }
}

/// The encoding that the declaration of an XML file names.
fn declared(bytes: &[u8]) -> Option<&'static Encoding> {
    let head = bytes.get(..HEAD).unwrap_or(bytes);
    let head = head.trim_ascii_start().strip_prefix(b"<?xml")?;
    let end = head.windows(2).position(|pair| pair == b"?>")?;
    let declaration = head.get(..end)?;
    let word = b"encoding";
    let at = declaration
        .windows(word.len())
        .position(|window| window == word)?;
    let rest = declaration.get(at + word.len()..)?.trim_ascii_start();
    let rest = rest.strip_prefix(b"=")?.trim_ascii_start();
    let (quote, rest) = rest.split_first()?;
    let name = rest.split(|byte| byte == quote).next()?;
    Encoding::for_label_no_replacement(name)
}
