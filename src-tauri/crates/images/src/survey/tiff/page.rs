//! How the pixels of a TIFF page are stored.

use std::ops::Range;

use super::coding::{Coding, Read, Refusal, coding, share};
use super::directory::{Directory, Tiff};

/// A page that can be decoded.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Page {
    pub(crate) width: u32,
    pub(crate) height: u32,
    pub(crate) little: bool,
    /// Bits of a sample.
    pub(crate) bits: u32,
    pub(crate) sample: Sample,
    /// Samples of a pixel.
    pub(crate) samples: usize,
    pub(crate) colours: Colours,
    /// Which of the samples is how much of the pixel is there, and how.
    pub(crate) alpha: Option<(usize, Alpha)>,
    /// The samples of a kind lie together, not those of a pixel.
    pub(crate) planar: bool,
    pub(crate) coding: Coding,
    /// 1 none, 2 differences, 3 differences of the bytes of floats.
    pub(crate) predictor: u64,
    /// The lowest bit of a byte comes first.
    pub(crate) reversed: bool,
    /// Width and height of a tile, or of a strip.
    pub(crate) chunk: (u32, u32),
    pub(crate) tiled: bool,
    /// Where each chunk lies in the file.
    pub(crate) chunks: Vec<Range<usize>>,
}

/// What the bits of a sample are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Sample {
    Unsigned,
    Signed,
    Float,
}

/// What the samples mean.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Colours {
    /// The least value is black, or white.
    Grey {
        white_first: bool,
    },
    Rgb,
    /// Red, green and blue of each value, of 8 bits.
    Palette(Vec<[u8; 3]>),
    Cmyk,
    /// How many pixels share their colour across and down; what red, green and blue
    /// weigh in the brightness; black and white of each.
    YCbCr {
        share: (u32, u32),
        weights: [f32; 3],
        range: [f32; 6],
    },
    /// CIE L*a*b* of the white D50; are a and b without sign, 128 in the middle?
    Lab {
        offset: bool,
    },
}

impl Colours {
    /// Samples that they take.
    pub(crate) fn count(&self) -> usize {
        match self {
            Self::Grey { .. } | Self::Palette(_) => 1,
            Self::Rgb | Self::YCbCr { .. } | Self::Lab { .. } => 3,
            Self::Cmyk => 4,
        }
    }
}

/// How transparency is stored.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Alpha {
    /// The colours are already less by it.
    Associated,
    Unassociated,
}

/// Pixels of a tile that any page may have, however small: 2,048 by 2,048.
const TILE: u64 = 1 << 22;

/// Bytes that the chunks of any page may take together, however small the file: blank ones
/// often share theirs. Beyond that it is twice the file.
const READ: u64 = 64 << 20;

impl Page {
    /// Reads what a directory says, and what it leaves unsaid as other readers do.
    pub(crate) fn of(tiff: &Tiff<'_>, directory: &Directory) -> Read<Self> {
        let number = |tag| tiff.first(directory, tag);
        let side = |tag| {
            let side = number(tag).and_then(|side| u32::try_from(side).ok());
            side.filter(|side| *side > 0).ok_or(Refusal::Broken)
        };
        let (width, height) = (side(256)?, side(257)?);
        let coding = coding(tiff, directory)?;
        let depths = tiff.numbers(directory, 258).unwrap_or_else(|| vec![1]);
        let old = matches!(coding, Coding::OldJpeg(_));
        let photometric = number(262).unwrap_or(match (&coding, depths.len()) {
            (Coding::Fax(_), _) => 0,
            (_, 3..) => 2,
            _ => 1,
        });
        let least = if old || matches!(photometric, 2 | 6) {
            3
        } else {
            1
        };
        let samples = number(277).unwrap_or(depths.len().max(least) as u64);
        let samples = usize::try_from(samples).map_err(|_| Refusal::Broken)?;
        let colours = colours(tiff, directory, photometric, &coding)?;
        if samples < colours.count() || samples > 64 {
            return Err(Refusal::Broken);
        }
        let bits = depth(&depths, samples)?;
        if bits > 8 && matches!(colours, Colours::Palette(_)) {
            return Err(Refusal::Coding(
                "TIFF with a palette of more than 256 colours",
            ));
        }
        if bits != 8 && coding.is_picture() {
            return Err(Refusal::Coding(
                "TIFF with JPEG or WebP of other than 8 bits",
            ));
        }
        let sample = sample(tiff, directory, bits)?;
        let alpha = alpha(tiff, directory, &colours, samples);
        let planar = number(284) == Some(2) && samples > 1;
        let predictor = number(317).filter(|_| coding.has_differences());
        let tiled = directory.has(322);
        let chunk = if tiled {
            (side(322)?, side(323)?)
        } else {
            let rows = number(278).filter(|rows| *rows > 0);
            let rows = rows.and_then(|rows| u32::try_from(rows).ok());
            (width, rows.unwrap_or(height).min(height))
        };
        // A tile is not much larger than what it is of.
        let area = |(width, height): (u32, u32)| u64::from(width) * u64::from(height);
        if area(chunk) > area((width, height)) * 4 + TILE {
            return Err(Refusal::Broken);
        }
        let mut page = Self {
            width,
            height,
            little: tiff.little,
            bits,
            sample,
            samples,
            colours,
            alpha,
            planar,
            coding,
            predictor: predictor.unwrap_or(1),
            reversed: number(266) == Some(2),
            chunk,
            tiled,
            chunks: Vec::new(),
        };
        page.chunks = page.chunks(tiff, directory)?;
        Ok(page)
    }

