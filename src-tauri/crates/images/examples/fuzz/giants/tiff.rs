//! Pictures in TIFF.

use super::zeros::{SIDE, zeros};
use crate::fixtures;

/// One strip; `format` 1 for numbers, 3 for floating point.
pub fn one_strip(bits: u16, channels: u16, format: u16, compression: u16, data: &[u8]) -> Vec<u8> {
    let start = 8 + 2 + 12 * 11 + 4;
    let (depths, formats) = (start, start + 8);
    let mut out = b"II*\0\x08\0\0\0\x0b\0".to_vec();
    let mut entry = |tag: u16, kind: u16, count: u32, value: u32| {
        out.extend(tag.to_le_bytes());
        out.extend(kind.to_le_bytes());
        out.extend(count.to_le_bytes());
        out.extend(value.to_le_bytes());
    };
    let many = u32::from(channels);
    entry(256, 4, 1, SIDE);
    entry(257, 4, 1, SIDE);
    entry(258, 3, many, depths);
    entry(259, 3, 1, compression.into());
    entry(262, 3, 1, if channels < 3 { 0 } else { 2 });
    entry(273, 4, 1, start + 16);
    entry(277, 3, 1, many);
    entry(278, 4, 1, SIDE);
    entry(279, 4, 1, data.len() as u32);
    entry(338, 3, many.saturating_sub(3), 2);
    entry(339, 3, many, formats);
    out.extend([0; 4]);
    for number in [bits, format] {
        for _ in 0..4 {
            out.extend(number.to_le_bytes());
        }
    }
    out.extend(data);
    out
}

/// An xz stream, which says that its dictionary is of 4 GB.
pub const LARGE_WINDOW: &[u8] =
    b"\xfd7zXZ\0\0\x01\x69\x22\xde\x36\x02\0\x21\x01\x28\0\0\0\xe6\xa0\x11\xb3\x01\0\0a\0";

/// A picture of tiles, or of strips as wide as it, all of them the same; with tables that
/// they share, where there are any.
pub fn tiles((width, height): (u32, u32), compression: u32, tile: &[u8], tables: &[u8]) -> Vec<u8> {
    let count = SIDE.div_ceil(width) * SIDE.div_ceil(height);
    let head = 8 + 2 + 12 * 11 + 4;
    let (at, lengths) = (head + 8, head + 8 + count * 4);
    let shared = lengths + count * 4;
    let data = shared + tables.len() as u32;
    let mut out = b"II*\0\x08\0\0\0\x0b\0".to_vec();
    let mut entry = |tag: u16, kind: u16, count: u32, value: u32| {
        out.extend(tag.to_le_bytes());
        out.extend(kind.to_le_bytes());
        out.extend(count.to_le_bytes());
        out.extend(value.to_le_bytes());
    };
    entry(256, 4, 1, SIDE);
    entry(257, 4, 1, SIDE);
    entry(258, 3, 3, head);
    entry(259, 3, 1, compression);
    entry(262, 3, 1, 2);
    // The lowest bit of a byte comes first.
    entry(266, 3, 1, if width == SIDE { 2 } else { 1 });
    entry(322, 4, 1, width);
    entry(323, 4, 1, height);
    entry(324, 4, count, at);
    entry(325, 4, count, lengths);
    entry(347, 7, tables.len() as u32, shared);
    out.extend([0, 0, 0, 0, 8, 0, 8, 0, 8, 0, 0, 0]);
    for value in [data, tile.len() as u32] {
        (0..count).for_each(|_| out.extend(value.to_le_bytes()));
    }
    out.extend(tables);
    out.extend(tile);
    out
}

/// Bytes that make a file large, so that its chunks may be read of more.
const FILLER: usize = 50 << 20;

/// A strip for each row, all of them in the same bytes: as many as they may be.
pub fn shared_strips() -> Option<Vec<u8>> {
    let mut row = zeros(u64::from(SIDE) * 3)?;
    row.iter_mut().for_each(|byte| *byte = byte.reverse_bits());
    row.resize((2 * FILLER + (64 << 20)) / SIDE as usize, 0);
    let mut out = tiles((SIDE, 1), 8, &row, &[]);
    out.resize(FILLER.max(out.len()), 0);
    Some(out)
}

/// Tiles of JPEG, for each of which the same tables are read: as many as they may be.
pub fn shared_tables() -> Option<Vec<u8>> {
    const TILE: u32 = 64;
    let tile = fixtures::jpeg(&fixtures::flat(TILE, TILE, [30, 90, 160]));
    let count = SIDE.div_ceil(TILE).pow(2) as usize;
    // A table of one code.
    let table = [&b"\xff\xc4\0\x14\x03\x01"[..], &[0; 16]].concat();
    let room = ((2 * FILLER + (64 << 20)) / count).checked_sub(tile.len() + 4)?;
    let tables = [
        b"\xff\xd8",
        table.repeat(room / table.len()).as_slice(),
        b"\xff\xd9",
    ]
    .concat();
    let mut out = tiles((TILE, TILE), 7, &tile, &tables);
    out.resize(FILLER.max(out.len()), 0);
    Some(out)
}
