//! Fax: black and white in runs (ITU-T T.4 and T.6).

use hayro_ccitt::{DecodeSettings, Decoder, DecoderContext, EncodingMode};

use super::codes::reversed;
use super::samples::Chunk;
use crate::survey::tiff::coding::Fax;
use crate::survey::tiff::page::Sample;

/// Rows of bits, black is 1.
struct Rows {
    bits: Vec<u8>,
    /// Bytes of a row.
    stride: usize,
    columns: u32,
    /// Rows that are made.
    made: usize,
}

impl Decoder for Rows {
    fn push_row(&mut self, changes: &[u32]) {
        let from = self.made * self.stride;
        let Some(row) = self.bits.get_mut(from..from + self.stride) else {
            return;
        };
        self.made += 1;
        for run in changes.chunks(2) {
            if let [start, rest @ ..] = run {
                let end = rest.first().copied().unwrap_or(self.columns);
                blacken(row, *start, end);
            }
        }
    }
}

fn blacken(row: &mut [u8], start: u32, end: u32) {
    for at in start / 8..end.div_ceil(8) {
        // Bits of this byte before the run, and up to its end.
        let before = start.saturating_sub(at * 8).min(8);
        let until = (end - at * 8).min(8);
        let bits = (0xff_u16 >> before) & !(0xff_u16 >> until);
        if let Some(byte) = row.get_mut(at as usize) {
            *byte |= bits as u8;
        }
    }
}

/// The rows of a chunk. What is missing after the mark of the end is white; `None`
/// where it does not decode.
pub(super) fn chunk(
    stored: &[u8],
    fax: Fax,
    (width, height): (u32, u32),
    low_first: bool,
) -> Option<Chunk> {
    let turned = low_first.then(|| reversed(stored));
    let stored = turned.as_deref().unwrap_or(stored);
    let size = (width, height);
    let bits = match fax {
        Fax::Runs { align } => runs(stored, size, align)?,
        Fax::Group4 => block(stored, size, EncodingMode::Group4)?,
        Fax::Group3 { two } => {
            // What the tag says is often wrong.
            let modes = [EncodingMode::Group3_1D, EncodingMode::Group3_2D];
            let (said, other) = if two {
                (modes[1], modes[0])
            } else {
                (modes[0], modes[1])
            };
            block(stored, size, said).or_else(|| block(stored, size, other))?
        }
    };
    Some(Chunk {
        data: bits,
        width: width as usize,
        channels: 1,
        bits: 1,
        sample: Sample::Unsigned,
    })
}

fn rows((width, height): (u32, u32)) -> Option<Rows> {
    let stride = width.div_ceil(8) as usize;
    Some(Rows {
        bits: vec![0; stride.checked_mul(height as usize)?],
        stride,
        columns: width,
        made: 0,
    })
}

fn settings(columns: u32, rows: u32, encoding: EncodingMode) -> DecodeSettings {
    DecodeSettings {
        columns,
        rows,
        end_of_block: true,
        end_of_line: false,
        rows_are_byte_aligned: false,
        encoding,
        strict: false,
    }
}

fn block(stored: &[u8], size: (u32, u32), encoding: EncodingMode) -> Option<Vec<u8>> {
    let mut rows = rows(size)?;
    let mut context = DecoderContext::new(settings(size.0, size.1, encoding));
    let done = hayro_ccitt::decode(stored, &mut rows, &mut context);
    let whole = rows.made == size.1 as usize || (done.is_ok() && rows.made > 0);
    whole.then_some(rows.bits)
}

/// Rows of runs and nothing else, each from the next multiple of `align` bytes on.
fn runs(stored: &[u8], size: (u32, u32), align: usize) -> Option<Vec<u8>> {
    let mut rows = rows(size)?;
    let row = DecodeSettings {
        end_of_block: false,
        rows_are_byte_aligned: true,
        ..settings(size.0, 1, EncodingMode::Group3_1D)
    };
    let mut context = DecoderContext::new(row);
    let mut at = 0;
    for _ in 0..size.1 {
        let from = stored.get(at..).filter(|from| !from.is_empty())?;
        let read = hayro_ccitt::decode(from, &mut rows, &mut context).ok()?;
        at = at.checked_add(read)?.next_multiple_of(align);
    }
    Some(rows.bits)
}