    /// Chunks across and down.
    pub(crate) fn grid(&self) -> (u32, u32) {
        let (width, height) = self.chunk;
        (self.width.div_ceil(width), self.height.div_ceil(height))
    }

    /// Samples that lie together.
    pub(crate) fn together(&self) -> usize {
        if self.planar { 1 } else { self.samples }
    }

    /// Samples that are kept of a pixel.
    pub(crate) fn kept(&self) -> usize {
        self.colours.count() + usize::from(self.alpha.is_some())
    }

    /// Bytes that decoding holds at most: a chunk, the kept samples, and the pixels.
    pub(crate) fn memory(&self) -> u64 {
        let area = u64::from(self.width) * u64::from(self.height);
        let (width, height) = match self.coding {
            Coding::OldJpeg(_) => (self.width, self.height),
            _ => self.chunk,
        };
        let chunk = u64::from(width).saturating_mul(height.into());
        // As it is decoded, and what it is made of on the way.
        let times = match self.coding {
            Coding::Jpeg2000 => 8,
            _ if self.coding.is_picture() => 4,
            _ if self.shared().is_some() => 2,
            _ => 1,
        };
        // A sample becomes a byte; where no range is said, a float before that.
        let kept = self.kept() as u64 * if self.is_wide() { 5 } else { 1 };
        let chunk = chunk.saturating_mul(u64::from(self.bits) * self.together() as u64) / 8;
        area.saturating_mul(kept + 4)
            .saturating_add(chunk.saturating_mul(times))
    }

    /// Are the samples such that nothing says which is the brightest?
    pub(crate) fn is_wide(&self) -> bool {
        match self.sample {
            Sample::Unsigned => self.bits > 16,
            // Eight bits are read as unsigned by whoever reads them, and written so.
            Sample::Signed => self.bits > 8,
            Sample::Float => true,
        }
    }

    /// How many pixels share their colour across and down, where several do and what
    /// they share stands among them.
    pub(crate) fn shared(&self) -> Option<(usize, usize)> {
        match self.colours {
            Colours::YCbCr { share, .. } if !self.planar && share != (1, 1) => {
                Some((share.0 as usize, share.1 as usize))
            }
            _ => None,
        }
    }

    pub(crate) fn is_palette(&self) -> bool {
        matches!(self.colours, Colours::Palette(_))
    }

    fn chunks(&self, tiff: &Tiff<'_>, directory: &Directory) -> Read<Vec<Range<usize>>> {
        let (at, lengths) = if self.tiled { (324, 325) } else { (273, 279) };
        // Some writers of tiles use the names of strips.
        let numbers = |tag, other| {
            let found = tiff.numbers(directory, tag);
            found.or_else(|| tiff.numbers(directory, other))
        };
        let offsets = numbers(at, 273).unwrap_or_default();
        let lengths = numbers(lengths, 279).unwrap_or_default();
        let (across, down) = self.grid();
        let planes = if self.planar { self.samples as u64 } else { 1 };
        let needed = u64::from(across) * u64::from(down) * planes;
        // Each takes a decoder to be made.
        if needed > self.coding.most() {
            return Err(Refusal::Coding("TIFF of very many small pieces"));
        }
        let old = matches!(&self.coding, Coding::OldJpeg(old) if !old.stream.is_empty());
        if !old && (offsets.len() as u64) < needed {
            return Err(Refusal::Broken);
        }
        let chunks = ranges(&offsets, &lengths, tiff.bytes.len(), needed as usize);
        // They may lie over each other.
        let read: u64 = chunks.iter().map(|chunk| chunk.len() as u64).sum();
        let shared = self.coding.shared() * chunks.len() as u64;
        if read + shared > tiff.bytes.len() as u64 * 2 + READ {
            return Err(Refusal::Coding("TIFF whose pieces overlap"));
        }
        Ok(chunks)
    }
}

/// Where up to `most` chunks lie in a file of `end` bytes. One without a length, or with
/// one that the file has not, goes on to where the next one begins.
fn ranges(offsets: &[u64], lengths: &[u64], end: usize, most: usize) -> Vec<Range<usize>> {
    let start = |offset: &u64| usize::try_from(*offset).unwrap_or(end).min(end);
    let mut starts: Vec<usize> = offsets.iter().map(start).collect();
    starts.sort_unstable();
    let chunk = |(n, offset): (usize, &u64)| {
        let start = start(offset);
        let said = lengths.get(n).filter(|length| **length > 0);
        let said = said.and_then(|length| start.checked_add(usize::try_from(*length).ok()?));
        let next = starts.get(starts.partition_point(|other| *other <= start));
        let until = said.filter(|until| *until <= end);
        start..until.or(next.copied()).unwrap_or(end)
    };
    offsets.iter().enumerate().map(chunk).take(most).collect()
}

