//! Ways to damage a file, and what must hold for whatever comes of it.

use std::io::{Read, Write};

use flate2::{Compression, read::ZlibDecoder, write::ZlibEncoder};
use images::{Caps, Limits, crop, master, measure, prepare, thumbnail, tiles};

use crate::fixtures::{Noise, png_chunk};

/// A file damaged in one to five ways: one in four below the compression of its
/// kind, and of all every second with sums and lengths that are right again, so
/// that decoders get past the front.
pub fn damaged(whole: &[u8], noise: &mut Noise) -> Vec<u8> {
    let mut bytes = whole.to_vec();
    let ways = 1 + noise.below(5);
    if noise.below(4) == 0 && below(&mut bytes, ways, noise).is_some() {
        return bytes;
    }
    for _ in 0..ways {
        damage(&mut bytes, noise);
    }
    if noise.below(2) == 0 {
        mend(&mut bytes);
    }
    bytes
}

/// Damages what a PNG's pixels are before they are packed, or the last two thirds
/// of any other file, where most kinds keep coded pixels.
fn below(bytes: &mut Vec<u8>, ways: usize, noise: &mut Noise) -> Option<()> {
    if !bytes.starts_with(b"\x89PNG\r\n\x1a\n") {
        let mut rest = bytes.split_off(bytes.len() / 3);
        for _ in 0..ways {
            damage(&mut rest, noise);
        }
        bytes.append(&mut rest);
        return Some(());
    }
    let all = chunks(bytes);
    let is_data = |(kind, _): &&([u8; 4], &[u8])| kind == b"IDAT";
    let packed: Vec<u8> = all
        .iter()
        .filter(is_data)
        .flat_map(|(_, data)| *data)
        .copied()
        .collect();
    let mut rows = Vec::new();
    ZlibDecoder::new(packed.as_slice())
        .take(1 << 20)
        .read_to_end(&mut rows)
        .ok()?;
    for _ in 0..ways {
        damage(&mut rows, noise);
    }
    let mut encoder = ZlibEncoder::new(Vec::new(), Compression::fast());
    encoder.write_all(&rows).ok()?;
    let packed = encoder.finish().ok()?;
    let mut out = bytes[..8].to_vec();
    let mut packed = Some(packed);
    for (kind, data) in all {
        if &kind != b"IDAT" {
            out.extend(png_chunk(&kind, data));
        } else if let Some(packed) = packed.take() {
            out.extend(png_chunk(b"IDAT", &packed));
        }
    }
    *bytes = out;
    Some(())
}

/// The chunks of a PNG, as far as there are any.
fn chunks(bytes: &[u8]) -> Vec<([u8; 4], &[u8])> {
    let mut all = Vec::new();
    let mut rest = bytes.get(8..).unwrap_or_default();
    while let [a, b, c, d, k @ ..] = rest {
        let length = u32::from_be_bytes([*a, *b, *c, *d]) as usize;
        let (Some(kind), Some(data)) = (k.first_chunk::<4>(), k.get(4..length.saturating_add(4)))
        else {
            break;
        };
        all.push((*kind, data));
        rest = k.get(length + 8..).unwrap_or_default();
    }
    all
}

/// Makes sums and lengths right again where the format has them.
fn mend(bytes: &mut Vec<u8>) {
    if bytes.starts_with(b"\x89PNG\r\n\x1a\n") {
        let all = chunks(bytes);
        let mended = all.iter().flat_map(|(kind, data)| png_chunk(kind, data));
        *bytes = bytes[..8].iter().copied().chain(mended).collect();
    } else if bytes.starts_with(b"RIFF") && bytes.len() > 20 {
        let length = bytes.len() as u32 - 8;
        bytes[4..8].copy_from_slice(&length.to_le_bytes());
        // Of a file with one chunk the length of that too.
        if &bytes[12..16] != b"VP8X" {
            bytes[16..20].copy_from_slice(&(length - 12).to_le_bytes());
        }
    }
}

