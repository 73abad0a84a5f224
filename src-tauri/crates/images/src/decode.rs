//! Pixels out of a file, eight bits a channel, as they are stored.

use std::io::Cursor;
use std::time::Duration;

use fast_image_resize::FilterType;
use image::codecs::{gif::GifDecoder, png::PngDecoder, webp::WebPDecoder};
use image::{
    ColorType, DynamicImage, GrayAlphaImage, GrayImage, ImageDecoder, RgbImage, RgbaImage,
};

use crate::deadline::{self, Outcome};
use crate::failure::Failure;
use crate::formats::drawn::Drawn;
use crate::formats::{bmp, heif, jpeg, png, svg, tiff, webp};
use crate::pixels::planes::Colours;
use crate::pixels::profile::ToSrgb;
use crate::survey::facts::{Space, Survey};
use drawing::format::Format;
use drawing::raw::array;

/// The first frame in sRGB, as `Luma8`, `Rgb8`, or, where transparency is really
/// used, `Rgba8`; not yet upright by EXIF.
///
/// Holds at most about 9 bytes a pixel (16-bit PNG) while it works, 6 more for
/// a progressive JPEG. The caller has checked the size that the survey names.
pub(crate) fn decode(
    format: Format,
    bytes: &[u8],
    survey: &Survey,
    drawn: Option<&Drawn>,
) -> Result<DynamicImage, Failure> {
    let size = (survey.width, survey.height);
    if format == Format::Jpeg {
        let planes = jpeg::planes(bytes, survey, size, FilterType::Bilinear, Colours::Full);
        let channels = planes.as_ref().map_or(0, |planes| planes.planes.len());
        let way = ToSrgb::from(&survey.space, channels);
        return planes
            .and_then(|planes| planes.pixels(way.as_ref(), survey.adobe))
            .ok_or(Failure::Broken);
    }
    let image = match (drawn, format) {
        (Some(Drawn::Page(page)), _) => DynamicImage::ImageRgb8(RgbImage::clone(&page.pixels)),
        (Some(Drawn::Svg(drawing, _)), _) if drawing.is_costly() => return Err(Failure::TooLong),
        (Some(Drawn::Svg(drawing, spent)), _) => {
            let (drawing, size) = (drawing.clone(), survey.clone());
            let left = deadline::DRAWING.saturating_sub(*spent);
            within(left, move || sized(svg::decode(&drawing)?, &size))?
        }
        (None, Format::Avif | Format::Heif | Format::Tiff) => {
            let (bytes, survey) = (bytes.to_vec(), survey.clone());
            let patience = deadline::decoding(survey.frame_pixels);
            within(patience, move || stored(format, &bytes, &survey))?
        }
        (None, _) => stored(format, bytes, survey).ok_or(Failure::Broken)?,
    };
    let image = narrow(image);
    // These come in sRGB.
    let space = match format {
        Format::Avif | Format::Heif => &Space::Srgb,
        _ => &survey.space,
    };
    Ok(ToSrgb::lead(space, image))
}

/// Decodes the first frame to see that it does, and holds as little of it as it can;
/// says whether something in it is transparent. One that is only wanted opaque need not
/// be decoded to its end.
pub(crate) fn check(
    format: Format,
    bytes: &[u8],
    survey: &Survey,
    only_opaque: bool,
) -> Result<bool, Failure> {
    let clear = match format {
        Format::Jpeg => jpeg::check(bytes, survey).map(|_| false),
        Format::Png => png::check(bytes, survey, only_opaque),
        _ => {
            let image = decode(format, bytes, survey, None)?;
            return Ok(image.color().has_alpha());
        }
    };
    clear.ok_or(Failure::Broken)
}

/// Decodes on a thread that is given up when it takes too long.
fn within(
    patience: Duration,
    work: impl FnOnce() -> Option<DynamicImage> + Send + 'static,
) -> Result<DynamicImage, Failure> {
    match deadline::within(patience, work) {
        Outcome::Done(image) => image.ok_or(Failure::Broken),
        Outcome::Panicked => Err(Failure::Broken),
        Outcome::TooLong => Err(Failure::TooLong),
    }
}

