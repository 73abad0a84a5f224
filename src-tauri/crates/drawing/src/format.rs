//! Kinds of files, told by their first bytes.

use serde::{Deserialize, Deserializer, de};

use crate::mime::Mime;
use crate::raw::{be16, holds, le32};
use crate::tiff::tags;

/// A kind of file that is read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Format {
    /// JPEG.
    Jpeg,
    /// PNG.
    Png,
    /// WebP.
    Webp,
    /// GIF.
    Gif,
    /// Windows bitmap.
    Bmp,
    /// TIFF.
    Tiff,
    /// Windows icon.
    Ico,
    /// AVIF.
    Avif,
    /// HEIC.
    Heif,
    /// SVG.
    Svg,
    /// PDF.
    Pdf,
}

/// The name of a [`Format`].
pub type FormatName = &'static str;

impl Format {
    /// Each of them.
    const ALL: [Self; 11] = [
        Self::Jpeg,
        Self::Png,
        Self::Webp,
        Self::Gif,
        Self::Bmp,
        Self::Tiff,
        Self::Ico,
        Self::Avif,
        Self::Heif,
        Self::Svg,
        Self::Pdf,
    ];

    /// What people call it.
    pub fn name(self) -> FormatName {
        match self {
            Self::Jpeg => "JPEG",
            Self::Png => "PNG",
            Self::Webp => "WebP",
            Self::Gif => "GIF",
            Self::Bmp => "BMP",
            Self::Tiff => "TIFF",
            Self::Ico => "ICO",
            Self::Avif => "AVIF",
            Self::Heif => "HEIC",
            Self::Svg => "SVG",
            Self::Pdf => "PDF",
        }
    }

    /// What it is sent as; `None` where no target takes the format as it is.
    pub fn mime(self) -> Option<Mime> {
        match self {
            Self::Jpeg => Some(Mime::Jpeg),
            Self::Png => Some(Mime::Png),
            Self::Webp => Some(Mime::Webp),
            Self::Gif => Some(Mime::Gif),
            _ => None,
        }
    }
}

/// Reads a format's name back.
pub(crate) fn named<'de, D: Deserializer<'de>>(from: D) -> Result<FormatName, D::Error> {
    let text = String::deserialize(from)?;
    let mut known = Format::ALL.iter().map(|format| format.name());
    let known = known.find(|name| *name == text);
    known.ok_or_else(|| de::Error::custom("no format is called so"))
}

/// What the first bytes say.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Sniffed {
    /// Is read.
    Known(Format),
    /// A picture, but not one that is read: its kind, and what to do.
    Unsupported(&'static str, &'static str),
    /// No picture that is known.
    Unknown,
}

/// What helps against a kind that is not read.
pub const SAVE: &str = "Open it in an image viewer, save it as PNG or JPEG, and attach that.";
const PAGE: &str =
    "Save the page you ask about as PNG, or take a screenshot of it, and attach that.";
const RAW: &str = "Export it as JPEG from your photo software, and attach that.";

/// Tells the kind of a file by its first bytes, never by its name.
pub fn sniff(bytes: &[u8]) -> Sniffed {
    match bytes {
        [0xff, 0xd8, 0xff, ..] => Sniffed::Known(Format::Jpeg),
        [0x89, b'P', b'N', b'G', b'\r', b'\n', 0x1a, b'\n', ..] => Sniffed::Known(Format::Png),
        [b'G', b'I', b'F', b'8', b'7' | b'9', b'a', ..] => Sniffed::Known(Format::Gif),
        [
            b'R',
            b'I',
            b'F',
            b'F',
            _,
            _,
            _,
            _,
            b'W',
            b'E',
            b'B',
            b'P',
            ..,
        ] => Sniffed::Known(Format::Webp),
        [b'B', b'M', ..] if is_bmp(bytes) => Sniffed::Known(Format::Bmp),
        [40, 0, 0, 0, ..] if is_dib(bytes) => Sniffed::Known(Format::Bmp),
        // 2 is a cursor.
        [0, 0, 1 | 2, 0, 1..=255, 0, ..] => Sniffed::Known(Format::Ico),
        _ => listed(bytes)
            .or_else(|| tiff(bytes))
            .or_else(|| boxed(bytes))
            .unwrap_or_else(|| text(bytes)),
    }
}

