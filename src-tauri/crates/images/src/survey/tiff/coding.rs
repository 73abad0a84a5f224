//! How the chunks of a TIFF page are compressed.

use std::ops::Range;

use drawing::codec::in_tiff;

use super::directory::{Directory, Tiff};

/// Bytes of the tables that the chunks of JPEG share: many times what there can be.
const TABLES: usize = 1 << 16;

/// How chunks are compressed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Coding {
    Plain,
    PackBits,
    Lzw,
    Deflate,
    Zstd,
    Lzma,
    Webp,
    Jpeg2000,
    /// With the tables that all chunks share.
    Jpeg(Range<usize>),
    /// Of TIFF 6.0, section 22.
    OldJpeg(OldJpeg),
    Fax(Fax),
}

impl Coding {
    /// Is a chunk a picture of its own, of JPEG or WebP?
    pub(crate) fn is_picture(&self) -> bool {
        matches!(self, Self::Jpeg(_) | Self::OldJpeg(_) | Self::Webp)
    }

    /// May samples be stored as differences? Elsewhere readers pass over what tag 317
    /// says, as libtiff does.
    pub(super) fn has_differences(&self) -> bool {
        matches!(self, Self::Lzw | Self::Deflate | Self::Zstd | Self::Lzma)
    }

    /// Bytes that are read for every chunk beside its own.
    pub(super) fn shared(&self) -> u64 {
        match self {
            Self::Jpeg(tables) => tables.len() as u64,
            _ => 0,
        }
    }

    /// Chunks that take no more than a few seconds to begin with.
    pub(super) fn most(&self) -> u64 {
        match self {
            _ if self.is_picture() => 1 << 16,
            Self::Jpeg2000 | Self::Zstd | Self::Lzma => 1 << 16,
            _ => 1 << 18,
        }
    }
}

/// A picture of JPEG before TIFF had a sound way to hold one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct OldJpeg {
    /// A stream, which may be all of it.
    pub(crate) stream: Range<usize>,
    /// Where the tables of quantisation and of codes lie, one a component.
    pub(crate) quantisation: Vec<usize>,
    pub(crate) dc: Vec<usize>,
    pub(crate) ac: Vec<usize>,
    /// How many pixels share their colour across and down.
    pub(crate) share: (u32, u32),
}

/// Which way of fax.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Fax {
    /// Runs, each row from a multiple of so many bytes on.
    Runs {
        align: usize,
    },
    /// Group 3 with the options of tag 292.
    Group3 {
        two: bool,
    },
    Group4,
}

/// Why a page is not decoded.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Refusal {
    Broken,
    /// A coding that no decoder here knows.
    Coding(&'static str),
}

pub(super) type Read<T> = Result<T, Refusal>;

/// How many pixels share their colour across and down.
pub(super) fn share(tiff: &Tiff<'_>, directory: &Directory) -> (u32, u32) {
    match tiff.numbers(directory, 530).as_deref() {
        Some([across, down, ..]) => (*across as u32, *down as u32),
        _ => (2, 2),
    }
}

pub(super) fn coding(tiff: &Tiff<'_>, directory: &Directory) -> Read<Coding> {
    let range = |at: Option<u64>, length: Option<u64>| {
        let end = tiff.bytes.len();
        let at = at.and_then(|at| usize::try_from(at).ok()).unwrap_or(end);
        let length = length.and_then(|length| usize::try_from(length).ok());
        at.min(end)..at.saturating_add(length.unwrap_or(end)).min(end)
    };
    let number = |tag| tiff.first(directory, tag);
    let places = |tag| {
        let places = tiff.numbers(directory, tag).unwrap_or_default();
        places.iter().map(|at| *at as usize).collect()
    };
    Ok(match number(259).unwrap_or(1) {
        1 => Coding::Plain,
        2 => Coding::Fax(Fax::Runs { align: 1 }),
        3 => Coding::Fax(Fax::Group3 {
            two: number(292).is_some_and(|options| options & 1 == 1),
        }),
        4 => Coding::Fax(Fax::Group4),
        5 => Coding::Lzw,
        6 => Coding::OldJpeg(OldJpeg {
            stream: range(number(513), number(514)),
            quantisation: places(519),
            dc: places(520),
            ac: places(521),
            share: share(tiff, directory),
        }),
        7 => {
            let tables = tiff.place(directory, 347).unwrap_or_default();
            if tables.len() > TABLES {
                return Err(Refusal::Broken);
            }
            Coding::Jpeg(tables)
        }
        8 | 32_946 => Coding::Deflate,
        32_771 => Coding::Fax(Fax::Runs { align: 2 }),
        32_773 => Coding::PackBits,
        33_003 | 33_005 | 34_712 => Coding::Jpeg2000,
        34_925 => Coding::Lzma,
        50_000 => Coding::Zstd,
        50_001 => Coding::Webp,
        other => return Err(Refusal::Coding(in_tiff(other))),
    })
}
