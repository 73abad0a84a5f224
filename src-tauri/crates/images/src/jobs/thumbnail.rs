//! A small picture, fast.

use drawing::format::Format;
use drawing::{Caps, Error, Limits, Mime, Thumbnail};
use fast_image_resize::FilterType;
use image::DynamicImage;

use super::prepare::shrunk;
use crate::fit;
use crate::formats::jpeg;
use crate::pixels::planes::Colours;
use crate::pixels::profile::ToSrgb;
use crate::source::{Source, guarded};

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
            let mut image = shrunk(&source, source.swapped((width, height)))?.image;
            image.apply_orientation(source.turn());
            Some(image)
        };
        let image = image.ok_or_else(|| source.broken())?;
        let bytes = fit::small_jpeg(&image).ok_or_else(|| source.broken())?;
        Ok(Thumbnail {
            bytes,
            mime: Mime::Jpeg,
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
