//! Pictures made for tests, with known size, colours and bytes.

use std::fs;
use std::io::Cursor;
use std::path::Path;

use anyhow::Result;
use image::{ImageFormat, Rgb, RgbImage};

/// A picture of one colour, with a smaller area of another in its middle so
/// that it is not flat.
pub fn two_colours(width: u32, height: u32, colour: [u8; 3], middle: [u8; 3]) -> RgbImage {
    RgbImage::from_fn(width, height, |x, y| {
        let inside = |at: u32, size: u32| at > size * 2 / 5 && at < size * 3 / 5;
        Rgb(if inside(x, width) && inside(y, height) {
            middle
        } else {
            colour
        })
    })
}

/// As a camera sees: soft shapes of many colours under fine noise, others for each
/// seed.
pub fn photo(width: u32, height: u32, seed: u32) -> RgbImage {
    let mut noise = seed.wrapping_mul(2_654_435_761) | 1;
    let wave = |at: u32, length: f32| ((at + 97 * seed) as f32 / length).sin();
    let columns: Vec<f32> = (0..width).map(|x| wave(x, 190.0) + wave(x, 41.0)).collect();
    let rows: Vec<f32> = (0..height)
        .map(|y| wave(y, 230.0) + wave(y, 57.0))
        .collect();
    RgbImage::from_fn(width, height, |x, y| {
        noise = noise.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        let at = |list: &[f32], index: u32| list.get(index as usize).copied().unwrap_or(0.0);
        let (a, b) = (at(&columns, x), at(&rows, y));
        let grain = (noise >> 28) as f32;
        let level = |value: f32| (128.0 + 50.0 * value + grain).clamp(0.0, 255.0) as u8;
        Rgb([level(a), level((a + b) / 2.0), level(-b)])
    })
}

/// As a screen looks: flat areas, and lines of small dark marks like text, others
/// for each seed.
pub fn screenshot(width: u32, height: u32, seed: u32) -> RgbImage {
    RgbImage::from_fn(width, height, |x, y| {
        let (line, letter) = (y / 24, x / 10);
        let glyph = (line * 7919 + letter * 104_729 + seed * 31).wrapping_mul(2_654_435_761);
        let dot = (y % 24 / 2).saturating_sub(4) * 4 + x % 10 / 2;
        let inked = y % 24 / 2 >= 4 && x % 10 < 8 && dot < 32 && glyph >> dot & 1 == 1;
        match x * 5 / width {
            0 => Rgb([38, 50, 66]),
            _ if inked => Rgb([30, 30, 34]),
            _ => Rgb([250, 250, 247]),
        }
    })
}

/// Its bytes in a format.
///
/// # Errors
/// When the format cannot be written.
pub fn encode(picture: &RgbImage, format: ImageFormat) -> Result<Vec<u8>> {
    let mut bytes = Cursor::new(Vec::new());
    picture.write_to(&mut bytes, format)?;
    Ok(bytes.into_inner())
}

/// Saves it as a PNG.
///
/// # Errors
/// When the file cannot be written.
pub fn save_png(picture: &RgbImage, path: &Path) -> Result<()> {
    fs::write(path, encode(picture, ImageFormat::Png)?)?;
    Ok(())
}

/// A colour as CSS and the demo write it, `#0a64c8` for example.
pub fn hex([red, green, blue]: [u8; 3]) -> String {
    format!("#{red:02x}{green:02x}{blue:02x}")
}

/// A PNG that says it is of any size, in a few kilobytes: one colour a bit deep.
///
/// # Errors
/// When it cannot be written.
pub fn bomb(side: u32) -> Result<Vec<u8>> {
    let mut bytes = Vec::new();
    let mut encoder = png::Encoder::new(&mut bytes, side, side);
    encoder.set_color(png::ColorType::Grayscale);
    encoder.set_depth(png::BitDepth::One);
    let mut writer = encoder.write_header()?;
    let row = vec![0; side.div_ceil(8) as usize];
    let mut stream = writer.stream_writer()?;
    for _ in 0..side {
        std::io::Write::write_all(&mut stream, &row)?;
    }
    stream.finish()?;
    drop(writer);
    Ok(bytes)
}