fn stored(format: Format, bytes: &[u8], survey: &Survey) -> Option<DynamicImage> {
    let input = Cursor::new(bytes);
    // Pictures are coded in blocks, of which the last may be shown in part.
    let most = survey
        .frame_pixels
        .saturating_mul(2)
        .saturating_add(1 << 16);
    match format {
        Format::Jpeg | Format::Pdf | Format::Svg => None,
        Format::Png => from(PngDecoder::with_limits(input, limits(survey)).ok()?, survey),
        Format::Webp if survey.animated => from(WebPDecoder::new(input).ok()?, survey),
        Format::Webp => webp::decode(bytes, survey),
        Format::Gif => gif(bytes, survey),
        Format::Bmp => sized(bmp::decode(bytes)?, survey),
        Format::Ico => sized(bmp::icon(bytes, limits(survey))?, survey),
        Format::Tiff => tiff::decode(bytes, survey),
        Format::Avif | Format::Heif => sized(heif::decode(bytes, most, &survey.space)?, survey),
    }
}

/// The first frame; in greys where the file has no palette for it.
fn gif(bytes: &[u8], survey: &Survey) -> Option<DynamicImage> {
    let Some(palette) = survey
        .no_palette
        .then(|| (0..=u8::MAX).flat_map(|v| [v; 3]))
    else {
        return from(GifDecoder::new(Cursor::new(bytes)).ok()?, survey);
    };
    let (head, rest) = bytes.split_at_checked(13)?;
    let mut own: Vec<u8> = head.iter().copied().chain(palette).collect();
    // That there is one, and of 256 colours.
    *own.get_mut(10)? |= 0x87;
    own.extend(rest);
    from(GifDecoder::new(Cursor::new(own.as_slice())).ok()?, survey)
}

/// A decoder that finds another size than the one that was checked is not trusted.
fn sized(image: DynamicImage, survey: &Survey) -> Option<DynamicImage> {
    ((image.width(), image.height()) == (survey.width, survey.height)).then_some(image)
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
    if decoder.dimensions() != (survey.width, survey.height) {
        return None;
    }
    decoder.set_limits(limits(survey)).ok()?;
    if let Some(colour) = narrowed(decoder.color_type()) {
        return narrow_rows(decoder, colour, survey);
    }
    DynamicImage::from_decoder(decoder).ok()
}

/// What 16 bits a channel become.
fn narrowed(colour: ColorType) -> Option<ColorType> {
    match colour {
        ColorType::L16 => Some(ColorType::L8),
        ColorType::La16 => Some(ColorType::La8),
        ColorType::Rgb16 => Some(ColorType::Rgb8),
        ColorType::Rgba16 => Some(ColorType::Rgba8),
        _ => None,
    }
}

/// Sixteen bits a channel become eight where they lie: a copy beside them would be
/// half as much again of what is the most that any picture takes.
fn narrow_rows(
    decoder: impl ImageDecoder,
    colour: ColorType,
    survey: &Survey,
) -> Option<DynamicImage> {
    let mut bytes = vec![0; usize::try_from(decoder.total_bytes()).ok()?];
    decoder.read_image(&mut bytes).ok()?;
    let half = bytes.len() / 2;
    for n in 0..half {
        // In the processor's own order.
        let wide = u32::from(u16::from_ne_bytes(array(&bytes, n * 2)?));
        *bytes.get_mut(n)? = ((wide * 255 + 32_767) / 65_535) as u8;
    }
    bytes.truncate(half);
    bytes.shrink_to_fit();
    let (width, height) = (survey.width, survey.height);
    match colour {
        ColorType::L8 => GrayImage::from_raw(width, height, bytes).map(DynamicImage::ImageLuma8),
        ColorType::La8 => {
            GrayAlphaImage::from_raw(width, height, bytes).map(DynamicImage::ImageLumaA8)
        }
        ColorType::Rgb8 => RgbImage::from_raw(width, height, bytes).map(DynamicImage::ImageRgb8),
        _ => RgbaImage::from_raw(width, height, bytes).map(DynamicImage::ImageRgba8),
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
