//! Windows bitmaps and their kin of OS/2, as files and in icons.

use std::io::Cursor;

use image::codecs::png::PngDecoder;
use image::{DynamicImage, RgbImage, RgbaImage};

use crate::survey::bmp::{Bitmap, Icon, Packing};
use drawing::raw::{array, le16, le24, le32};

/// A file; `None` where it does not decode, or pixels are missing.
pub(crate) fn decode(bytes: &[u8]) -> Option<DynamicImage> {
    let bitmap = Bitmap::of_file(bytes)?;
    let pixels = pixels(bytes, &bitmap)?;
    shown(&bitmap, pixels)
}

/// The largest picture of an icon or a cursor.
pub(crate) fn icon(bytes: &[u8], limits: image::Limits) -> Option<DynamicImage> {
    let mut bitmap = match Icon::of(bytes)? {
        Icon::Png(at, _) => {
            let decoder = PngDecoder::with_limits(Cursor::new(bytes.get(at..)?), limits).ok()?;
            return DynamicImage::from_decoder(decoder).ok();
        }
        Icon::Bitmap(bitmap) => bitmap,
    };
    if bitmap.bits == 32 && bitmap.masks == [0xff_0000, 0xff00, 0xff, 0] {
        bitmap.masks = [0xff_0000, 0xff00, 0xff, 0xff00_0000];
    }
    let mut pixels = pixels(bytes, &bitmap)?;
    if bitmap.bits < 32 || pixels.iter().all(|[.., alpha]| *alpha == 0) {
        mask(bytes, &bitmap, &mut pixels);
    }
    transparent(&bitmap, pixels)
}

/// What the mask below the picture cuts out is transparent; nothing where it is missing.
fn mask(bytes: &[u8], bitmap: &Bitmap, pixels: &mut [[u8; 4]]) {
    let (width, height) = (bitmap.width as usize, bitmap.height as usize);
    let stride = width.div_ceil(32) * 4;
    let from = bitmap.pixels + bitmap.stride() * height;
    let mask = bytes.get(from..from + stride * height);
    // The last row comes first, as in the picture.
    let rows = pixels.chunks_exact_mut(width.max(1)).rev();
    for (n, row) in rows.enumerate() {
        let bits = mask.and_then(|mask| mask.get(n * stride..(n + 1) * stride));
        for (x, pixel) in row.iter_mut().enumerate() {
            let byte = bits.and_then(|bits| bits.get(x / 8)).copied();
            let is_out = byte.is_some_and(|byte| byte << (x % 8) & 0x80 != 0);
            let [.., alpha] = pixel;
            *alpha = if is_out { 0 } else { u8::MAX };
        }
    }
}

/// Transparent where anything of it is there: all that is nothing is opaque, as the
/// programs that write so know no transparency.
fn shown(bitmap: &Bitmap, pixels: Vec<[u8; 4]>) -> Option<DynamicImage> {
    let [.., alpha] = bitmap.masks;
    if alpha != 0 && pixels.iter().any(|[.., alpha]| *alpha != 0) {
        transparent(bitmap, pixels)
    } else {
        let pixels = pixels
            .iter()
            .flat_map(|[r, g, b, _]| [*r, *g, *b])
            .collect();
        RgbImage::from_raw(bitmap.width, bitmap.height, pixels).map(DynamicImage::ImageRgb8)
    }
}

/// Pixels with their alpha.
fn transparent(bitmap: &Bitmap, pixels: Vec<[u8; 4]>) -> Option<DynamicImage> {
    let pixels = pixels.into_flattened();
    RgbaImage::from_raw(bitmap.width, bitmap.height, pixels).map(DynamicImage::ImageRgba8)
}

/// Red, green, blue and alpha, the top row first.
fn pixels(bytes: &[u8], bitmap: &Bitmap) -> Option<Vec<[u8; 4]>> {
    let (width, height) = (bitmap.width as usize, bitmap.height as usize);
    let area = width.checked_mul(height)?;
    let palette = palette(bytes, bitmap);
    let of = |n: usize| palette.get(n).copied().unwrap_or([0, 0, 0, u8::MAX]);
    let data = bytes.get(bitmap.pixels..)?;
    let mut pixels = match bitmap.packing {
        Packing::Other(_) => return None,
        Packing::Runs => {
            let stored = runs(data, bitmap)?;
            let colour = |value: &u32| match bitmap.bits {
                24 => bgr(*value),
                _ => of(*value as usize),
            };
            stored.iter().map(colour).collect()
        }
        Packing::Plain => {
            let mut pixels = Vec::with_capacity(area);
            let stride = bitmap.stride();
            let needed = (width * bitmap.bits as usize).div_ceil(8);
            for y in 0..height {
                // What fills the last row may be missing.
                let row = data.get(y.checked_mul(stride)?..)?.get(..needed)?;
                for x in 0..width {
                    pixels.push(match bitmap.bits {
                        16 => masked(le16(row, x * 2)?.into(), &bitmap.masks),
                        24 => bgr(le24(row, x * 3)?),
                        32 => masked(le32(row, x * 4)?, &bitmap.masks),
                        bits => of(packed(row, x, bits)? as usize),
                    });
                }
            }
            pixels
        }
    };
    if !bitmap.top_down {
        let (mut top, mut bottom) = (0, height.saturating_sub(1));
        while top < bottom {
            let (above, below) = pixels.split_at_mut(bottom * width);
            let above = above.get_mut(top * width..(top + 1) * width)?;
            above.swap_with_slice(below.get_mut(..width)?);
            (top, bottom) = (top + 1, bottom - 1);
        }
    }
    (pixels.len() == area).then_some(pixels)
}