/// Plain text may begin with BM too: the size of the second header tells them apart.
fn is_bmp(bytes: &[u8]) -> bool {
    matches!(
        le32(bytes, 14),
        Some(12 | 16 | 40 | 52 | 56 | 64 | 108 | 124)
    )
}

/// A bitmap without the head of a file, as a clipboard holds it: one plane, bits and a
/// packing that there are.
fn is_dib(bytes: &[u8]) -> bool {
    matches!(le32(bytes, 12), Some(planes_bits) if planes_bits & 0xffff == 1
        && matches!(planes_bits >> 16, 1 | 2 | 4 | 8 | 16 | 24 | 32))
        && matches!(le32(bytes, 16), Some(0..=6))
}

fn listed(bytes: &[u8]) -> Option<Sniffed> {
    const MAGIC: &[(&[u8], &str, &str)] = &[
        (b"II*\0\x10\0\0\0CR", "Canon raw", RAW),
        (b"FUJIFILMCCD-RAW", "Fujifilm raw", RAW),
        (b"IIRO", "Olympus raw", RAW),
        (b"II\xbc\x01", "JPEG XR", SAVE),
        (b"icns", "ICNS", SAVE),
        (b"\xff\x0a", "JPEG XL", SAVE),
        (b"\0\0\0\x0cJXL \r\n\x87\n", "JPEG XL", SAVE),
        (b"\0\0\0\x0cjP  \r\n\x87\n", "JPEG 2000", SAVE),
        (b"\xff\x4f\xff\x51", "JPEG 2000", SAVE),
        (b"8BPS", "Photoshop", SAVE),
        (b"gimp xcf", "GIMP", SAVE),
        (b"qoif", "QOI", SAVE),
        (b"v/1\x01", "OpenEXR", SAVE),
        (b"#?RADIANCE", "Radiance HDR", SAVE),
        (b"DDS ", "DDS", SAVE),
        (b"BPG\xfb", "BPG", SAVE),
        (b"\x8aMNG", "MNG", SAVE),
        (b"\xd7\xcd\xc6\x9a", "WMF", SAVE),
        (b"AT&TFORM", "DjVu", PAGE),
    ];
    let listed = MAGIC.iter().find(|(magic, ..)| bytes.starts_with(magic));
    listed.map(|(_, name, advice)| Sniffed::Unsupported(name, advice))
}

/// TIFF, also with 64-bit offsets; a camera's raw file looks like one too, but
/// what a TIFF reader finds in it is a preview.
fn tiff(bytes: &[u8]) -> Option<Sniffed> {
    const MAGIC: [&[u8]; 4] = [b"II*\0", b"MM\0*", b"II+\0", b"MM\0+"];
    MAGIC.iter().find(|magic| bytes.starts_with(magic))?;
    let (tags, _) = tags(bytes);
    let has = |tag| tags.contains(&tag);
    // DNGVersion; or a maker's name and further directories for the true picture.
    let raw = has(50_706) || (has(271) && has(330));
    Some(if raw {
        Sniffed::Unsupported("camera raw", RAW)
    } else {
        Sniffed::Known(Format::Tiff)
    })
}

/// What is told by words rather than by first bytes.
fn text(bytes: &[u8]) -> Sniffed {
    let head = bytes.get(..4096).unwrap_or(bytes);
    let first = bytes.get(..1024).unwrap_or(bytes);
    if holds(first, b"%PDF-") {
        Sniffed::Known(Format::Pdf)
    } else if bytes.get(128..132) == Some(b"DICM") {
        Sniffed::Unsupported("DICOM", SAVE)
    } else if is_svg(head) {
        Sniffed::Known(Format::Svg)
    } else if is_pnm(head) {
        Sniffed::Unsupported("PNM", SAVE)
    } else {
        Sniffed::Unknown
    }
}

