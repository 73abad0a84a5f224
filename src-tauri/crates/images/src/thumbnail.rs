use fast_image_resize::FilterType;
use image::DynamicImage;

use crate::fit;
use crate::format::Format;
use crate::planes::Colours;
use crate::prepare::{Source, guarded, shrunk};
use crate::profile::ToSrgb;
use crate::{Caps, Error, Limits, Mime, jpeg};

/// A small picture to be shown while the true one is made.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Thumbnail {
    /// JPEG, or PNG where something is transparent.
    pub bytes: Vec<u8>,
    /// What the bytes are.
    pub mime: Mime,
    /// Width in pixels.
    pub width: u32,
    /// Height in pixels.
    pub height: u32,
    /// Width of the whole, upright.
    pub original_width: u32,
    /// Height of the whole, upright.
    pub original_height: u32,
}

/// A picture of at most `side` pixels a side, made as fast as can be: of a JPEG,
/// no more is ever held than a few rows.
///
/// # Errors
/// As [`crate::prepare`].
pub fn thumbnail(name: &str, bytes: &[u8], side: u32, caps: &Caps) -> Result<Thumbnail, Error> {
    let source = Source::admit(name, bytes, *caps)?;
    guarded(name, source.format, || {
        let small = Limits {
            long_side: side.max(1),
            ..Limits::default()
        };
        let (original_width, original_height) = source.upright();
        let (width, height) = small.fit(original_width, original_height);
        let image = if source.format == Format::Jpeg {
            of_jpeg(&source, source.swapped((width, height)))
        } else {
            let (mut image, _) = shrunk(&source, source.swapped((width, height)))?;
            image.apply_orientation(source.turn());
            Some(image)
        };
        let image = image.ok_or_else(|| source.broken())?;
        let coded = if image.color().has_alpha() {
            fit::fast_png(&image).map(|bytes| (bytes, Mime::Png))
        } else {
            fit::small_jpeg(&image).map(|bytes| (bytes, Mime::Jpeg))
        };
        let (bytes, mime) = coded.ok_or_else(|| source.broken())?;
        Ok(Thumbnail {
            bytes,
            mime,
            width: image.width(),
            height: image.height(),
            original_width,
            original_height,
        })
    })
}

fn of_jpeg(source: &Source<'_>, size: (u32, u32)) -> Option<DynamicImage> {
    let survey = &source.survey;
    let planes = jpeg::planes(source.bytes, survey, size, FilterType::Box, Colours::Full)?;
    let way = ToSrgb::from(&survey.space, planes.planes.len());
    let mut image = planes.pixels(way.as_ref(), survey.adobe)?;
    image.apply_orientation(source.turn());
    Some(image)
}