/// A pixel of one, two, four or eight bits.
fn packed(row: &[u8], x: usize, bits: u32) -> Option<u8> {
    let bits = bits as usize;
    let byte = *row.get(x * bits / 8)?;
    let up = x * bits % 8;
    Some((byte << up) >> (8 - bits))
}

fn bgr(value: u32) -> [u8; 4] {
    let [b, g, r, _] = value.to_le_bytes();
    [r, g, b, u8::MAX]
}

/// The bits of each mask as a byte; all there is where no mask names an alpha.
fn masked(value: u32, masks: &[u32; 4]) -> [u8; 4] {
    let byte = |mask: u32| {
        let low = mask.trailing_zeros().min(31);
        let most = u64::from(mask >> low);
        let bits = u64::from((value & mask) >> low);
        if most == 255 {
            return Some(bits as u8);
        }
        (bits * 255 + most / 2)
            .checked_div(most)
            .map(|byte| byte as u8)
    };
    let [r, g, b, a] = masks.map(byte);
    [
        r.unwrap_or(0),
        g.unwrap_or(0),
        b.unwrap_or(0),
        a.unwrap_or(u8::MAX),
    ]
}

/// The colours of the palette, no more than can be named.
fn palette(bytes: &[u8], bitmap: &Bitmap) -> Vec<[u8; 4]> {
    let most = if bitmap.bits <= 8 {
        1 << bitmap.bits
    } else {
        0
    };
    let entries = (0..bitmap.colours.min(most)).map_while(|n| {
        let [b, g, r] = array(bytes, bitmap.palette + n * bitmap.entry)?;
        Some([r, g, b, u8::MAX])
    });
    entries.collect()
}

/// Runs of one value, and values one by one; rows as they are stored. What is left out
/// is 0. `None` where they end too early.
fn runs(data: &[u8], bitmap: &Bitmap) -> Option<Vec<u32>> {
    let (width, height) = (bitmap.width as usize, bitmap.height as usize);
    let mut values = vec![0; width.checked_mul(height)?];
    let (mut x, mut y, mut at) = (0_usize, 0_usize, 0_usize);
    // Bytes of so many pixels as they stand one by one.
    let bits = bitmap.bits as usize;
    let value = |from: usize, n: usize| match bits {
        24 => le24(data, from + n * 3),
        8 => data.get(from + n).map(|byte| u32::from(*byte)),
        _ => data
            .get(from + n / 2)
            .map(|byte| u32::from(byte >> (4 - n % 2 * 4) & 15)),
    };
    while y < height {
        let Some([count, code]) = array(data, at) else {
            // The mark of the end is missing, but no row.
            return (y + 1 == height && x >= width).then_some(values);
        };
        let (run, from) = match (count, code) {
            (0, 0) => {
                (x, y, at) = (0, y + 1, at + 2);
                continue;
            }
            (0, 1) => break,
            (0, 2) => {
                let [right, up] = array(data, at + 2)?;
                (x, y, at) = (x + usize::from(right), y + usize::from(up), at + 4);
                continue;
            }
            (0, _) => (usize::from(code), at + 2),
            _ => (usize::from(count), at + 1),
        };
        let row = values.get_mut(y * width..(y + 1) * width)?;
        for n in 0..run {
            let place = match (count, bits) {
                (0, _) => n,
                (_, 4) => n % 2,
                _ => 0,
            };
            let value = value(from, place)?;
            // A run may end beyond its row.
            if let Some(pixel) = row.get_mut(x + n) {
                *pixel = value;
            }
        }
        x += run;
        at = match count {
            0 => from + (run * bits).div_ceil(8).next_multiple_of(2),
            _ => from + bits.div_ceil(8),
        };
    }
    Some(values)
}
