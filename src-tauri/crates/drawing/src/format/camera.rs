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

/// The raw file of a camera, by its bytes.
pub(super) fn raw(bytes: &[u8]) -> Option<Sniffed> {
    let told = |name| Some(Sniffed::Unsupported(name, RAW));
    let listed = MAGIC.iter().find(|(magic, _)| bytes.starts_with(magic));
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
    // A maker's name, and further directories for the true picture; Leaf's own tag; the
    // mosaic before a sensor; a coding that only cameras know.
    let first = number32(bytes, 4, little)?;
    let value = |wanted| {
        let mut entries = entries(bytes, first, little);
        entries.find_map(|(tag, at)| (tag == wanted).then(|| number16(bytes, at + 8, little))?)
    };
    let mosaic = has(33_421) || matches!(value(262), Some(32_803 | 34_892));
    let coded = matches!(value(259), Some(32_767 | 32_769 | 34_713 | 65_000 | 65_535));
    let raw = has(34_310) || mosaic || (has(271) && (has(330) || coded));
    raw.then(|| Sniffed::Unsupported(maker(bytes, first, little), RAW))
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
    known.map_or("camera raw", |(_, name)| name)
}

/// The raw file of a camera, by how its name ends.
pub(super) fn by_ending(name: &str) -> Option<Sniffed> {
    let (_, ending) = name.rsplit_once('.')?;
    let ends = |known: &str| known.eq_ignore_ascii_case(ending);
    let (_, kind) = ENDINGS.iter().find(|(known, _)| ends(known))?;
    Some(Sniffed::Unsupported(kind, RAW))
}
