//! Kinds of files, told by their first bytes.

mod camera;
mod kind;
mod others;
mod phrase;
mod words;

pub(crate) use self::kind::named;
pub use self::kind::{Format, FormatName, Other, SAVE, Sniffed};
pub use self::phrase::Phrase;

use crate::raw::{be16, le32};
use crate::tiff::tags;

/// Tells the kind of a file by its first bytes, and never by its name but where two
/// kinds begin alike: many a camera's raw file is a TIFF by its bytes.
pub fn sniff_named(name: &str, bytes: &[u8]) -> Sniffed {
    match sniff(bytes) {
        Sniffed::Known(Format::Tiff) if !is_plain_tiff(bytes) => {
            camera::by_ending(name).unwrap_or(Sniffed::Known(Format::Tiff))
        }
        // Whoever draws it unpacks it.
        Sniffed::Other(Other::Archive) if is_packed_svg(name, bytes) => Sniffed::Known(Format::Svg),
        Sniffed::Unknown => camera::by_ending(name).unwrap_or(Sniffed::Unknown),
        told => told,
    }
}

/// Packed by gzip, which may hold anything, and called a drawing.
fn is_packed_svg(name: &str, bytes: &[u8]) -> bool {
    let ending = name.rsplit_once('.').map(|(_, ending)| ending);
    let is =
        |ending: &str| ending.eq_ignore_ascii_case("svgz") || ending.eq_ignore_ascii_case("svg");
    bytes.starts_with(&[0x1f, 0x8b]) && ending.is_some_and(is)
}

/// Is it a TIFF that tells its size, and no maker of a camera?
fn is_plain_tiff(bytes: &[u8]) -> bool {
    let (tags, _) = tags(bytes);
    tags.contains(&256) && !tags.contains(&271)
}

/// Tells the kind of a file by its first bytes, never by its name.
pub fn sniff(bytes: &[u8]) -> Sniffed {
    match bytes {
        [0xff, 0xd8, 0xff, ..] => Sniffed::Known(Format::Jpeg),
        [0x89, b'P', b'N', b'G', b'\r', b'\n', 0x1a, b'\n', ..] => Sniffed::Known(Format::Png),
        [b'G', b'I', b'F', b'8', b'7' | b'9', b'a', ..] => Sniffed::Known(Format::Gif),
        [b'B', b'M', ..] if is_bmp(bytes) => Sniffed::Known(Format::Bmp),
        [40, 0, 0, 0, ..] if is_dib(bytes) => Sniffed::Known(Format::Bmp),
        // 2 is a cursor.
        [0, 0, 1 | 2, 0, 1..=255, 0, ..] => Sniffed::Known(Format::Ico),
        _ => riff(bytes)
            .or_else(|| camera::raw(bytes))
            .or_else(|| tiff(bytes))
            .or_else(|| boxed(bytes))
            .or_else(|| others::listed(bytes))
            .or_else(|| words::told(bytes))
            .or_else(|| others::loosely(bytes))
            .unwrap_or(Sniffed::Unknown),
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

/// Kinds within RIFF.
fn riff(bytes: &[u8]) -> Option<Sniffed> {
    bytes.strip_prefix(b"RIFF")?;
    match bytes.get(8..12)? {
        b"WEBP" => Some(Sniffed::Known(Format::Webp)),
        b"AVI " => Some(Sniffed::Other(Other::Video)),
        b"WAVE" => Some(Sniffed::Other(Other::Sound)),
        b"ACON" => Some(Sniffed::Unsupported(phrase::CURSOR, SAVE)),
        kind if kind.starts_with(b"CDR") => Some(Sniffed::Unsupported("CorelDRAW", SAVE)),
        _ => None,
    }
}

/// TIFF, also with 64-bit offsets.
fn tiff(bytes: &[u8]) -> Option<Sniffed> {
    const MAGIC: [&[u8]; 4] = [b"II*\0", b"MM\0*", b"II+\0", b"MM\0+"];
    MAGIC.iter().find(|magic| bytes.starts_with(magic))?;
    Some(Sniffed::Known(Format::Tiff))
}

/// Kinds of ISO/IEC 14496-12: HEIC, AVIF, Canon's CR3 and videos, told by their brands.
fn boxed(bytes: &[u8]) -> Option<Sniffed> {
    match bytes.get(4..8)? {
        b"ftyp" => {}
        // QuickTime files from before `ftyp`.
        b"moov" | b"mdat" | b"wide" => return Some(Sniffed::Other(Other::Video)),
        _ => return None,
    }
    if be16(bytes, 0) != Some(0) {
        return None;
    }
    let end = usize::from(be16(bytes, 2)?).min(256);
    let brands = bytes.get(8..end.min(bytes.len()))?;
    // The one of the second word is a version, not a brand; no version looks like one.
    let has = |names: &[&[u8]]| brands.chunks_exact(4).any(|brand| names.contains(&brand));
    if has(&[b"avif", b"avis"]) {
        Some(Sniffed::Known(Format::Avif))
    } else if has(&[b"crx "]) {
        Some(Sniffed::Unsupported("Canon raw", camera::RAW))
    } else if has(&[
        b"heic", b"heix", b"hevc", b"hevx", b"heim", b"heis", b"mif1", b"msf1", b"avci", b"avcs",
        b"jpeg", b"jpgs", b"j2ki", b"j2is", b"vvic", b"vvis", b"evbi", b"mif2", b"mif3", b"miaf",
        b"MiHE", b"MiHB", b"MiHA",
    ]) {
        Some(Sniffed::Known(Format::Heif))
    } else if has(&[b"jxl "]) {
        Some(Sniffed::Unsupported("JPEG XL", SAVE))
    } else if has(&[b"jp2 ", b"jpx ", b"jph "]) {
        Some(Sniffed::Unsupported("JPEG 2000", SAVE))
    } else if has(&[b"M4A ", b"M4B "]) {
        Some(Sniffed::Other(Other::Sound))
    } else {
        Some(Sniffed::Other(Other::Video))
    }
}
