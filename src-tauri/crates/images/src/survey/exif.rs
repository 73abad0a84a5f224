//! The facts of EXIF that matter here: which way is up, does it hold a place, and who
//! made the camera.

use drawing::tiff::{byte_order, entries, number16, number32};

/// What an EXIF block says.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Exif {
    /// Tag 0x0112, 1 to 8, where it is there and valid.
    pub(crate) orientation: Option<u8>,
    /// Holds GPS data.
    pub(crate) location: bool,
    /// Holds anything besides.
    pub(crate) other: bool,
}

const MAKE: u16 = 0x010f;
const ORIENTATION: u16 = 0x0112;
const GPS: u16 = 0x8825;

/// Reads a TIFF structure (Exif 2.3, section 4.5), with or without `Exif\0\0`
/// before it. A tag that cannot be read counts as not there.
pub(crate) fn read(block: &[u8]) -> Exif {
    let tiff = structure(block);
    // What cannot be read may be anything.
    let mut exif = Exif {
        other: true,
        ..Exif::default()
    };
    let Some(little) = byte_order(tiff) else {
        return exif;
    };
    let Some(first) = number32(tiff, 4, little) else {
        return exif;
    };
    exif.other = false;
    for (tag, at) in entries(tiff, first, little) {
        match tag {
            ORIENTATION => {
                exif.orientation = number16(tiff, at + 8, little)
                    .and_then(|v| u8::try_from(v).ok())
                    .filter(|v| (1..=8).contains(v));
            }
            // A GPS part that holds but its version number tells no place.
            GPS => {
                exif.location = number32(tiff, at + 8, little)
                    .is_some_and(|gps| entries(tiff, gps, little).any(|(tag, _)| tag != 0));
            }
            _ => exif.other = true,
        }
    }
    exif
}

/// Who made the camera, as it says itself.
pub(crate) fn maker(block: &[u8]) -> Option<String> {
    let tiff = structure(block);
    let little = byte_order(tiff)?;
    let mut tags = entries(tiff, number32(tiff, 4, little)?, little);
    let (_, at) = tags.find(|(tag, _)| *tag == MAKE)?;
    let length = number32(tiff, at + 4, little)? as usize;
    // Four letters stand in the place of the number of where they are.
    let from = match length {
        ..=4 => at + 8,
        _ => number32(tiff, at + 8, little)? as usize,
    };
    let words = tiff.get(from..from.checked_add(length)?)?;
    let words = String::from_utf8_lossy(words);
    let words = words.trim_matches(|c: char| c == '\0' || c.is_whitespace());
    (!words.is_empty()).then(|| words.to_owned())
}

fn structure(block: &[u8]) -> &[u8] {
    block.strip_prefix(b"Exif\0\0").unwrap_or(block)
}
