//! Raw files of cameras: none is read, as what a reader of TIFF finds in one is a
//! preview at most. The first bytes are those that `dcraw` 9.28 and ExifTool 13 go by.

use super::kind::Sniffed;
use crate::raw::array;
use crate::tiff::{byte_order, entries, number16, number32, tags};

/// What helps against a raw file.
pub const RAW: &str = "Export it as JPEG from your photo software, or attach the JPEG that the \
     camera saved beside it.";

/// First bytes, and what is called so.
const MAGIC: &[(&[u8], &str)] = &[
    (b"II*\0\x10\0\0\0CR", "Canon raw"),
    (b"II\x1a\0\0\0HEAPCCDR", "Canon raw"),
    (b"FUJIFILMCCD-RAW", "Fujifilm raw"),
    (b"IIRO", "Olympus raw"),
    (b"IIRS", "Olympus raw"),
    (b"MMOR", "Olympus raw"),
    (b"IIU\0", "Panasonic raw"),
    (b"\0MRM", "Minolta raw"),
    (b"\0MRI", "Minolta raw"),
    (b"FOVb", "Sigma raw"),
    (b"IIII", "Phase One raw"),
    (b"MMMM", "Phase One raw"),
    (b"ARRI", "ARRI raw"),
    (b"NOKIARAW", "Nokia raw"),
    (b"DSC-Image", "Rollei raw"),
    (b"PWAD", "Leica raw"),
    (b"\0\x01\0\x02\0\x01\0\x02", "Casio raw"),
];

/// Endings of names, without the dot, and whose they are.
const ENDINGS: &[(&str, &str)] = &[
    ("3fr", "Hasselblad raw"),
    ("arq", "Sony raw"),
    ("arw", "Sony raw"),
    ("bay", "Casio raw"),
    ("cap", "Phase One raw"),
    ("cr2", "Canon raw"),
    ("cr3", "Canon raw"),
    ("crw", "Canon raw"),
    ("cs1", "Sinar raw"),
    ("dc2", "Kodak raw"),
    ("dcr", "Kodak raw"),
    ("dng", "camera raw (DNG)"),
    ("drf", "Kodak raw"),
    ("eip", "Phase One raw"),
    ("erf", "Epson raw"),
    ("fff", "Hasselblad raw"),
    ("gpr", "GoPro raw"),
    ("iiq", "Phase One raw"),
    ("k25", "Kodak raw"),
    ("kc2", "Kodak raw"),
    ("kdc", "Kodak raw"),
    ("mdc", "Minolta raw"),
    ("mef", "Mamiya raw"),
    ("mfw", "Mamiya raw"),
    ("mos", "Leaf raw"),
    ("mrw", "Minolta raw"),
    ("nef", "Nikon raw"),
    ("nrw", "Nikon raw"),
    ("orf", "Olympus raw"),
    ("ori", "Olympus raw"),
    ("pef", "Pentax raw"),
    ("ptx", "Pentax raw"),
    ("pxn", "Logitech raw"),
    ("raf", "Fujifilm raw"),
    ("rw2", "Panasonic raw"),
    ("rwl", "Leica raw"),
    ("rwz", "Rawzor raw"),
    ("sr2", "Sony raw"),
    ("srf", "Sony raw"),
    ("srw", "Samsung raw"),
    ("sti", "Sinar raw"),
    ("x3f", "Sigma raw"),
];

/// Makers by the first letters of what they write into a TIFF, and what is called so.
const MAKERS: &[(&[u8], &str)] = &[
    (b"canon", "Canon raw"),
    (b"nikon", "Nikon raw"),
    (b"sony", "Sony raw"),
    (b"pentax", "Pentax raw"),
    (b"ricoh", "Pentax raw"),
    (b"hasselblad", "Hasselblad raw"),
    (b"imacon", "Hasselblad raw"),
    (b"phase one", "Phase One raw"),
    (b"leaf", "Leaf raw"),
    (b"samsung", "Samsung raw"),
    (b"seiko epson", "Epson raw"),
    (b"epson", "Epson raw"),
    (b"mamiya", "Mamiya raw"),
    (b"kodak", "Kodak raw"),
    (b"eastman kodak", "Kodak raw"),
    (b"olympus", "Olympus raw"),
    (b"om digital", "Olympus raw"),
    (b"panasonic", "Panasonic raw"),
    (b"leica", "Leica raw"),
    (b"gopro", "GoPro raw"),
];

/// What all of these are called.
#[cfg(test)]
pub(super) fn names() -> impl Iterator<Item = &'static str> {
    let endings = ENDINGS.iter().map(|(_, name)| *name);
    let magic = MAGIC.iter().chain(MAKERS).map(|(_, name)| *name);
    endings.chain(magic)
}

