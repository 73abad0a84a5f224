//! Windows bitmaps and their kin of OS/2, with a file's head or without, and icons
//! (Microsoft: Bitmap Header Types; IBM: OS/2 Bitmap File Format).

use super::facts::Survey;
use drawing::raw::{be32, le16, le32};

/// The head of a bitmap.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Bitmap {
    pub(crate) width: u32,
    /// Of an icon: of the picture and its mask together.
    pub(crate) height: u32,
    /// The first row comes first, not last.
    pub(crate) top_down: bool,
    /// Bits of a pixel.
    pub(crate) bits: u32,
    pub(crate) packing: Packing,
    /// Which bits are red, green, blue and alpha.
    pub(crate) masks: [u32; 4],
    /// Where the palette begins, its colours, and the bytes of one.
    pub(crate) palette: usize,
    pub(crate) colours: usize,
    pub(crate) entry: usize,
    /// Where the pixels begin.
    pub(crate) pixels: usize,
}

/// How the pixels are packed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Packing {
    Plain,
    /// Runs.
    Runs,
    /// A kind that is not read.
    Other(&'static str),
}

/// The bytes of a file's head, before that of the bitmap.
const FILE: usize = 14;

pub(super) fn survey(bytes: &[u8], survey: &mut Survey) -> Option<()> {
    let bitmap = Bitmap::of_file(bytes)?;
    (survey.width, survey.height) = (bitmap.width, bitmap.height);
    if let Packing::Other(coding) = bitmap.packing {
        survey.coding = Some(coding);
    }
    Some(())
}

impl Bitmap {
    /// Of a file, or of what a clipboard holds of one.
    pub(crate) fn of_file(bytes: &[u8]) -> Option<Self> {
        let is_file = bytes.starts_with(b"BM");
        let mut bitmap = Self::of(bytes, if is_file { FILE } else { 0 })?;
        let (palette, pixels) = (bitmap.palette, bitmap.pixels);
        let said = if is_file {
            le32(bytes, 10)? as usize
        } else {
            0
        };
        // Some writers forget the palette.
        if said > palette || (said == palette && bitmap.colours == 0) {
            bitmap.pixels = said;
            let room = (said - palette) / bitmap.entry;
            bitmap.colours = bitmap.colours.min(room);
        } else if bitmap.colours == 0 && bytes.len().saturating_sub(pixels) < bitmap.least() {
            // Colours are counted, but there are none.
            bitmap.pixels = palette;
        }
        Some(bitmap)
    }

