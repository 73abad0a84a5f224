//! Samples of a chunk, out of its bytes.

use crate::survey::tiff::page::{Page, Sample};

/// Rows of samples, each row from a whole byte on.
#[derive(Debug)]
pub(super) struct Chunk {
    pub(super) data: Vec<u8>,
    /// Pixels of a row.
    pub(super) width: usize,
    /// Samples of a pixel.
    pub(super) channels: usize,
    pub(super) bits: u32,
    pub(super) sample: Sample,
}

impl Chunk {
    /// Room for what the page says that a chunk of this size holds.
    pub(super) fn room(page: &Page, (width, height): (u32, u32)) -> Option<Self> {
        let (width, height) = (width as usize, height as usize);
        let channels = page.together();
        let mut chunk = Self {
            data: Vec::new(),
            width,
            channels,
            bits: page.bits,
            sample: page.sample,
        };
        let length = match page.shared() {
            // A block of brightness, and one of each colour.
            Some((across, down)) => {
                let blocks = width.div_ceil(across).checked_mul(height.div_ceil(down))?;
                blocks.checked_mul(across * down + 2)?
            }
            None => chunk.stride().checked_mul(height)?,
        };
        chunk.data = vec![0; length];
        Some(chunk)
    }

    /// Bytes of which each is a sample.
    pub(super) fn bytes(data: Vec<u8>, width: usize, channels: usize) -> Self {
        Self {
            data,
            width,
            channels,
            bits: 8,
            sample: Sample::Unsigned,
        }
    }

    /// Bytes of a row.
    pub(super) fn stride(&self) -> usize {
        (self.width * self.channels * self.bits as usize).div_ceil(8)
    }

    /// Of pixels that share their colour, each with its own (TIFF 6.0, section 21).
    pub(super) fn apart(self, size: (u32, u32), (across, down): (usize, usize)) -> Option<Self> {
        let (width, height) = (size.0 as usize, size.1 as usize);
        let (block, blocks) = (across * down + 2, width.div_ceil(across));
        let mut data = Vec::with_capacity(width.checked_mul(height)?.checked_mul(3)?);
        for y in 0..height {
            for x in 0..width {
                let from = (y / down * blocks + x / across) * block;
                let block = self.data.get(from..from + block)?;
                let light = *block.get(y % down * across + x % across)?;
                let [.., cb, cr] = block else { return None };
                data.extend_from_slice(&[light, *cb, *cr]);
            }
        }
        Some(Self::bytes(data, width, 3))
    }
}

/// Undoes what was done to the samples so that they compress better (TIFF 6.0, section
/// 14; Adobe's technical note 3 of 2005).
pub(super) fn undo(chunk: &mut Chunk, page: &Page) -> Option<()> {
    let (stride, channels) = (chunk.stride().max(1), chunk.channels);
    let (bytes, little) = (chunk.bits as usize / 8, page.little);
    match (page.predictor, chunk.bits) {
        (2, 8) => {
            for row in chunk.data.chunks_mut(stride) {
                for at in channels..row.len() {
                    let before = *row.get(at - channels)?;
                    let sample = row.get_mut(at)?;
                    *sample = sample.wrapping_add(before);
                }
            }
        }
        (2, 16 | 32 | 64) => {
            for row in chunk.data.chunks_mut(stride) {
                let mut before = vec![0_u64; channels];
                for (n, sample) in row.chunks_exact_mut(bytes).enumerate() {
                    let before = before.get_mut(n % channels)?;
                    *before = before.wrapping_add(number(sample, little));
                    write(sample, *before, little);
                }
            }
        }
        (3, 16 | 24 | 32 | 64) => {
            for row in chunk.data.chunks_mut(stride) {
                for at in channels..row.len() {
                    let before = *row.get(at - channels)?;
                    let byte = row.get_mut(at)?;
                    *byte = byte.wrapping_add(before);
                }
                // All first bytes stand first, then all second ones.
                let (apart, count) = (row.to_vec(), row.len() / bytes);
                for (n, sample) in row.chunks_exact_mut(bytes).enumerate() {
                    let part = |(k, byte): (usize, &mut u8)| {
                        *byte = *apart.get(k * count + n)?;
                        Some(())
                    };
                    sample
                        .iter_mut()
                        .enumerate()
                        .try_for_each(|p| part(p).ok_or(()))
                        .ok()?;
                    if little {
                        sample.reverse();
                    }
                }
            }
        }
        (2 | 3, _) => return None,
        _ => {}
    }
    Some(())
}

/// A number of whole bytes.
fn number(bytes: &[u8], little: bool) -> u64 {
    let add = |sum: u64, byte: &u8| sum << 8 | u64::from(*byte);
    if little {
        bytes.iter().rev().fold(0, add)
    } else {
        bytes.iter().fold(0, add)
    }
}

fn write(into: &mut [u8], value: u64, little: bool) {
    let count = into.len();
    for (n, byte) in into.iter_mut().enumerate() {
        let place = if little { n } else { count - 1 - n };
        *byte = (value >> (8 * place)) as u8;
    }
}

/// The bits of sample `n` of a row; 0 beyond its end.
pub(super) fn bits(row: &[u8], n: usize, bits: u32, little: bool) -> u64 {
    let size = bits as usize / 8;
    if bits.is_multiple_of(8) {
        let bytes = row.get(n * size..(n + 1) * size);
        return number(bytes.unwrap_or_default(), little);
    }
    // Packed from the highest bit on, whatever the order of bytes.
    let first = n * bits as usize;
    let last = first + bits as usize;
    let bytes = row.get(first / 8..last.div_ceil(8)).unwrap_or_default();
    let whole = number(bytes, false) >> (last.div_ceil(8) * 8 - last);
    whole & ((1 << bits) - 1)
}

/// A sample as a number, whatever it is made of.
pub(super) fn value(bits: u64, depth: u32, sample: Sample) -> f32 {
    match (sample, depth) {
        (Sample::Unsigned, _) => bits as f32,
        (Sample::Signed, _) => {
            let up = 64 - depth;
            ((bits << up).cast_signed() >> up) as f32
        }
        (Sample::Float, 16) => small_float(bits, 5, 10),
        (Sample::Float, 24) => small_float(bits, 7, 16),
        (Sample::Float, 64) => f64::from_bits(bits) as f32,
        (Sample::Float, _) => f32::from_bits(bits as u32),
    }
}

/// A float of a sign, so many bits of exponent and so many of fraction (IEEE 754).
fn small_float(bits: u64, exponent: u32, fraction: u32) -> f32 {
    let part = |from: u32, count: u32| (bits >> from) & ((1 << count) - 1);
    let sign = if part(exponent + fraction, 1) == 1 {
        -1.0
    } else {
        1.0
    };
    let (power, rest) = (part(fraction, exponent), part(0, fraction));
    let bias = (1 << (exponent - 1)) - 1;
    let rest = rest as f32 / (1_u32 << fraction) as f32;
    if power == (1 << exponent) - 1 {
        return if rest == 0.0 {
            sign * f32::INFINITY
        } else {
            f32::NAN
        };
    }
    match power as i32 {
        0 => sign * rest * 2_f32.powi(1 - bias),
        power => sign * (1.0 + rest) * 2_f32.powi(power - bias),
    }
}
