//! Where the samples of an MP4 track stand: sizes, chunks, and how many samples a
//! chunk holds (ISO/IEC 14496-12, 8.7).

use std::ops::Range;

use super::file::File;

/// The tables of a track.
#[derive(Default)]
pub(super) struct Tables {
    /// The one of sizes, and whether it is the compact one.
    pub sizes: Option<(bool, Range<usize>)>,
    /// The one of places, and whether they have eight bytes.
    pub chunks: Option<(bool, Range<usize>)>,
    /// The one of samples in a chunk.
    pub runs: Option<Range<usize>>,
}

impl Tables {
    /// Overwrites every sample with zeros.
    pub fn clear(&self, file: &mut File<'_>) -> Option<()> {
        let (compact, sizes) = self.sizes.clone()?;
        let (long, chunks) = self.chunks.clone()?;
        let runs = self.runs.clone()?;
        let all = count(file, sizes.start + 8)?;
        let places = count(file, chunks.start + 4)?;
        let rows = count(file, runs.start + 4)?;
        let wide = if long { 8 } else { 4 };
        fits(chunks.start + 8, places, wide, chunks.end)?;
        fits(runs.start + 8, rows, 12, runs.end)?;
        let sizes = Sizes::of(file, compact, &sizes, all)?;
        let (mut sample, mut row) = (0, 0);
        for chunk in 0..places {
            if row + 1 < rows && count(file, runs.start + 8 + (row + 1) * 12)? == chunk + 1 {
                row += 1;
            }
            let held = match rows {
                0 => 0,
                _ => count(file, runs.start + 8 + row * 12 + 4)?,
            };
            let at = chunks.start + 8 + chunk * wide;
            let from = match long {
                true => usize::try_from(file.u64(at)?).ok()?,
                false => count(file, at)?,
            };
            let next = sample + held.min(all - sample);
            let to = from.checked_add(sizes.sum(file, sample..next)?)?;
            file.clear(from..to)?;
            sample = next;
        }
        (sample == all).then_some(())
    }
}

fn count(file: &File<'_>, at: usize) -> Option<usize> {
    usize::try_from(file.u32(at)?).ok()
}

fn fits(from: usize, count: usize, size: usize, to: usize) -> Option<()> {
    let end = count.checked_mul(size)?.checked_add(from)?;
    (end <= to).then_some(())
}

/// How sizes are written.
enum Sizes {
    /// All are the same.
    One(usize),
    /// From this place on, of so many bits each.
    Each(usize, usize),
}

impl Sizes {
    fn of(file: &File<'_>, compact: bool, table: &Range<usize>, all: usize) -> Option<Self> {
        let from = table.start + 12;
        let bits = match compact {
            true => usize::from(file.byte(table.start + 7)?),
            false => match count(file, table.start + 4)? {
                0 => 32,
                one => return Some(Self::One(one)),
            },
        };
        let end = all.checked_mul(bits)?.div_ceil(8).checked_add(from)?;
        let good = matches!(bits, 4 | 8 | 16 | 32) && end <= table.end;
        good.then_some(Self::Each(from, bits))
    }

    /// Of these samples together.
    fn sum(&self, file: &File<'_>, samples: Range<usize>) -> Option<usize> {
        match self {
            Self::One(size) => size.checked_mul(samples.len()),
            Self::Each(from, bits) => {
                let mut sum: usize = 0;
                for sample in samples {
                    sum = sum.checked_add(one(file, *from, *bits, sample)?)?;
                }
                Some(sum)
            }
        }
    }
}

fn one(file: &File<'_>, from: usize, bits: usize, sample: usize) -> Option<usize> {
    let byte = |at: usize| file.byte(at).map(usize::from);
    match bits {
        32 => count(file, from + sample * 4),
        16 => Some((byte(from + sample * 2)? << 8) | byte(from + sample * 2 + 1)?),
        8 => byte(from + sample),
        _ => Some((byte(from + sample / 2)? >> (4 * (1 - sample % 2))) & 15),
    }
}