/// The raw file of a camera, by its bytes.
pub(super) fn raw(bytes: &[u8]) -> Option<Sniffed> {
    let told = |name| Some(Sniffed::Unsupported(name, RAW));
    let listed = MAGIC.iter().find(|(magic, _)| begins(bytes, magic));
    if let Some((_, name)) = listed {
        return told(name);
    }
    let little = byte_order(bytes)?;
    // Phase One puts its own header behind that of TIFF.
    if matches!(
        array::<4>(bytes, 8),
        Some([b'I', b'I', b'I', b'I'] | [b'M', b'M', b'M', b'M'])
    ) {
        return told("Phase One raw");
    }
    let (tags, _) = tags(bytes);
    let has = |tag| tags.contains(&tag);
    // DNGVersion.
    if has(50_706) {
        return told("camera raw (DNG)");
    }
    // Leaf's own tag; a sensor's picture; a maker's name, and a smaller copy before
    // further directories for the true picture, which an edited photo has not.
    let first = number32(bytes, 4, little)?;
    let is_small = value(bytes, first, little, 254).is_some_and(|kind| kind & 1 == 1);
    let raw = has(34_310)
        || is_sensed(bytes, first, little, has(271))
        || (has(271) && has(330) && is_small)
        || further(bytes, first, little).any(|at| is_sensed(bytes, at, little, has(271)));
    raw.then(|| Sniffed::Unsupported(maker(bytes, first, little), RAW))
}

/// Does it begin so? Behind a few letters there has to be what no text has.
fn begins(bytes: &[u8], magic: &[u8]) -> bool {
    let Some(rest) = bytes.strip_prefix(magic) else {
        return false;
    };
    let few = magic.len() <= 4 && magic.iter().all(u8::is_ascii_alphabetic);
    let is_binary = |byte: &u8| matches!(byte, 0..=8 | 14..=26 | 28..=31 | 127);
    !few || rest.iter().take(BEHIND).any(is_binary)
}

/// Bytes behind the first letters of a raw file, among which are numbers.
const BEHIND: usize = 12;

/// The first 16 bits of a tag of the directory at `start`.
fn value(bytes: &[u8], start: u32, little: bool, wanted: u16) -> Option<u16> {
    let (_, at) = entries(bytes, start, little).find(|(tag, _)| *tag == wanted)?;
    match number16(bytes, at + 2, little)? {
        // A number of 32 bits has its low half last.
        4 if !little => number16(bytes, at + 10, little),
        _ => number16(bytes, at + 8, little),
    }
}

/// Does the directory at `start` tell of the mosaic before a sensor, or, where a camera's
/// maker is named, of a coding that only cameras know?
fn is_sensed(bytes: &[u8], start: u32, little: bool, made: bool) -> bool {
    let value = |tag| value(bytes, start, little, tag);
    let mosaic = value(33_421).is_some() || matches!(value(262), Some(32_803 | 34_892));
    let coded = matches!(value(259), Some(32_767 | 32_769 | 34_713 | 65_000 | 65_535));
    mosaic || (made && coded)
}

/// Where the further directories of the one at `first` are (tag 330, a few at most).
fn further(bytes: &[u8], first: u32, little: bool) -> impl Iterator<Item = u32> {
    let found = entries(bytes, first, little).find(|(tag, _)| *tag == 330);
    let places = found.and_then(|(_, at)| {
        let count = number32(bytes, at + 4, little)?;
        let place = match count {
            1 => at + 8,
            _ => number32(bytes, at + 8, little)? as usize,
        };
        Some((place, count.min(8) as usize))
    });
    let (place, count) = places.unwrap_or((0, 0));
    (0..count).map_while(move |n| number32(bytes, place.checked_add(n * 4)?, little))
}

/// Whose raw file a TIFF is, by the maker that it names.
fn maker(bytes: &[u8], first: u32, little: bool) -> &'static str {
    let mut entries = entries(bytes, first, little);
    let named = entries.find_map(|(tag, at)| {
        let start = number32(bytes, at + 8, little).filter(|_| tag == 271)?;
        bytes.get(start as usize..)
    });
    let named = named.unwrap_or_default();
    let is = |maker: &[u8]| {
        named
            .get(..maker.len())
            .is_some_and(|start| start.eq_ignore_ascii_case(maker))
    };
    let known = MAKERS.iter().find(|(maker, _)| is(maker));
    known.map_or(super::phrase::RAW, |(_, name)| name)
}

/// The raw file of a camera, by how its name ends.
pub(super) fn by_ending(name: &str) -> Option<Sniffed> {
    let (_, ending) = name.rsplit_once('.')?;
    let ends = |known: &str| known.eq_ignore_ascii_case(ending);
    let (_, kind) = ENDINGS.iter().find(|(known, _)| ends(known))?;
    Some(Sniffed::Unsupported(kind, RAW))
}
