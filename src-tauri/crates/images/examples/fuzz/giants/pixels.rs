//! Pictures of pixels in formats other than TIFF.

use super::zeros::{SIDE, zeros};
use crate::fixtures;

pub fn png(depth: u8, colour: u8, interlaced: u8, bytes: u64) -> Option<Vec<u8>> {
    let side = SIDE.to_be_bytes();
    let header = [&side[..], &side, &[depth, colour, 0, 0, interlaced]].concat();
    Some(
        [
            b"\x89PNG\r\n\x1a\n".to_vec(),
            fixtures::png_chunk(b"IHDR", &header),
            fixtures::png_chunk(b"IDAT", &zeros(bytes)?),
            fixtures::png_chunk(b"IEND", &[]),
        ]
        .concat(),
    )
}

pub fn jpeg(progressive: bool) -> Option<Vec<u8>> {
    let mut out = Vec::new();
    let mut encoder = jpeg_encoder::Encoder::new(&mut out, 60);
    encoder.set_progressive(progressive);
    let side = SIDE as u16;
    let pixels = vec![99; (SIDE * SIDE * 3) as usize];
    encoder
        .encode(&pixels, side, side, jpeg_encoder::ColorType::Rgb)
        .ok()?;
    Some(out)
}

/// A run of zeros as LZW codes it: each code stands for one zero more than the one
/// before, until the table is full. Most significant bit first for TIFF, least for GIF.
pub fn lzw(bits: u32, most_first: bool, count: u64) -> Vec<u8> {
    let (clear, end) = (1_u32 << bits, (1_u32 << bits) + 1);
    let early = u32::from(most_first);
    let mut out = Vec::new();
    let (mut held, mut number) = (0_u64, 0_u32);
    let mut put = |code: u32, width: u32| {
        if most_first {
            held = held << width | u64::from(code);
        } else {
            held |= u64::from(code) << number;
        }
        number += width;
        while number >= 8 {
            number -= 8;
            if most_first {
                out.push((held >> number) as u8);
                held &= (1 << number) - 1;
            } else {
                out.push(held as u8);
                held >>= 8;
            }
        }
    };
    let mut left = count;
    let mut width = bits + 1;
    while left > 0 {
        put(clear, width);
        width = bits + 1;
        // The first code adds nothing to a reader's table, each further one does.
        for length in 1..=u64::from(4093 - end) {
            let run = left.min(length);
            let known = end + (length as u32).max(2) - 1 + early;
            width = (u32::BITS - known.leading_zeros()).max(bits + 1);
            put(if run == 1 { 0 } else { end + run as u32 - 1 }, width);
            left -= run;
            if left == 0 {
                break;
            }
        }
    }
    put(end, width);
    put(0, 8);
    out
}

pub fn gif() -> Vec<u8> {
    let side = (SIDE as u16).to_le_bytes();
    let mut out = [
        b"GIF89a",
        &side[..],
        &side,
        &[0x80, 0, 0, 9, 9, 9, 200, 200, 200],
    ]
    .concat();
    out.extend([b",\0\0\0\0".as_slice(), &side, &side, &[0, 2]].concat());
    for block in lzw(2, false, u64::from(SIDE) * u64::from(SIDE)).chunks(255) {
        out.push(block.len() as u8);
        out.extend(block);
    }
    out.extend(*b"\0;");
    out
}

pub fn webp() -> Option<Vec<u8>> {
    let mut out = Vec::new();
    image::codecs::webp::WebPEncoder::new_lossless(&mut out)
        .encode(
            &vec![70; (SIDE * SIDE) as usize],
            SIDE,
            SIDE,
            image::ExtendedColorType::L8,
        )
        .ok()?;
    Some(out)
}

pub fn bmp(bits: u16, compression: u32, data: Vec<u8>) -> Vec<u8> {
    let palette = vec![40; 4 << bits];
    let start = 54 + palette.len() as u32;
    let mut out = b"BM\0\0\0\0\0\0\0\0".to_vec();
    out.extend(start.to_le_bytes());
    for number in [
        40,
        SIDE,
        SIDE,
        u32::from(bits) << 16 | 1,
        compression,
        0,
        0,
        0,
        0,
        0,
    ] {
        out.extend(number.to_le_bytes());
    }
    out.extend(palette);
    out.extend(data);
    out
}

/// A grid that says it has 255 × 255 tiles.
pub fn many_tiles(mut bytes: Vec<u8>) -> Option<Vec<u8>> {
    // Version, flags, rows and columns less one, width and height.
    let wanted = [0, 0, 1, 2, 0, 192, 0, 128];
    let at = bytes.windows(8).position(|part| part == wanted)?;
    bytes
        .get_mut(at + 2..at + 8)?
        .copy_from_slice(&[254, 254, 0x27, 0x10, 0x27, 0x10]);
    Some(bytes)
}
