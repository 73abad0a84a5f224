//! What compresses a chunk.

use std::io::Read;

use flate2::{Decompress, FlushDecompress, Status};
use hayro_jpeg2000::{DecodeSettings, DecoderContext};
use weezl::{BitOrder, LzwStatus, decode};

use super::samples::Chunk;
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
        Coding::Lzma if !is_modest(stored) => return None,
        Coding::Lzma => lzma_rust2::XzReader::new(stored, true)
            .read_exact(into)
            .ok()?,
        _ => return None,
    }
    Some(())
}

/// Does an xz stream name a dictionary of at most 64 MB, as the highest level of `xz` does?
/// Its reader makes room for whatever is named (the .xz file format, section 3.1).
fn is_modest(stored: &[u8]) -> bool {
    const HEAD: usize = 12;
    const MOST: u8 = 28;
    let filters = || {
        let flags = *stored.get(HEAD + 1)?;
        let mut at = HEAD + 2;
        // Numbers of seven bits a byte: the sizes, where they are said, and then of each
        // filter its name and how long its properties are.
        let number = |at: &mut usize| {
            let start = *at;
            while *stored.get(*at)? & 0x80 != 0 {
                *at += 1;
            }
            *at += 1;
            stored.get(start).copied()
        };
        for _ in 0..(flags >> 6).count_ones() {
            number(&mut at)?;
        }
        for _ in 0..=flags & 3 {
            let name = number(&mut at)?;
            let length = usize::from(number(&mut at)?);
            if name == 0x21 && *stored.get(at)? > MOST {
                return None;
            }
            at += length;
        }
        Some(())
    };
    filters().is_some()
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

/// A picture of JPEG 2000.
pub(super) fn jpeg2000(stored: &[u8], (width, height): (u32, u32)) -> Option<Chunk> {
    let image = hayro_jpeg2000::Image::new(stored, &DecodeSettings::default()).ok()?;
    if (image.width(), image.height()) != (width, height) {
        return None;
    }
    let data = image.decode(&mut DecoderContext::default()).ok()?.data_u8();
    let (width, height) = (width as usize, height as usize);
    let channels = data.len() / width.checked_mul(height)?;
    Some(Chunk::bytes(data, width, channels))
}