/// Kinds of ISO/IEC 14496-12: HEIC, AVIF and Canon's CR3, told by their brands.
fn boxed(bytes: &[u8]) -> Option<Sniffed> {
    if bytes.get(4..8) != Some(b"ftyp") || be16(bytes, 0) != Some(0) {
        return None;
    }
    let end = usize::from(be16(bytes, 2)?).min(256);
    let brands = bytes.get(8..end.min(bytes.len()))?;
    // The one of the second word is a version, not a brand; no version looks like one.
    let has = |names: &[&[u8]]| brands.chunks_exact(4).any(|brand| names.contains(&brand));
    if has(&[b"avif", b"avis"]) {
        Some(Sniffed::Known(Format::Avif))
    } else if has(&[
        b"heic", b"heix", b"hevc", b"hevx", b"heim", b"heis", b"mif1", b"msf1",
    ]) {
        Some(Sniffed::Known(Format::Heif))
    } else if has(&[b"crx "]) {
        Some(Sniffed::Unsupported("Canon raw", RAW))
    } else {
        None
    }
}

fn is_svg(head: &[u8]) -> bool {
    let text = head
        .strip_prefix(b"\xef\xbb\xbf")
        .unwrap_or(head)
        .trim_ascii_start();
    text.starts_with(b"<svg")
        || ([&b"<?xml"[..], b"<!--", b"<!DOCTYPE"]
            .iter()
            .any(|start| text.starts_with(start))
            && holds(text, b"<svg"))
}

/// `P1` to `P6`, white space, and a number or a comment.
fn is_pnm(head: &[u8]) -> bool {
    let [b'P', b'1'..=b'6', rest @ ..] = head else {
        return false;
    };
    let after = rest.trim_ascii_start();
    after.len() < rest.len() && matches!(after, [b'0'..=b'9' | b'#', ..])
}

#[cfg(test)]
mod tests {
    use super::*;

    fn named(bytes: &[u8]) -> &'static str {
        match sniff(bytes) {
            Sniffed::Known(format) => format.name(),
            Sniffed::Unsupported(name, _) => name,
            Sniffed::Unknown => "?",
        }
    }

    #[test]
    fn tells_kinds_apart() {
        let cases: &[(&[u8], &str)] = &[
            (b"\xff\xd8\xff\xe0", "JPEG"),
            (b"GIF89a", "GIF"),
            (b"RIFF\0\0\0\0WEBPVP8 ", "WebP"),
            (b"RIFF\0\0\0\0WAVEfmt ", "?"),
            (b"BM the best of all worlds, some say", "?"),
            (b"\0\0\0\x18ftypheic\0\0\0\0mif1heic", "HEIC"),
            (b"\0\0\0\x1cftypmif1\0\0\0\0mif1avifmiaf", "AVIF"),
            (b"\0\0\0\x18ftypisom\0\0\0\0mp41isom", "?"),
            (b"II*\0\x08\0\0\0", "TIFF"),
            (b"  <svg xmlns='http://www.w3.org/2000/svg'/>", "SVG"),
            (b"<?xml version='1.0'?>\n<!-- x --><svg/>", "SVG"),
            (b"<?xml version='1.0'?><html/>", "?"),
            (b"%PDF-1.7", "PDF"),
            (b"P6 640 480 255", "PNM"),
            (b"P6 is a nice name", "?"),
            (b"hello", "?"),
            (b"", "?"),
        ];
        for (bytes, name) in cases {
            assert_eq!(named(bytes), *name, "{:?}", String::from_utf8_lossy(bytes));
        }
    }
}
