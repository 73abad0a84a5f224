//! AVI (RIFF): chunks within lists. What playing needs is known and stays; any other
//! chunk becomes `JUNK`, of zeros.

use std::ops::Range;

use super::file::File;

type Names = [&'static [u8; 4]];

/// What playing needs at the top of a file, of its head, and of a stream.
const TOP: &Names = &[b"idx1", b"hdrl", b"movi"];
const HEAD: &Names = &[b"avih", b"strl", b"odml"];
const STREAM: &Names = &[b"strh", b"strf", b"indx", b"vprp"];

/// More chunks beside one another has no list that is looked into.
const MOST: usize = 10_000;

/// A chunk: where it begins, its name (of a list, that of the list), and where what is
/// in it stands.
struct Chunk {
    at: usize,
    name: [u8; 4],
    inside: Range<usize>,
}

pub(super) fn take_out(file: &mut File<'_>) -> Option<()> {
    // A large file is several, one after the other.
    for part in chunks(file, 0..file.len())? {
        match &part.name {
            b"AVI " | b"AVIX" => keep(file, &part, TOP)?,
            _ => junk(file, &part)?,
        }
    }
    Some(())
}

fn keep(file: &mut File<'_>, outer: &Chunk, names: &Names) -> Option<()> {
    for part in chunks(file, outer.inside.clone())? {
        match &part.name {
            name if !names.contains(&name) => junk(file, &part)?,
            b"hdrl" => keep(file, &part, HEAD)?,
            b"strl" => keep(file, &part, STREAM)?,
            // A stream of text is not followed to where its pieces lie.
            b"strh" if !matches!(file.get(part.inside.start, 4)?, b"vids" | b"auds") => {
                return None;
            }
            _ => {}
        }
    }
    Some(())
}

/// The chunks that fill a range, each at an even place.
fn chunks(file: &File<'_>, range: Range<usize>) -> Option<Vec<Chunk>> {
    let mut all = Vec::new();
    let mut at = range.start;
    while at < range.end {
        let name: [u8; 4] = file.array(at)?;
        let size = usize::try_from(u32::from_le_bytes(file.array(at + 4)?)).ok()?;
        let is_list = matches!(&name, b"RIFF" | b"LIST");
        let head = if is_list { 12 } else { 8 };
        let end = at.checked_add(8)?.checked_add(size)?;
        if end > range.end || end < at + head || all.len() == MOST {
            return None;
        }
        all.push(Chunk {
            at,
            name: if is_list { file.array(at + 8)? } else { name },
            inside: at + head..end,
        });
        at = end + size % 2;
    }
    Some(all)
}

fn junk(file: &mut File<'_>, part: &Chunk) -> Option<()> {
    file.clear(part.at + 8..part.inside.end)?;
    file.put(part.at, b"JUNK")
}