/// Bits of every sample. Some writers name one for all, or more than there are.
fn depth(depths: &[u64], samples: usize) -> Read<u32> {
    let first = depths.first().copied().unwrap_or(1);
    if depths.iter().take(samples).any(|bits| *bits != first) {
        return Err(Refusal::Coding("TIFF with samples of several sizes"));
    }
    match u32::try_from(first) {
        Ok(bits @ (1..=32 | 64)) => Ok(bits),
        _ => Err(Refusal::Broken),
    }
}

fn sample(tiff: &Tiff<'_>, directory: &Directory, bits: u32) -> Read<Sample> {
    match tiff.first(directory, 339) {
        Some(2) => Ok(Sample::Signed),
        Some(3) if matches!(bits, 16 | 24 | 32 | 64) => Ok(Sample::Float),
        Some(3) => Err(Refusal::Broken),
        Some(5 | 6) => Err(Refusal::Coding("TIFF with complex numbers")),
        _ => Ok(Sample::Unsigned),
    }
}

fn alpha(
    tiff: &Tiff<'_>,
    directory: &Directory,
    colours: &Colours,
    samples: usize,
) -> Option<(usize, Alpha)> {
    let first = colours.count();
    let Some(extra) = tiff.numbers(directory, 338) else {
        // As many writers left it out.
        return (*colours == Colours::Rgb && samples == 4).then_some((first, Alpha::Unassociated));
    };
    let extra = extra.iter().enumerate();
    let mut alpha = extra.filter_map(|(n, kind)| match kind {
        1 => Some((first + n, Alpha::Associated)),
        // Corel Draw writes 999.
        2 | 999 => Some((first + n, Alpha::Unassociated)),
        _ => None,
    });
    alpha.next().filter(|(at, _)| *at < samples)
}

fn colours(
    tiff: &Tiff<'_>,
    directory: &Directory,
    photometric: u64,
    coding: &Coding,
) -> Read<Colours> {
    Ok(match photometric {
        0 => Colours::Grey { white_first: true },
        // 4 is the mask of another page.
        1 | 4 => Colours::Grey { white_first: false },
        2 => Colours::Rgb,
        3 => Colours::Palette(palette(tiff, directory).ok_or(Refusal::Broken)?),
        5 if tiff.first(directory, 332).is_some_and(|inks| inks != 1) => {
            return Err(Refusal::Coding("TIFF with inks other than CMYK"));
        }
        5 => Colours::Cmyk,
        6 => {
            let own = coding.is_picture() || *coding == Coding::Jpeg2000;
            ycbcr(tiff, directory, own).ok_or(Refusal::Broken)?
        }
        8 => Colours::Lab { offset: false },
        9 => Colours::Lab { offset: true },
        32_803 | 34_892 => return Err(Refusal::Coding("camera raw in TIFF")),
        32_844 | 32_845 => return Err(Refusal::Coding("TIFF with LogLuv colours")),
        _ => return Err(Refusal::Coding("TIFF with a rare kind of colours")),
    })
}

/// All reds, then all greens, then all blues, of 16 bits each.
fn palette(tiff: &Tiff<'_>, directory: &Directory) -> Option<Vec<[u8; 3]>> {
    let map = tiff.numbers(directory, 320)?;
    // Some writers have only 8.
    let narrow = map.iter().all(|value| *value < 256);
    let byte = |value: u64| if narrow { value } else { (value + 128) / 257 } as u8;
    let third = map.len() / 3;
    let (red, rest) = map.split_at_checked(third)?;
    let (green, blue) = rest.split_at_checked(third)?;
    let colours = red.iter().zip(green).zip(blue);
    Some(
        colours
            .map(|((r, g), b)| [byte(*r), byte(*g), byte(*b)])
            .collect(),
    )
}

fn ycbcr(tiff: &Tiff<'_>, directory: &Directory, own: bool) -> Option<Colours> {
    // JPEG says it itself.
    let share = if own { (1, 1) } else { share(tiff, directory) };
    let known = |side: u32| matches!(side, 1 | 2 | 4);
    let weights = tiff.fractions(directory, 529);
    let weights = weights.and_then(|w| w.try_into().ok());
    let range = tiff.fractions(directory, 532);
    let range = range.and_then(|range| range.get(..6)?.try_into().ok());
    (known(share.0) && known(share.1)).then(|| Colours::YCbCr {
        share,
        weights: weights
            .filter(|[r, g, b]: &[f32; 3]| *r > 0.0 && *g > 0.0 && *b > 0.0)
            .unwrap_or([0.299, 0.587, 0.114]),
        range: range.unwrap_or([0.0, 255.0, 128.0, 255.0, 128.0, 255.0]),
    })
}
