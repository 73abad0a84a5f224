//! Pixels out of a file, eight bits a channel, as they are stored.

use std::io::Cursor;

use image::codecs::{bmp::BmpDecoder, gif::GifDecoder, png::PngDecoder, webp::WebPDecoder};
use image::{DynamicImage, GrayImage, ImageDecoder, RgbImage};
use zune_jpeg::JpegDecoder;
use zune_jpeg::zune_core::bytestream::ZCursor;
use zune_jpeg::zune_core::colorspace::ColorSpace;
use zune_jpeg::zune_core::options::DecoderOptions;

use crate::format::Format;
use crate::survey::Survey;

/// The first frame, as `Luma8`, `Rgb8`, or, where transparency is really used,
/// `Rgba8`. `None` when the file does not decode.
///
/// Holds at most about 8 bytes a pixel (16-bit PNG) while it works, 6 more for
/// a progressive JPEG. The caller has checked the size that the survey names.
pub(crate) fn decode(format: Format, bytes: &[u8], survey: &Survey) -> Option<DynamicImage> {
    let input = Cursor::new(bytes);
    let image = match format {
        Format::Jpeg => jpeg(bytes, survey)?,
        Format::Png => from(PngDecoder::with_limits(input, limits(survey)).ok()?, survey)?,
        Format::Webp => from(WebPDecoder::new(input).ok()?, survey)?,
        Format::Gif => from(GifDecoder::new(input).ok()?, survey)?,
        Format::Bmp => from(BmpDecoder::new(input).ok()?, survey)?,
    };
    Some(narrow(image))
}

/// Room for the pixels at their widest, and for the decoder itself.
fn limits(survey: &Survey) -> image::Limits {
    let mut limits = image::Limits::no_limits();
    limits.max_alloc = Some(
        survey
            .frame_pixels
            .saturating_mul(8)
            .saturating_add(64 << 20),
    );
    limits
}

fn from(mut decoder: impl ImageDecoder, survey: &Survey) -> Option<DynamicImage> {
    // A decoder that finds another size than the one that was checked is not trusted.
    if decoder.dimensions() != (survey.width, survey.height) {
        return None;
    }
    decoder.set_limits(limits(survey)).ok()?;
    DynamicImage::from_decoder(decoder).ok()
}

fn jpeg(bytes: &[u8], survey: &Survey) -> Option<DynamicImage> {
    let options = DecoderOptions::default()
        .set_max_width(usize::from(u16::MAX))
        .set_max_height(usize::from(u16::MAX))
        // Small faults are forgiven where the file is whole; without that the
        // lower part of one that was cut off would be grey, and nobody told.
        .set_strict_mode(!survey.ended);
    let mut decoder = JpegDecoder::new_with_options(ZCursor::new(bytes), options);
    decoder.decode_headers().ok()?;
    let (width, height) = decoder.dimensions()?;
    let (width, height) = (u32::try_from(width).ok()?, u32::try_from(height).ok()?);
    if (width, height) != (survey.width, survey.height) {
        return None;
    }
    let grey = decoder.input_colorspace()? == ColorSpace::Luma;
    let out = if grey {
        ColorSpace::Luma
    } else {
        ColorSpace::RGB
    };
    decoder.set_options(decoder.options().jpeg_set_out_colorspace(out));
    let pixels = decoder.decode().ok()?;
    if grey {
        GrayImage::from_raw(width, height, pixels).map(DynamicImage::ImageLuma8)
    } else {
        RgbImage::from_raw(width, height, pixels).map(DynamicImage::ImageRgb8)
    }
}

/// Leaves three layouts of all there are.
fn narrow(image: DynamicImage) -> DynamicImage {
    use DynamicImage::{ImageLuma8, ImageLuma16, ImageLumaA8, ImageLumaA16, ImageRgb8, ImageRgba8};
    let image = match image {
        ImageLuma16(_) => ImageLuma8(image.into_luma8()),
        ImageLumaA16(_) => ImageLumaA8(image.into_luma_alpha8()),
        other => other,
    };
    match image {
        ImageLuma8(_) | ImageRgb8(_) => image,
        ImageLumaA8(grey) if grey.pixels().all(|p| matches!(p.0, [_, u8::MAX])) => {
            ImageLuma8(DynamicImage::ImageLumaA8(grey).into_luma8())
        }
        other if other.color().has_alpha() => {
            let image = other.into_rgba8();
            if image
                .as_raw()
                .as_chunks::<4>()
                .0
                .iter()
                .all(|[.., alpha]| *alpha == u8::MAX)
            {
                ImageRgb8(DynamicImage::ImageRgba8(image).into_rgb8())
            } else {
                ImageRgba8(image)
            }
        }
        other => ImageRgb8(other.into_rgb8()),
    }
}
