//! What an xz stream asks for (the .xz file format, section 3; LZMA2 as XZ Utils has it).

use drawing::raw::be16;

/// Bytes of the head of a stream.
const HEAD: usize = 12;

/// The dictionary of 64 MB, the largest of what the levels of `xz` have.
const MOST: u8 = 28;

/// Most blocks: each of at least 24 MB where `xz` makes several.
const BLOCKS: u32 = 8;

/// The name of LZMA2 among filters.
const LZMA2: u64 = 0x21;

/// Is it of a few blocks, none with a dictionary of more than 64 MB? Its reader makes
/// room for whatever each block names.
pub(super) fn is_modest(stored: &[u8]) -> bool {
    let walk = || {
        let check = match stored.get(7)? & 15 {
            0 => 0,
            1 => 4,
            4 => 8,
            10 => 32,
            _ => return None,
        };
        let mut at = HEAD;
        for blocks in 0..=BLOCKS {
            // Where a block has its size, what follows the last one has 0.
            if *stored.get(at)? == 0 {
                return (blocks > 0).then_some(());
            }
            at = block(stored, at)?.checked_add(check)?;
        }
        None
    };
    walk().is_some()
}

/// Where the block at `start` ends, before its check sum; `None` where its dictionary is
/// too large, or it is none.
fn block(stored: &[u8], start: usize) -> Option<usize> {
    let data = start + (usize::from(*stored.get(start)?) + 1) * 4;
    let flags = *stored.get(start + 1)?;
    let mut at = start + 2;
    // The sizes, where they are said.
    for _ in 0..(flags >> 6).count_ones() {
        number(stored, &mut at)?;
    }
    for _ in 0..=flags & 3 {
        let name = number(stored, &mut at)?;
        let length = usize::try_from(number(stored, &mut at)?).ok()?;
        if name == LZMA2 && *stored.get(at)? > MOST {
            return None;
        }
        at = at.checked_add(length)?;
    }
    let mut end = data;
    loop {
        let size = |from| be16(stored, end + from).map(|size| usize::from(size) + 1);
        end += match *stored.get(end)? {
            0 => break,
            // As it is.
            1 | 2 => 3 + size(1)?,
            // Whose head has properties, or not.
            0xc0.. => 6 + size(3)?,
            0x80.. => 5 + size(3)?,
            _ => return None,
        };
    }
    Some(data + (end + 1 - data).next_multiple_of(4))
}

/// A number of seven bits a byte, the lowest first, of up to nine bytes.
fn number(stored: &[u8], at: &mut usize) -> Option<u64> {
    let mut value = 0;
    for n in 0..9 {
        let byte = *stored.get(*at)?;
        *at += 1;
        value |= u64::from(byte & 0x7f) << (7 * n);
        if byte & 0x80 == 0 {
            return Some(value);
        }
    }
    None
}
