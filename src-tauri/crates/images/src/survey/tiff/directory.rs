//! TIFF's directories, of 32-bit and of 64-bit offsets (TIFF 6.0, section 2;
//! BigTIFF as libtiff documents it).

use std::collections::HashSet;
use std::ops::Range;

use drawing::raw::array;

/// Fields that are read of all directories together: many times what any writer makes.
const FIELDS: usize = 1 << 18;

/// The bytes of a file and how its numbers are written.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Tiff<'a> {
    pub(crate) bytes: &'a [u8],
    pub(crate) little: bool,
    /// Offsets of 64 bits.
    pub(crate) big: bool,
}

/// What a directory says of one page.
#[derive(Debug, Clone, Default)]
pub(crate) struct Directory {
    fields: Vec<Field>,
}

#[derive(Debug, Clone, Copy)]
struct Field {
    tag: u16,
    kind: u16,
    count: usize,
    /// Where the values begin.
    at: usize,
}

/// Bytes of a value of this type; `None` for a type that nobody knows.
fn size(kind: u16) -> Option<usize> {
    Some(match kind {
        1 | 2 | 6 | 7 => 1,
        3 | 8 => 2,
        4 | 9 | 11 | 13 => 4,
        5 | 10 | 12 | 16 | 17 | 18 => 8,
        _ => return None,
    })
}

impl<'a> Tiff<'a> {
    /// Reads the head; `None` where it is none.
    pub(crate) fn of(bytes: &'a [u8]) -> Option<Self> {
        let (little, big) = match bytes.get(..4)? {
            b"II*\0" => (true, false),
            b"MM\0*" => (false, false),
            b"II+\0" => (true, true),
            b"MM\0+" => (false, true),
            _ => return None,
        };
        Some(Self { bytes, little, big })
    }

    /// All directories in the order in which they are linked. A circle ends where it
    /// closes; `None` where there is no first one.
    pub(crate) fn directories(&self) -> Option<Vec<Directory>> {
        let mut next = if self.big {
            self.number(8, 8)?
        } else {
            self.number(4, 4)?
        };
        let (mut found, mut seen, mut room) = (Vec::new(), HashSet::new(), FIELDS);
        while next != 0 && room > 0 && seen.insert(next) {
            let Some((directory, after)) = self.directory(next, room) else {
                break;
            };
            room = room.saturating_sub(directory.fields.len().max(1));
            found.push(directory);
            next = after;
        }
        (!found.is_empty()).then_some(found)
    }

    /// The directory at an offset, and where the next one is; 0 after the last.
    fn directory(&self, offset: u64, most: usize) -> Option<(Directory, u64)> {
        let start = usize::try_from(offset).ok()?;
        // Bytes of the count, of an entry, and of what is an offset in it.
        let (head, entry, wide) = if self.big { (8, 20, 8) } else { (2, 12, 4) };
        let count = usize::try_from(self.number(start, head)?).ok()?;
        let mut directory = Directory::default();
        for n in 0..count.min(most) {
            let at = start.checked_add(head + n.checked_mul(entry)?)?;
            let Some(tag) = self.number(at, 2) else {
                break;
            };
            directory.fields.extend(self.field(tag as u16, at, wide));
        }
        let end = start
            .checked_add(head)?
            .checked_add(count.checked_mul(entry)?);
        let next = end.and_then(|at| self.number(at, wide)).unwrap_or(0);
        (!directory.fields.is_empty()).then_some((directory, next))
    }

    /// `None` where its values lie beyond the end, or are of a type that nobody knows.
    fn field(&self, tag: u16, at: usize, wide: usize) -> Option<Field> {
        let kind = self.number(at + 2, 2)? as u16;
        let count = usize::try_from(self.number(at + 4, wide)?).ok()?;
        let bytes = count.checked_mul(size(kind)?)?;
        let inside = at + 4 + wide;
        let at = if bytes <= wide {
            inside
        } else {
            usize::try_from(self.number(inside, wide)?).ok()?
        };
        self.bytes.get(at..at.checked_add(bytes)?)?;
        Some(Field {
            tag,
            kind,
            count,
            at,
        })
    }

    /// A number of 1, 2, 4 or 8 bytes.
    pub(crate) fn number(&self, at: usize, size: usize) -> Option<u64> {
        macro_rules! read {
            ($number:ty) => {{
                let bytes = array(self.bytes, at)?;
                if self.little {
                    <$number>::from_le_bytes(bytes).into()
                } else {
                    <$number>::from_be_bytes(bytes).into()
                }
            }};
        }
        Some(match size {
            1 => u64::from(*self.bytes.get(at)?),
            2 => read!(u16),
            4 => read!(u32),
            _ => read!(u64),
        })
    }

    /// The whole numbers of a tag; `None` where it is not there, or holds none.
    pub(crate) fn numbers(&self, directory: &Directory, tag: u16) -> Option<Vec<u64>> {
        let field = directory.field(tag)?;
        let size = size(field.kind)?;
        if matches!(field.kind, 2 | 5 | 10 | 11 | 12) || field.count == 0 {
            return None;
        }
        let values = (0..field.count).map(|n| self.number(field.at + n * size, size));
        values.collect()
    }

    /// The first whole number of a tag.
    pub(crate) fn first(&self, directory: &Directory, tag: u16) -> Option<u64> {
        let field = directory.field(tag)?;
        let is_whole = !matches!(field.kind, 2 | 5 | 10 | 11 | 12) && field.count > 0;
        is_whole.then(|| self.number(field.at, size(field.kind)?))?
    }

    /// The fractions of a tag, or its whole numbers.
    pub(crate) fn fractions(&self, directory: &Directory, tag: u16) -> Option<Vec<f32>> {
        let field = directory.field(tag)?;
        let size = size(field.kind)?;
        let value = |n: usize| {
            let at = field.at + n * size;
            let half = |at| self.number(at, 4).map(|v| v as f64);
            Some(match field.kind {
                5 => half(at)? / half(at + 4)?.max(1.0),
                11 => f32::from_bits(self.number(at, 4)? as u32).into(),
                12 => f64::from_bits(self.number(at, 8)?),
                2 | 10 => return None,
                _ => self.number(at, size)? as f64,
            } as f32)
        };
        (0..field.count).map(value).collect()
    }

    /// Where the bytes of a tag lie.
    pub(crate) fn place(&self, directory: &Directory, tag: u16) -> Option<Range<usize>> {
        let field = directory.field(tag)?;
        Some(field.at..field.at.checked_add(field.count * size(field.kind)?)?)
    }

    /// The bytes of a tag.
    pub(crate) fn data(&self, directory: &Directory, tag: u16) -> Option<&'a [u8]> {
        self.bytes.get(self.place(directory, tag)?)
    }
}

impl Directory {
    fn field(&self, tag: u16) -> Option<&Field> {
        self.fields.iter().find(|field| field.tag == tag)
    }

    pub(crate) fn has(&self, tag: u16) -> bool {
        self.field(tag).is_some()
    }
}
