//! The samples of a page, put together of its chunks.

use super::samples::{Chunk, bits, value};
use crate::survey::tiff::page::{Colours, Page, Sample};

/// The samples that are kept, pixel by pixel.
#[derive(Debug)]
pub(super) struct Sheet {
    width: usize,
    /// Samples of a pixel.
    kept: usize,
    /// Which of the samples of a chunk are kept.
    picks: Vec<usize>,
    samples: Samples,
}

#[derive(Debug)]
enum Samples {
    /// From nothing to all there is; of a palette, the number of the colour.
    Bytes(Vec<u8>),
    /// Whose range nothing says.
    Numbers(Vec<f32>),
}

impl Sheet {
    pub(super) fn new(page: &Page) -> Option<Self> {
        let (width, kept) = (page.width as usize, page.kept());
        let mut picks: Vec<usize> = (0..page.colours.count()).collect();
        picks.extend(page.alpha.map(|(at, _)| at));
        let room = width.checked_mul(page.height as usize)?.checked_mul(kept)?;
        let samples = if page.is_wide() {
            Samples::Numbers(vec![0.0; room])
        } else {
            Samples::Bytes(vec![0; room])
        };
        Some(Self {
            width,
            kept,
            picks,
            samples,
        })
    }

    /// Is this of the samples that are kept?
    pub(super) fn keeps(&self, sample: usize) -> bool {
        self.picks.contains(&sample)
    }

    /// Takes what of a chunk at a place is inside the page; of sample `plane` where the
    /// page stores them apart. `None` where the chunk lacks samples or rows.
    pub(super) fn put(
        &mut self,
        chunk: &Chunk,
        page: &Page,
        (left, top): (u32, u32),
        plane: usize,
    ) -> Option<()> {
        let (left, top) = (left as usize, top as usize);
        // Which sample of the chunk becomes which of the page.
        let mut pairs: Vec<(usize, usize)> = self.picks.iter().copied().zip(0..).collect();
        if page.planar {
            pairs.retain(|(from, _)| *from == plane);
            pairs.iter_mut().for_each(|(from, _)| *from = 0);
        }
        if pairs.iter().any(|(from, _)| *from >= chunk.channels) {
            return None;
        }
        let share = match page.colours {
            Colours::YCbCr { share, .. } if page.planar && (plane == 1 || plane == 2) => {
                (share.0 as usize, share.1 as usize)
            }
            _ => (1, 1),
        };
        let across = (page.chunk.0 as usize).min(self.width - left);
        let down = (page.chunk.1 as usize).min(page.height as usize - top);
        let stride = chunk.stride();
        let direct = chunk.bits == 8
            && share == (1, 1)
            && pairs.len() == chunk.channels
            && self.kept == chunk.channels;
        for y in 0..down {
            let row = chunk.data.get(y / share.1 * stride..)?.get(..stride)?;
            let at = ((top + y) * self.width + left) * self.kept;
            match &mut self.samples {
                Samples::Bytes(bytes) => {
                    let into = bytes.get_mut(at..at + across * self.kept)?;
                    if direct {
                        into.copy_from_slice(row.get(..into.len())?);
                        continue;
                    }
                    let to_byte = byte_of(page, chunk.bits);
                    for (x, pixel) in into.chunks_exact_mut(self.kept).enumerate() {
                        for (from, to) in &pairs {
                            let n = x / share.0 * chunk.channels + from;
                            *pixel.get_mut(*to)? = to_byte(bits(row, n, chunk.bits, page.little));
                        }
                    }
                }
                Samples::Numbers(numbers) => {
                    let into = numbers.get_mut(at..at + across * self.kept)?;
                    for (x, pixel) in into.chunks_exact_mut(self.kept).enumerate() {
                        for (from, to) in &pairs {
                            let n = x / share.0 * chunk.channels + from;
                            let bits = bits(row, n, chunk.bits, page.little);
                            *pixel.get_mut(*to)? = value(bits, chunk.bits, chunk.sample);
                        }
                    }
                }
            }
        }
        Some(())
    }

    /// Bytes, of numbers those that their range makes of them.
    pub(super) fn bytes(self, page: &Page) -> Vec<u8> {
        match self.samples {
            Samples::Bytes(bytes) => bytes,
            Samples::Numbers(numbers) => {
                let colours = page.colours.count();
                let (low, high) = range(&numbers, self.kept, colours, page);
                let whole = match page.sample {
                    Sample::Float => 1.0,
                    Sample::Unsigned => 2_f32.powi(page.bits as i32) - 1.0,
                    Sample::Signed => 2_f32.powi(page.bits as i32 - 1) - 1.0,
                };
                let of = |(n, value): (usize, &f32)| {
                    let (low, high) = if n % self.kept < colours {
                        (low, high)
                    } else {
                        (0.0, whole)
                    };
                    // What is no number is black.
                    ((value - low) / (high - low) * 255.0 + 0.5) as u8
                };
                numbers.iter().enumerate().map(of).collect()
            }
        }
    }
}

/// What becomes a byte of up to 16 bits.
fn byte_of(page: &Page, depth: u32) -> impl Fn(u64) -> u8 {
    let most = (1_u64 << depth.min(16)) - 1;
    let palette = page.is_palette();
    // a and b have a sign, which the highest byte tells as well.
    let lab = matches!(page.colours, Colours::Lab { .. }) && depth == 16;
    move |bits| match () {
        () if palette || most == 255 => bits as u8,
        () if lab => (bits >> 8) as u8,
        () => ((bits * 255 + most / 2) / most) as u8,
    }
}

/// The least that is shown black, and the most that is shown white: what the values
/// look like they were meant for, as nothing says so.
fn range(numbers: &[f32], kept: usize, colours: usize, page: &Page) -> (f32, f32) {
    let pixels = numbers.chunks_exact(kept.max(1));
    let values = pixels.flat_map(|pixel| pixel.iter().take(colours));
    let (low, high) = values
        .filter(|value| value.is_finite())
        .fold((f32::INFINITY, f32::NEG_INFINITY), |(low, high), value| {
            (low.min(*value), high.max(*value))
        });
    if low > high {
        return (0.0, 1.0);
    }
    let stretched = (low, if high > low { high } else { low + 1.0 });
    let full = 2_f32.powi(page.bits as i32);
    // The usual ranges, least first.
    let tops = match page.sample {
        Sample::Float if low >= 0.0 && high <= 1.0 => return (0.0, 1.0),
        // Light beyond white, which only colours have.
        Sample::Float if colours > 1 && low >= -1.0 && high <= 16.0 => return (0.0, 1.0),
        Sample::Signed if low < 0.0 && high - low >= full / 4.0 => {
            return (-full / 2.0, full / 2.0 - 1.0);
        }
        _ if low < 0.0 => return stretched,
        Sample::Float => [255.0, 65_535.0, f32::INFINITY],
        Sample::Signed => [255.0, 32_767.0, full / 2.0 - 1.0],
        Sample::Unsigned => [255.0, 65_535.0, full - 1.0],
    };
    let fits = |top: &f32| high <= *top && high > *top / 16.0;
    tops.into_iter()
        .find(fits)
        .map_or(stretched, |top| (0.0, top))
}
