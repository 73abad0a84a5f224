//! Any picture in, a picture that fits the target out.

use drawing::format::Format;
use drawing::{Error, Limits, Mime, Prepared};
use fast_image_resize::FilterType;
use image::DynamicImage;
use image::metadata::Orientation;
use protocol::Done;

use crate::fit::{self, Coded};
use crate::formats::{jpeg, png, webp};
use crate::pixels::ground;
use crate::pixels::nature::Nature;
use crate::pixels::planes::{Colours, Kind};
use crate::pixels::profile::ToSrgb;
use crate::source::{Source, guarded};
use crate::survey;

/// Makes of any picture one that fits the target: upright, in sRGB, without
/// metadata, one frame, within `limits`.
///
/// `bytes` is a whole file of a kind that is read, whatever `name` ends in, or
/// what [`crate::master`] made of one. A file that needs nothing is passed on
/// byte by byte; one that only carries metadata, or more frames than one, loses
/// those and keeps its pixels as they are coded; all else is coded anew, never
/// larger than it was. Only a picture that is too narrow for the target grows, by
/// white around it.
///
/// # Errors
/// [`Error::Empty`], [`Error::TooLarge`], [`Error::NotAPicture`],
/// [`Error::Unsupported`], [`Error::Broken`], [`Error::TooManyPixels`] (before
/// anything is decoded), [`Error::TooSlow`] and [`Error::CannotFit`].
pub fn prepare(name: &str, bytes: &[u8], limits: &Limits) -> Result<Prepared, Error> {
    let source = Source::admit(name, bytes, limits.caps())?;
    guarded(name, source.format, || work(&source, limits))
}

fn work(source: &Source<'_>, limits: &Limits) -> Result<Prepared, Error> {
    let upright = source.upright();
    let fitted = limits.fit(upright.0, upright.1);
    let canvas = limits.canvas(fitted.0, fitted.1);
    let mut done = source.removals();
    let as_it_is = source.turn() == Orientation::NoTransforms && canvas == upright;
    if as_it_is && let Some(coded) = untouched(source, limits) {
        return Ok(source.finish(coded, done));
    }
    let planes = if canvas == fitted && limits.takes(Mime::Jpeg) {
        through_planes(source, fitted, limits)?
    } else {
        None
    };
    let coded = match planes {
        Some(coded) => coded,
        None => through_pixels(source, fitted, canvas, limits)?,
    };
    if source.turn() != Orientation::NoTransforms {
        done.push(Done::Oriented);
    }
    if (coded.width, coded.height) != upright {
        done.push(Done::Resized);
    }
    if coded.flattened {
        done.push(Done::Flattened);
    }
    // From PNG to PNG nothing is lost.
    if coded.mime == Mime::Jpeg || source.format.mime() != Some(coded.mime) {
        done.push(Done::Reencoded);
    }
    Ok(source.finish(coded, done))
}

/// The file as it is, or a copy without what has to go; `None` where the pixels
/// have to be coded anew, or that copy does not decode.
fn untouched(source: &Source<'_>, limits: &Limits) -> Option<Coded> {
    let Source { survey, format, .. } = source;
    let mime = format.mime().filter(|mime| limits.takes(*mime))?;
    // A copy is made in any case, as only a file that is whole can be copied in parts.
    let clean = survey::clean(survey, *format, source.bytes, false)?;
    let changed = survey.dirty || survey.animated || survey.has_profile();
    let copy = if changed {
        clean
    } else {
        source.bytes.to_vec()
    };
    if copy.len() > limits.out_bytes as usize || !source.is_srgb() {
        return None;
    }
    let (width, height) = (survey.width, survey.height);
    let whole = match format {
        // Inks, and colours that are not YCbCr, are not what everyone reads.
        Format::Jpeg => jpeg::check(&copy, survey).is_some_and(Kind::is_common),
        // A server that drops transparency shows what lies under it.
        _ => source.check(&copy, true).is_ok_and(|clear| !clear),
    };
    if !whole {
        return None;
    }
    Some(Coded {
        mime,
        bytes: copy,
        width,
        height,
        flattened: false,
    })
}