    /// Whose head begins at `at`; its pixels follow the palette.
    pub(crate) fn of(bytes: &[u8], at: usize) -> Option<Self> {
        let size = le32(bytes, at)?;
        let short = |from| le16(bytes, at + from).map(u32::from);
        let long = |from| le32(bytes, at + from);
        // What stands beyond the head is not there.
        let own = |from: usize| (from + 4 <= size as usize).then(|| long(from)).flatten();
        let old = size == 12;
        let (width, height, bits) = if old {
            (short(4)?, short(6)?.cast_signed(), short(10)?)
        } else {
            // Only a height may be negative.
            let width = u32::try_from(long(4)?.cast_signed()).ok()?;
            (width, long(8)?.cast_signed(), short(14)?)
        };
        let os2 = matches!(size, 12 | 16..40 | 64);
        let code = own(16).unwrap_or(0);
        let packing = match (code, os2) {
            (0, _) | (3 | 6, false) => Packing::Plain,
            (1, _) if bits == 8 => Packing::Runs,
            (2, _) if bits == 4 => Packing::Runs,
            (4, true) if bits == 24 => Packing::Runs,
            (3, true) => Packing::Other("BMP with fax compression"),
            (4, false) => Packing::Other("BMP with JPEG inside"),
            (5, false) => Packing::Other("BMP with PNG inside"),
            (11..=13, false) => Packing::Other("BMP with inks"),
            _ => return None,
        };
        if !matches!(bits, 1 | 2 | 4 | 8 | 16 | 24 | 32) && packing == Packing::Plain {
            return None;
        }
        let end = at.checked_add(size as usize)?;
        let fields = matches!(code, 3 | 6) && !os2;
        // Where the head has no room for them, they follow it.
        let outside = match (size, code) {
            (40, 6) => 16,
            (40, 3) => 12,
            _ => 0,
        };
        let mask = |n: usize| {
            let is_there = n < 3 || size >= 56 || outside == 16;
            if is_there { long(40 + 4 * n) } else { Some(0) }
        };
        let masks = match bits {
            _ if fields => [mask(0)?, mask(1)?, mask(2)?, mask(3)?],
            16 => [0x7c00, 0x3e0, 0x1f, 0],
            _ => [0xff_0000, 0xff00, 0xff, 0],
        };
        let palette = end.checked_add(outside)?;
        let entry = if old { 3 } else { 4 };
        let used = own(32).unwrap_or(0) as usize;
        let room = bytes.len().checked_sub(palette)? / entry;
        // A palette that names more than a pixel can is there where the file has room.
        let listed = match (used, bits) {
            (0, 1..=8) => 1 << bits,
            (_, 1..=8) if used > room => room.min(1 << bits),
            _ if used > room => 0,
            _ => used,
        };
        let pixels = palette + listed * entry;
        // In true colour it is a hint for screens of few colours.
        let colours = if bits <= 8 { listed } else { 0 };
        Some(Self {
            width,
            height: height.unsigned_abs(),
            top_down: height < 0,
            bits,
            packing,
            masks,
            palette,
            colours,
            entry,
            pixels,
        })
    }

    /// Bytes that pixels which are not packed take at least: what fills the last row may be
    /// missing.
    fn least(&self) -> usize {
        let last = (self.width as usize * self.bits as usize).div_ceil(8);
        let above = (self.height as usize).saturating_sub(1);
        self.stride().saturating_mul(above).saturating_add(last)
    }

    /// Bytes of a row, which ends at a multiple of four.
    pub(crate) fn stride(&self) -> usize {
        (self.width as usize * self.bits as usize).div_ceil(32) * 4
    }
}

/// A picture of an icon or a cursor.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Icon {
    /// A file of PNG that begins here, of so many pixels.
    Png(usize, (u32, u32)),
    /// A bitmap, its mask below it.
    Bitmap(Bitmap),
}

impl Icon {
    /// The largest of a file, and of those the one with the most colours.
    pub(crate) fn of(bytes: &[u8]) -> Option<Self> {
        let count = usize::from(le16(bytes, 4)?);
        let pictures = (0..count).filter_map(|n| {
            let at = le32(bytes, 6 + n * 16 + 12)? as usize;
            let own = bytes.get(at..)?;
            if own.starts_with(b"\x89PNG\r\n\x1a\n") {
                let size = (be32(own, 16)?, be32(own, 20)?);
                return Some((size, 32, Self::Png(at, size)));
            }
            let mut bitmap = Bitmap::of(bytes, at)?;
            bitmap.height /= 2;
            let size = (bitmap.width, bitmap.height);
            Some((size, bitmap.bits, Self::Bitmap(bitmap)))
        });
        let largest = pictures.max_by_key(|((width, height), bits, _)| {
            (u64::from(*width) * u64::from(*height), *bits)
        });
        largest.map(|(.., picture)| picture)
    }

    pub(crate) fn size(&self) -> (u32, u32) {
        match self {
            Self::Png(_, size) => *size,
            Self::Bitmap(bitmap) => (bitmap.width, bitmap.height),
        }
    }
}

pub(super) fn icon(bytes: &[u8], survey: &mut Survey) -> Option<()> {
    (survey.width, survey.height) = Icon::of(bytes)?.size();
    Some(())
}
