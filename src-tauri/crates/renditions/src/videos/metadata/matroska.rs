//! WebM (Matroska, RFC 9559; EBML, RFC 8794): elements within elements. What is taken
//! out becomes a Void element of the same size.

use std::ops::Range;

use super::file::File;

const EBML: u32 = 0x1a45_dfa3;
const SEGMENT: u32 = 0x1853_8067;
const CLUSTER: u32 = 0x1f43_b675;
const INFO: u32 = 0x1549_a966;
const TRACKS: u32 = 0x1654_ae6b;
const TAGS: u32 = 0x1254_c367;
const ATTACHMENTS: u32 = 0x1941_a469;
const TRACK: u32 = 0xae;
const TRACK_TYPE: u32 = 0x83;
const TRACK_NAME: u32 = 0x536e;
const VOID: u32 = 0xec;
/// The checksum of what it stands in, which would no longer be right.
const CRC: u32 = 0xbf;

/// Of the information on a segment: when it was made, its title, and its own name and
/// those of the files before and after it.
const INFORMATION: [u32; 6] = [0x4461, 0x7ba9, 0x7384, 0x003c_83ab, 0x003e_83bb, CRC];

/// More elements beside one another has no list that is looked into.
const MOST: usize = 10_000;

/// An element: where it begins, its id, and where what is in it stands.
struct Element {
    at: usize,
    id: u32,
    inside: Range<usize>,
    /// It goes on until something comes that cannot be in it.
    open: bool,
}

pub(super) fn take_out(file: &mut File<'_>) -> Option<()> {
    let mut at = 0;
    while at < file.len() {
        let next = element(file, at, file.len())?;
        match next.id {
            EBML => {}
            VOID => file.clear(next.inside.clone())?,
            SEGMENT => segment(file, next.inside.clone())?,
            _ => return None,
        }
        at = next.inside.end;
    }
    Some(())
}

fn segment(file: &mut File<'_>, range: Range<usize>) -> Option<()> {
    let mut at = range.start;
    while at < range.end {
        let next = element(file, at, range.end)?;
        at = next.inside.end;
        match next.id {
            // What is in one that is open stands beside it, as far as is looked here.
            CLUSTER if next.open => at = next.inside.start,
            _ if next.open => return None,
            TAGS | ATTACHMENTS | CRC => void(file, &next)?,
            VOID => file.clear(next.inside)?,
            INFO => {
                for part in inside(file, &next)? {
                    if INFORMATION.contains(&part.id) {
                        void(file, &part)?;
                    }
                }
            }
            TRACKS => tracks(file, &next)?,
            _ => {}
        }
    }
    Some(())
}

/// A track that is neither seen nor heard may say anything, and its blocks lie among
/// those of the others.
fn tracks(file: &mut File<'_>, all: &Element) -> Option<()> {
    for track in inside(file, all)? {
        if track.id != TRACK {
            continue;
        }
        for part in inside(file, &track)? {
            match part.id {
                TRACK_TYPE if !matches!(file.byte(part.inside.start)?, 1 | 2) => return None,
                TRACK_NAME | CRC => void(file, &part)?,
                _ => {}
            }
        }
    }
    Some(())
}

fn inside(file: &File<'_>, outer: &Element) -> Option<Vec<Element>> {
    let mut all = Vec::new();
    let mut at = outer.inside.start;
    while at < outer.inside.end {
        let next = element(file, at, outer.inside.end)?;
        if next.open || all.len() == MOST {
            return None;
        }
        at = next.inside.end;
        all.push(next);
    }
    Some(all)
}

fn element(file: &File<'_>, at: usize, end: usize) -> Option<Element> {
    let length = length(file.byte(at)?);
    if length > 4 {
        return None;
    }
    let id = (file.get(at, length)?.iter()).fold(0, |id, byte| (id << 8) | u32::from(*byte));
    let (size, wide, open) = size(file, at + length)?;
    let from = at + length + wide;
    let to = match open {
        true => end,
        false => from.checked_add(size)?,
    };
    (from <= to && to <= end).then_some(Element {
        at,
        id,
        inside: from..to,
        open,
    })
}

/// How many bytes a number has that begins with this one.
fn length(first: u8) -> usize {
    (0..8).take_while(|bit| first & (0x80 >> bit) == 0).count() + 1
}

/// A size, how many bytes it takes, and whether it is unknown: all ones.
fn size(file: &File<'_>, at: usize) -> Option<(usize, usize, bool)> {
    let wide = length(file.byte(at)?);
    if wide > 8 {
        return None;
    }
    let marked = (file.get(at, wide)?.iter()).fold(0, |size, byte| (size << 8) | u64::from(*byte));
    let most = (1_u64 << (7 * wide)) - 1;
    let size = marked & most;
    if size == most {
        return Some((0, wide, true));
    }
    Some((usize::try_from(size).ok()?, wide, false))
}

/// Makes it a Void element, of zeros.
fn void(file: &mut File<'_>, part: &Element) -> Option<()> {
    let all = part.inside.end - part.at;
    // A size of one byte, else of eight.
    let mut head = vec![0xec];
    if all < 128 {
        head.push(0x80 | u8::try_from(all.checked_sub(2)?).ok()?);
    } else {
        let size = u64::try_from(all.checked_sub(9)?).ok()?;
        head.extend(((1 << 56) | size).to_be_bytes());
    }
    file.clear(part.at + head.len()..part.inside.end)?;
    file.put(part.at, &head)
}
