//! MP4 and QuickTime (ISO/IEC 14496-12, QuickTime File Format): boxes within boxes.
//! What playing needs is known and stays; any other box becomes a `free` one, of zeros.

use std::ops::Range;

use super::file::File;
use super::samples::Tables;

/// Of fragments within fragments; deeper goes no file.
const DEEPEST: u32 = 8;

/// More boxes beside one another has no file that is taken.
const MOST: usize = 100_000;

type Names = [&'static [u8; 4]];

/// Nothing stands in these, or what was there before.
const BLANK: &Names = &[b"free", b"skip", b"wide"];

/// What playing needs at the top of a file, of a movie, a track, its media, and what
/// these hold.
const TOP: &Names = &[
    b"ftyp", b"styp", b"pdin", b"moov", b"moof", b"mdat", b"sidx", b"ssix", b"mfra", b"prft",
];
const MOVIE: &Names = &[
    b"mvhd", b"iods", b"trak", b"mvex", b"pssh", b"clip", b"ctab",
];
const TRACK: &Names = &[
    b"tkhd", b"tref", b"edts", b"mdia", b"clip", b"matt", b"load", b"imap", b"tapt", b"trgr",
];
const MEDIA: &Names = &[b"mdhd", b"hdlr", b"elng", b"minf"];
const INFORMATION: &Names = &[
    b"vmhd", b"smhd", b"hmhd", b"sthd", b"nmhd", b"gmhd", b"hdlr", b"dinf", b"stbl",
];

/// Metadata wherever it stands.
const NEVER: &Names = &[b"udta", b"meta", b"uuid", b"loci", b"XMP_"];

/// Tracks that are seen or heard, and the clock of a camera; others say where the
/// camera was, moved and looked (`meta`, `camm`, `gpmd`, also as subtitles).
const TRACKS: &Names = &[b"vide", b"soun", b"tmcd"];

/// A box: where it begins, its name, and where what is in it stands.
struct Part {
    at: usize,
    name: [u8; 4],
    inside: Range<usize>,
}

impl Part {
    fn is(&self, names: &Names) -> bool {
        names.contains(&&self.name)
    }
}

pub(super) fn take_out(file: &mut File<'_>) -> Option<()> {
    let (parts, whole) = top(file);
    let is_split = parts.iter().any(|part| part.is(&[b"moof"]));
    for part in &parts {
        match &part.name {
            b"moov" => {
                let inside = inside(file, part)?;
                // Dash cameras list here what stands among the pictures.
                if inside.iter().any(|part| part.is(&[b"gps "])) {
                    clear_places(file)?;
                }
                movie(file, inside, is_split)?;
            }
            b"moof" => fragments(file, part, 0)?,
            _ => keep(file, part, TOP)?,
        }
    }
    whole.then_some(())
}

/// The boxes of a file, and whether they fill it. One of pictures may be cut off.
fn top(file: &File<'_>) -> (Vec<Part>, bool) {
    let mut all = Vec::new();
    let mut at = 0;
    while at < file.len() {
        let Some(part) = part(file, at, file.len()) else {
            return (all, false);
        };
        at = part.inside.end;
        all.push(part);
        if all.len() > MOST {
            return (all, false);
        }
    }
    (all, true)
}

/// The box at `at`, which ends at `end` at the latest.
fn part(file: &File<'_>, at: usize, end: usize) -> Option<Part> {
    let name: [u8; 4] = file.array(at.checked_add(4)?)?;
    let at_top = end == file.len();
    let (head, size) = match file.u32(at)? {
        // The last one of a file need not say its size.
        0 if at_top => (8, end - at),
        1 => (16, usize::try_from(file.u64(at + 8)?).ok()?),
        size => (8, usize::try_from(size).ok()?),
    };
    let mut to = at.checked_add(size)?;
    if to > end && at_top && name == *b"mdat" {
        to = end;
    }
    (size >= head && to <= end && at + head <= to).then_some(Part {
        at,
        name,
        inside: at + head..to,
    })
}

/// The boxes in a box. Four bytes of zeros may end them in QuickTime.
fn inside(file: &File<'_>, outer: &Part) -> Option<Vec<Part>> {
    let mut all = Vec::new();
    let Range { start: mut at, end } = outer.inside;
    while at < end {
        if end - at == 4 && file.u32(at) == Some(0) {
            break;
        }
        let part = part(file, at, end)?;
        at = part.inside.end;
        all.push(part);
        if all.len() > MOST {
            return None;
        }
    }
    Some(all)
}

fn movie(file: &mut File<'_>, parts: Vec<Part>, is_split: bool) -> Option<()> {
    for part in parts {
        match &part.name {
            b"mvhd" => dates(file, &part)?,
            b"trak" => track(file, &part, is_split)?,
            // Compressed: what is in it cannot be told.
            b"cmov" => return None,
            b"mvex" => fragments(file, &part, 0)?,
            _ => keep(file, &part, MOVIE)?,
        }
    }
    Some(())
}

fn track(file: &mut File<'_>, track: &Part, is_split: bool) -> Option<()> {
    let parts = inside(file, track)?;
    let media = parts.iter().find(|part| part.is(&[b"mdia"]))?;
    let media = inside(file, media)?;
    let handler = media.iter().find(|part| part.is(&[b"hdlr"]))?;
    let kind: [u8; 4] = file.array(handler.inside.start + 8)?;
    if !TRACKS.contains(&&kind) {
        // Of a file in fragments its samples are not followed.
        if is_split {
            return None;
        }
        let table = media.iter().find(|part| part.is(&[b"minf"]))?;
        let table = inside(file, table)?;
        let table = table.iter().find(|part| part.is(&[b"stbl"]))?;
        tables(inside(file, table)?).clear(file)?;
        return free(file, track);
    }
    for part in &parts {
        match &part.name {
            b"tkhd" => dates(file, part)?,
            _ => keep(file, part, TRACK)?,
        }
    }
    for part in &media {
        match &part.name {
            b"mdhd" => dates(file, part)?,
            b"minf" => {
                for part in inside(file, part)? {
                    keep(file, &part, INFORMATION)?;
                }
            }
            _ => keep(file, part, MEDIA)?,
        }
    }
    Some(())
}

/// Where the samples of a track stand.
fn tables(parts: Vec<Part>) -> Tables {
    let mut tables = Tables::default();
    for part in parts {
        match &part.name {
            b"stsz" | b"stz2" => tables.sizes = Some((part.name == *b"stz2", part.inside)),
            b"stco" | b"co64" => tables.chunks = Some((part.name == *b"co64", part.inside)),
            b"stsc" => tables.runs = Some(part.inside),
            _ => {}
        }
    }
    tables
}

/// Of fragments, whose boxes are many, only metadata goes.
fn fragments(file: &mut File<'_>, outer: &Part, depth: u32) -> Option<()> {
    if depth > DEEPEST {
        return None;
    }
    for part in inside(file, outer)? {
        match &part.name {
            b"traf" => fragments(file, &part, depth + 1)?,
            // What a fragment is encrypted with.
            b"uuid" if depth > 0 => {}
            _ if part.is(NEVER) => free(file, &part)?,
            _ => {}
        }
    }
    Some(())
}

/// Leaves the box as it is if it is one of these, and makes it a free one else.
fn keep(file: &mut File<'_>, part: &Part, names: &Names) -> Option<()> {
    if part.is(BLANK) {
        return file.clear(part.inside.clone());
    }
    match part.is(names) {
        true => Some(()),
        false => free(file, part),
    }
}

/// Zeros of the same size that nobody reads.
fn free(file: &mut File<'_>, part: &Part) -> Option<()> {
    file.clear(part.inside.clone())?;
    file.put(part.at + 4, b"free")
}

/// When it was made and changed: two times of four bytes, or of eight in version 1.
fn dates(file: &mut File<'_>, part: &Part) -> Option<()> {
    let at = part.inside.start;
    let end = at + if file.get(at, 1)? == [1] { 20 } else { 12 };
    (end <= part.inside.end).then_some(())?;
    file.clear(at + 4..end)
}

/// Blocks of places as dash cameras write them: a size, and this name.
fn clear_places(file: &mut File<'_>) -> Option<()> {
    const NAME: &[u8] = b"freeGPS ";
    let found: Vec<usize> = memchr::memmem::find_iter(file.bytes, NAME).collect();
    for at in found {
        let from = at.checked_sub(4)?;
        let size = usize::try_from(file.u32(from)?).ok()?;
        let end = from.checked_add(size)?.clamp(at + NAME.len(), file.len());
        file.clear(at + 4..end)?;
    }
    Some(())
}