/// Damages a file in one way.
fn damage(bytes: &mut Vec<u8>, noise: &mut Noise) {
    const NUMBERS: [u32; 9] = [
        0,
        1,
        0xff,
        0xffff,
        0x7fff_ffff,
        u32::MAX,
        0x8000_0000,
        0x0100_0000,
        16_384,
    ];
    if bytes.is_empty() {
        return;
    }
    let length = bytes.len();
    let at = noise.below(length);
    match noise.below(12) {
        0..=5 => bytes[at] = noise.next() as u8,
        6 => bytes[at] ^= 1 << noise.below(8),
        7 => bytes.truncate(at),
        8 => {
            let end = (at + noise.below(64)).min(length);
            let part = bytes[at..end].to_vec();
            bytes.splice(end..end, part);
        }
        9 => {
            let end = (at + 1 + noise.below(16)).min(length);
            bytes.drain(at..end);
        }
        n => {
            let value = NUMBERS[noise.below(NUMBERS.len())];
            let four = if n == 10 {
                value.to_be_bytes()
            } else {
                value.to_le_bytes()
            };
            let end = (at + 4).min(length);
            bytes[at..end].copy_from_slice(&four[..end - at]);
        }
    }
}

/// What became of a file that may be refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Came {
    Taken,
    Refused,
    /// Given up for the time it takes.
    TooSlow,
}

/// Does everything to a file that can be done; what became of it, or what is
/// wrong with what came of it.
pub fn check(bytes: &[u8], turn: u64) -> Result<Came, String> {
    // Low caps keep the run short and are met often; now and then the true ones.
    let limits = if turn % 128 == 5 {
        Limits::default()
    } else if turn.is_multiple_of(2) {
        Limits {
            pixels: 20_000,
            long_side: 12,
            out_pixels: 90,
            out_bytes: 900,
            ..Limits::default()
        }
    } else {
        Limits {
            pixels: 300_000,
            ..Limits::default()
        }
    };
    let caps = limits.caps();
    match turn % 16 {
        3 => others(bytes, &limits, caps)?,
        7 => {
            if let Ok(small) = thumbnail("damaged", bytes, 16, &caps) {
                let fine = small.width.max(small.height) <= 16 && measure(&small.bytes).is_ok();
                fine.then_some(()).ok_or("a bad thumbnail")?;
            }
        }
        _ => {}
    }
    let done = match prepare("damaged", bytes, &limits) {
        Ok(done) => done,
        Err(images::Error::TooSlow { .. }) => return Ok(Came::TooSlow),
        Err(error) if error.to_string().len() > 20 => return Ok(Came::Refused),
        Err(error) => return Err(format!("a short refusal: {error}")),
    };
    let m = measure(&done.bytes).map_err(|error| format!("does not decode: {error}"))?;
    let picture = &done.picture;
    let right = [
        (m.width, m.height) == (picture.width, picture.height),
        !m.metadata,
        m.width >= 1 && m.height >= 1,
        m.width.max(m.height) <= limits.long_side,
        u64::from(m.width) * u64::from(m.height) <= u64::from(limits.out_pixels),
        picture.bytes <= limits.out_bytes,
    ];
    if right.contains(&false) {
        return Err(format!("{right:?} {m:?} {picture:?}"));
    }
    Ok(Came::Taken)
}

fn others(bytes: &[u8], limits: &Limits, caps: Caps) -> Result<(), String> {
    let Ok(kept) = master("damaged", bytes, &caps) else {
        return Ok(());
    };
    let m = measure(&kept.bytes).map_err(|error| format!("a bad master: {error}"))?;
    if m.metadata {
        return Err("metadata in a master".to_owned());
    }
    let part = images::Rect::new(1, 1, 5, 5);
    let cut = crop("damaged", &kept.bytes, part, &caps);
    if kept.width > 6 && kept.height > 6 && cut.is_err() {
        return Err(format!("no part of a master: {:?}", cut.err()));
    }
    match tiles("damaged", &kept.bytes, limits) {
        Ok(tiles) if tiles.is_empty() => Err("no tiles".to_owned()),
        Ok(_) | Err(images::Error::CannotFit { .. }) => Ok(()),
        Err(error) => Err(format!("no tiles of a master: {error}")),
    }
}
