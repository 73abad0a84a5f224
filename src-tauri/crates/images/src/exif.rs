//! The two facts of EXIF that matter here: which way is up, and does it hold a place.

use crate::raw::{be16, be32, le16, le32};

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

const ORIENTATION: u16 = 0x0112;
const GPS: u16 = 0x8825;

/// Reads a TIFF structure (Exif 2.3, section 4.5), with or without `Exif\0\0`
/// before it. A tag that cannot be read counts as not there.
pub(crate) fn read(block: &[u8]) -> Exif {
    let tiff = block.strip_prefix(b"Exif\0\0").unwrap_or(block);
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

/// The tags of the first directory of a TIFF structure, and whether another
/// directory follows: a second page.
pub(crate) fn tags(tiff: &[u8]) -> (Vec<u16>, bool) {
    let first = byte_order(tiff).and_then(|little| Some((little, number32(tiff, 4, little)?)));
    let Some((little, first)) = first else {
        return (Vec::new(), false);
    };
    let tags: Vec<u16> = entries(tiff, first, little).map(|(tag, _)| tag).collect();
    let next = (first as usize).checked_add(2 + tags.len() * 12);
    let next = next.and_then(|at| number32(tiff, at, little));
    (tags, next.is_some_and(|next| next != 0))
}

fn byte_order(tiff: &[u8]) -> Option<bool> {
    match tiff.get(..4)? {
        b"II*\0" => Some(true),
        b"MM\0*" => Some(false),
        _ => None,
    }
}

/// Tag and offset of each entry of the directory at `start`.
fn entries(tiff: &[u8], start: u32, little: bool) -> impl Iterator<Item = (u16, usize)> {
    let start = start as usize;
    let count = number16(tiff, start, little).unwrap_or(0);
    (0..usize::from(count)).map_while(move |i| {
        let at = start.checked_add(2 + i * 12)?;
        number16(tiff, at, little).map(|tag| (tag, at))
    })
}

fn number16(tiff: &[u8], at: usize, little: bool) -> Option<u16> {
    if little {
        le16(tiff, at)
    } else {
        be16(tiff, at)
    }
}

fn number32(tiff: &[u8], at: usize, little: bool) -> Option<u32> {
    if little {
        le32(tiff, at)
    } else {
        be32(tiff, at)
    }
}
