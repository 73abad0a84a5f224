//! The structure that TIFF files and EXIF blocks share (TIFF 6.0, section 2).

use crate::raw::{be16, be32, le16, le32};

/// The tags of the first directory of a TIFF structure, and whether another
/// directory follows: a second page.
pub fn tags(tiff: &[u8]) -> (Vec<u16>, bool) {
    let first = byte_order(tiff).and_then(|little| Some((little, number32(tiff, 4, little)?)));
    let Some((little, first)) = first else {
        return (Vec::new(), false);
    };
    let tags: Vec<u16> = entries(tiff, first, little).map(|(tag, _)| tag).collect();
    let next = (first as usize).checked_add(2 + tags.len() * 12);
    let next = next.and_then(|at| number32(tiff, at, little));
    (tags, next.is_some_and(|next| next != 0))
}

/// Is its order of bytes little-endian? `None` where it is no such structure.
pub fn byte_order(tiff: &[u8]) -> Option<bool> {
    match tiff.get(..4)? {
        b"II*\0" => Some(true),
        b"MM\0*" => Some(false),
        _ => None,
    }
}

/// Tag and offset of each entry of the directory at `start`.
pub fn entries(tiff: &[u8], start: u32, little: bool) -> impl Iterator<Item = (u16, usize)> {
    let start = start as usize;
    let count = number16(tiff, start, little).unwrap_or(0);
    (0..usize::from(count)).map_while(move |i| {
        let at = start.checked_add(2 + i * 12)?;
        number16(tiff, at, little).map(|tag| (tag, at))
    })
}

/// 16 bits in the order of the structure.
pub fn number16(tiff: &[u8], at: usize, little: bool) -> Option<u16> {
    if little {
        le16(tiff, at)
    } else {
        be16(tiff, at)
    }
}

/// 32 bits in the order of the structure.
pub fn number32(tiff: &[u8], at: usize, little: bool) -> Option<u32> {
    if little {
        le32(tiff, at)
    } else {
        be32(tiff, at)
    }
}
