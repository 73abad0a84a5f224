//! Ways to damage a file, and what must hold for whatever comes of it.

use images::{Caps, Limits, crop, master, measure, prepare, thumbnail, tiles};

use crate::fixtures::Noise;

/// Damages a file in one way.
pub fn damage(bytes: &mut Vec<u8>, noise: &mut Noise) {
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

/// Does everything to a file that can be done; whether it was taken, or what is
/// wrong with what came of it.
pub fn check(bytes: &[u8], turn: u64) -> Result<bool, String> {
    // Low caps keep the run short and are met often.
    let limits = if turn.is_multiple_of(2) {
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
        Err(error) if error.to_string().len() > 20 => return Ok(false),
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
    Ok(true)
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
