//! Pixels into a file that keeps within the target's limits.

use fast_image_resize::ResizeOptions;
use image::{DynamicImage, GrayImage, RgbImage, Rgba, RgbaImage};

use crate::pixels::planes::Planes;
use drawing::{Limits, Mime};

use crate::formats::{jpeg, png as drawings};
use crate::pixels::nature::Nature;
use crate::pixels::resample::resample;

/// A coded picture.
#[derive(Debug)]
pub(crate) struct Coded {
    pub(crate) mime: Mime,
    pub(crate) bytes: Vec<u8>,
    pub(crate) width: u32,
    pub(crate) height: u32,
    /// Its transparency was laid on a ground.
    pub(crate) flattened: bool,
}

/// Quality of a photo, best first, and of a drawing that has to be JPEG.
const PHOTO: [u8; 3] = [88, 80, 70];
const DRAWING: [u8; 3] = [92, 85, 75];
/// What is left of a side each time that no quality fits.
const SHRINK: f64 = 0.7;

/// Codes the picture in at most `limits.out_bytes` bytes: by what suits it, then
/// at less quality, then smaller. `None` when even a few pixels are too much.
///
/// What was `flattened` comes without transparency.
pub(crate) fn code(
    mut image: DynamicImage,
    (nature, flattened): (Nature, bool),
    limits: &Limits,
) -> Option<Coded> {
    let most = limits.out_bytes as usize;
    let jpeg = limits.takes(Mime::Jpeg) || !limits.takes(Mime::Png);
    let png = limits.takes(Mime::Png) && (nature == Nature::Drawing || !jpeg);
    loop {
        let (width, height) = (image.width(), image.height());
        let coded = |mime, bytes| Coded {
            mime,
            bytes,
            width,
            height,
            flattened,
        };
        if png && let Some(bytes) = png_bytes(&image, nature).filter(|bytes| bytes.len() <= most) {
            return Some(coded(Mime::Png, bytes));
        }
        if jpeg {
            let qualities = if nature == Nature::Photo {
                PHOTO
            } else {
                DRAWING
            };
            for quality in qualities {
                let bytes = jpeg_bytes(&image, quality, nature)?;
                if bytes.len() <= most {
                    return Some(coded(Mime::Jpeg, bytes));
                }
            }
        }
        if width.max(height) <= 8 {
            return None;
        }
        let less = |side: u32| ((f64::from(side) * SHRINK) as u32).max(1);
        image = resize(image, less(width), less(height))?;
    }
}

/// Codes the planes of a JPEG as one, at no better quality than `best`; `None`
/// when no quality fits.
pub(crate) fn code_planes(planes: &Planes, best: u8, limits: &Limits) -> Option<Coded> {
    let (width, height) = planes.size();
    PHOTO.into_iter().find_map(|quality| {
        let bytes = jpeg::of_planes(planes, quality.min(best))?;
        (bytes.len() <= limits.out_bytes as usize).then_some(Coded {
            mime: Mime::Jpeg,
            bytes,
            width,
            height,
            flattened: false,
        })
    })
}

/// Lays the picture in the middle of a white canvas.
pub(crate) fn pad(image: DynamicImage, (width, height): (u32, u32)) -> DynamicImage {
    if (image.width(), image.height()) == (width, height) {
        return image;
    }
    let mut canvas = RgbaImage::from_pixel(width, height, Rgba([u8::MAX; 4]));
    let middle = |canvas: u32, image: u32| i64::from(canvas.saturating_sub(image) / 2);
    let (x, y) = (middle(width, image.width()), middle(height, image.height()));
    image::imageops::overlay(&mut canvas, &image.into_rgba8(), x, y);
    DynamicImage::ImageRgb8(DynamicImage::ImageRgba8(canvas).into_rgb8())
}

/// The picture at another size (Lanczos3, transparent pixels not bleeding into
/// their neighbours).
pub(crate) fn resize(image: DynamicImage, width: u32, height: u32) -> Option<DynamicImage> {
    if (image.width(), image.height()) == (width, height) {
        return Some(image);
    }
    let channels = match image {
        DynamicImage::ImageLuma8(_) => 1,
        DynamicImage::ImageRgba8(_) => 4,
        _ => 3,
    };
    let mut pixels = vec![0; width as usize * height as usize * channels];
    resample(
        channels,
        (image.as_bytes(), image.width(), image.height()),
        (&mut pixels, width, height),
        &ResizeOptions::new(),
    )?;
    match image {
        DynamicImage::ImageLuma8(_) => {
            GrayImage::from_raw(width, height, pixels).map(DynamicImage::ImageLuma8)
        }
        DynamicImage::ImageRgba8(_) => {
            RgbaImage::from_raw(width, height, pixels).map(DynamicImage::ImageRgba8)
        }
        _ => RgbImage::from_raw(width, height, pixels).map(DynamicImage::ImageRgb8),
    }
}

/// A JPEG that loses next to nothing.
pub(crate) fn best_jpeg(image: &DynamicImage) -> Option<Vec<u8>> {
    jpeg_bytes(image, 95, Nature::Drawing)
}

/// A JPEG to look at.
pub(crate) fn small_jpeg(image: &DynamicImage) -> Option<Vec<u8>> {
    jpeg_bytes(image, 80, Nature::Photo)
}

/// A PNG, fast rather than small.
pub(crate) fn fast_png(image: &DynamicImage) -> Option<Vec<u8>> {
    png_bytes(image, Nature::Photo)
}

fn jpeg_bytes(image: &DynamicImage, quality: u8, nature: Nature) -> Option<Vec<u8>> {
    // Coloured text turns muddy when its colours are halved.
    jpeg::of_pixels(image, quality, nature == Nature::Photo)
}

fn png_bytes(image: &DynamicImage, nature: Nature) -> Option<Vec<u8>> {
    let color = match image {
        DynamicImage::ImageLuma8(_) => png::ColorType::Grayscale,
        DynamicImage::ImageRgba8(_) => png::ColorType::Rgba,
        _ => png::ColorType::Rgb,
    };
    if nature == Nature::Drawing {
        return drawings::drawing(image, color);
    }
    let mut bytes = Vec::new();
    let mut encoder = png::Encoder::new(&mut bytes, image.width(), image.height());
    encoder.set_color(color);
    encoder.set_filter(png::Filter::Adaptive);
    encoder.set_deflate_compression(png::DeflateCompression::Level(1));
    let mut writer = encoder.write_header().ok()?;
    writer.write_image_data(image.as_bytes()).ok()?;
    writer.finish().ok()?;
    Some(bytes)
}
