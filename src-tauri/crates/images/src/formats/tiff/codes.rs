//! What compresses a chunk.

use std::io::Read;

use drawing::raw::holds;
use flate2::{Decompress, FlushDecompress, Status};
use hayro_jpeg2000::{DecodeSettings, DecoderContext};
use weezl::{BitOrder, LzwStatus, decode};

use super::samples::Chunk;
use super::xz;
use crate::survey::tiff::coding::Coding;

/// Fills all of `into`; `None` where there is less, or it does not decode.
pub(super) fn expand(coding: &Coding, stored: &[u8], into: &mut [u8]) -> Option<()> {
    match coding {
        Coding::Plain => into.copy_from_slice(stored.get(..into.len())?),
        Coding::PackBits => packbits(stored, into)?,
        Coding::Lzw => lzw(stored, into)?,
        Coding::Deflate => deflate(stored, into, true).or_else(|| deflate(stored, into, false))?,
        Coding::Zstd => {
            let mut zstd = zstd::stream::read::Decoder::with_buffer(stored).ok()?;
            zstd.read_exact(into).ok()?;
        }
        Coding::Lzma if !xz::is_modest(stored) => return None,
        Coding::Lzma => lzma_rust2::XzReader::new(stored, false)
            .read_exact(into)
            .ok()?,
        _ => return None,
    }
    Some(())
}

/// Each byte from its other end.
pub(super) fn reversed(bytes: &[u8]) -> Vec<u8> {
    bytes.iter().map(|byte| byte.reverse_bits()).collect()
}

/// Runs and copies (TIFF 6.0, section 9).
fn packbits(mut from: &[u8], mut into: &mut [u8]) -> Option<()> {
    while !into.is_empty() {
        let (count, rest) = from.split_first()?;
        let repeated = *count > 128;
        let count = usize::from(if repeated {
            257 - u16::from(*count)
        } else {
            u16::from(*count) + 1
        });
        from = rest;
        // 128 stands for nothing.
        if !repeated && count == 129 {
            continue;
        }
        // A run may end beyond the last row.
        let room = count.min(into.len());
        let (filled, left) = into.split_at_mut(room);
        if repeated {
            filled.fill(*from.first()?);
            from = from.get(1..)?;
        } else {
            filled.copy_from_slice(from.get(..room)?);
            from = from.get(count..).unwrap_or_default();
        }
        into = left;
    }
    Some(())
}

/// LZW, and as it was before TIFF 5: lowest bit first.
fn lzw(stored: &[u8], into: &mut [u8]) -> Option<()> {
    let mut decoder = match stored {
        [0, low, ..] if low & 1 == 1 => decode::Decoder::new(BitOrder::Lsb, 8),
        _ => decode::Decoder::with_tiff_size_switch(BitOrder::Msb, 8),
    };
    let (mut from, mut into) = (stored, into);
    while !into.is_empty() {
        let step = decoder.decode_bytes(from, into);
        from = from.get(step.consumed_in..)?;
        into = into.get_mut(step.consumed_out..)?;
        match step.status {
            Ok(LzwStatus::Ok) if step.consumed_in + step.consumed_out > 0 => {}
            _ => break,
        }
    }
    into.is_empty().then_some(())
}

/// Deflate, with the head of zlib or without.
fn deflate(stored: &[u8], into: &mut [u8], head: bool) -> Option<()> {
    let mut inflate = Decompress::new(head);
    loop {
        let from = stored.get(usize::try_from(inflate.total_in()).ok()?..)?;
        let room = into.get_mut(usize::try_from(inflate.total_out()).ok()?..)?;
        if room.is_empty() {
            return Some(());
        }
        let before = (inflate.total_in(), inflate.total_out());
        let status = inflate.decompress(from, room, FlushDecompress::None).ok()?;
        let same = before == (inflate.total_in(), inflate.total_out());
        if inflate.total_out() < into.len() as u64 && (same || status == Status::StreamEnd) {
            return None;
        }
    }
}

/// A picture of WebP.
pub(super) fn webp(stored: &[u8], (width, height): (u32, u32)) -> Option<Chunk> {
    let decoder = crate::formats::webp::decoder(stored)?;
    let info = decoder.info();
    if (info.width, info.height) != (width, height) {
        return None;
    }
    let (channels, (data, ..)) = if info.has_alpha {
        (4, decoder.decode_rgba_raw().ok()?)
    } else {
        (3, decoder.decode_rgb_raw().ok()?)
    };
    Some(Chunk::bytes(data, width as usize, channels))
}

/// A picture of JPEG 2000 of so many samples a pixel, at most four; one with a palette of
/// its own does not say how many it stores.
pub(super) fn jpeg2000(
    stored: &[u8],
    (width, height): (u32, u32),
    samples: usize,
) -> Option<Chunk> {
    if !stored.starts_with(b"\xff\x4f\xff\x51") && holds(stored, b"pclr") {
        return None;
    }
    let image = hayro_jpeg2000::Image::new(stored, &DecodeSettings::default()).ok()?;
    let channels = image.color_space().num_channels();
    let channels = usize::from(channels) + usize::from(image.has_alpha());
    if (image.width(), image.height()) != (width, height) || channels != samples || samples > 4 {
        return None;
    }
    let data = image.decode(&mut DecoderContext::default()).ok()?.data_u8();
    let (width, height) = (width as usize, height as usize);
    let channels = data.len() / width.checked_mul(height)?;
    Some(Chunk::bytes(data, width, channels))
}
