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