/// JPEG to JPEG, or WebP, without a way through pixels.
fn through_planes(
    source: &Source<'_>,
    fitted: (u32, u32),
    limits: &Limits,
) -> Result<Option<Coded>, Error> {
    if !source.is_srgb() {
        return Ok(None);
    }
    let (bytes, survey) = (source.bytes, &source.survey);
    let target = source.swapped(fitted);
    let planes = match source.format {
        Format::Jpeg => {
            let filter = FilterType::Lanczos3;
            let planes = jpeg::planes(bytes, survey, target, filter, Colours::Stored);
            planes.ok_or_else(|| source.broken())?
        }
        Format::Webp => match webp::planes(bytes, survey, target) {
            Some(planes) => planes,
            None => return Ok(None),
        },
        _ => return Ok(None),
    };
    if !planes.kind.is_common() {
        return Ok(None);
    }
    // More quality than it came with would only make it larger.
    let best = match survey.quality {
        Some(quality) if fitted == source.upright() => quality,
        _ => 100,
    };
    let planes = planes.turned(source.turn());
    Ok(fit::code_planes(&planes, best, limits))
}

fn through_pixels(
    source: &Source<'_>,
    fitted: (u32, u32),
    canvas: (u32, u32),
    limits: &Limits,
) -> Result<Coded, Error> {
    let Shrunk {
        mut image,
        nature,
        flattened,
    } = shrunk(source, source.swapped(fitted))?;
    image.apply_orientation(source.turn());
    let image = fit::pad(image, canvas);
    fit::code(image, (nature, flattened), limits).ok_or_else(|| Error::CannotFit {
        name: source.name.to_owned(),
        limit: limits.out_bytes,
    })
}

/// A picture at the size it is sent in.
pub(crate) struct Shrunk {
    pub(crate) image: DynamicImage,
    pub(crate) nature: Nature,
    /// Its transparency was laid on a ground.
    pub(crate) flattened: bool,
}

impl Shrunk {
    /// Of what has no transparency.
    fn opaque(image: DynamicImage, nature: Nature) -> Self {
        Self {
            image,
            nature,
            flattened: false,
        }
    }
}

/// The picture at `size` as it is stored, in sRGB, on a ground where it was
/// transparent. Shrunk before it is turned, as turning moves every pixel, and a
/// profile is followed where there are fewest.
pub(crate) fn shrunk(source: &Source<'_>, size: (u32, u32)) -> Result<Shrunk, Error> {
    let Source {
        format,
        bytes,
        survey,
        ..
    } = source;
    if *format == Format::Jpeg {
        return Ok(Shrunk::opaque(shrunk_jpeg(source, size)?, Nature::Photo));
    }
    if *format == Format::Png
        && let Some((image, nature)) = png::small(bytes, survey, size)
    {
        return Ok(Shrunk::opaque(ToSrgb::lead(&survey.space, image), nature));
    }
    let image = source.stored()?;
    // What is hidden under transparent pixels says nothing of what is seen, and the
    // edges of what is seen tell the ground best while they are sharp.
    let (image, flattened) = ground::laid(image);
    let nature = match format {
        Format::Heif => Nature::Photo,
        _ => Nature::of(&image),
    };
    let image = fit::resize(image, size.0, size.1).ok_or_else(|| source.broken())?;
    Ok(Shrunk {
        image,
        nature,
        flattened,
    })
}

/// The pixels of a JPEG at the size they are sent in, in sRGB: a profile is
/// followed where there are fewest pixels.
fn shrunk_jpeg(source: &Source<'_>, size: (u32, u32)) -> Result<DynamicImage, Error> {
    let survey = &source.survey;
    let planes = jpeg::planes(
        source.bytes,
        survey,
        size,
        FilterType::Lanczos3,
        Colours::Full,
    );
    let channels = planes.as_ref().map_or(0, |planes| planes.planes.len());
    let way = ToSrgb::from(&survey.space, channels);
    planes
        .and_then(|planes| planes.pixels(way.as_ref(), survey.adobe))
        .ok_or_else(|| source.broken())
}
