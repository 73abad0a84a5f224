use std::fmt::Write as _;
use std::panic::{AssertUnwindSafe, catch_unwind};

use fast_image_resize::FilterType;
use image::DynamicImage;
use image::metadata::Orientation;
use protocol::{Done, Picture};
use sha2::{Digest, Sha256};

use crate::decode::Failure;
use crate::fit::{Coded, Nature};
use crate::format::{Format, Sniffed, sniff};
use crate::planes::{Colours, Kind};
use crate::profile::ToSrgb;
use crate::survey::Survey;
use crate::{Caps, Error, Limits, Mime, Rect, decode, fit, jpeg, png, webp};

/// A picture that can be kept and sent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Prepared {
    /// The bytes that are sent.
    pub bytes: Vec<u8>,
    /// What the page is told of them.
    pub picture: Picture,
}

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

/// Decoders are large and meet hostile files: a panic there costs this picture only.
pub(crate) fn guarded<T>(
    name: &str,
    format: Format,
    work: impl FnOnce() -> Result<T, Error>,
) -> Result<T, Error> {
    catch_unwind(AssertUnwindSafe(work)).unwrap_or_else(|_| {
        Err(Error::Broken {
            name: name.to_owned(),
            format: format.name(),
        })
    })
}

/// Pixels that the scans of a JPEG may go over: 100 megapixels by the dozen that
/// encoders make, which takes three to four seconds.
const SCANNED: u64 = 1_300_000_000;

/// A file that may be decoded.
#[derive(Debug)]
pub(crate) struct Source<'a> {
    pub(crate) name: &'a str,
    pub(crate) bytes: &'a [u8],
    pub(crate) format: Format,
    pub(crate) survey: Survey,
}

impl<'a> Source<'a> {
    /// Tells the format, and refuses what is not to be decoded.
    pub(crate) fn admit(name: &'a str, bytes: &'a [u8], caps: Caps) -> Result<Self, Error> {
        let owned = || name.to_owned();
        if bytes.is_empty() {
            return Err(Error::Empty { name: owned() });
        }
        if bytes.len() as u64 > caps.file_bytes {
            return Err(Error::TooLarge {
                name: owned(),
                bytes: bytes.len() as u64,
                limit: caps.file_bytes,
            });
        }
        let format = match sniff(bytes) {
            Sniffed::Known(format) => format,
            Sniffed::Unsupported(format, advice) => {
                return Err(Error::Unsupported {
                    name: owned(),
                    format,
                    advice,
                });
            }
            Sniffed::Unknown => return Err(Error::NotAPicture { name: owned() }),
        };
        let survey = guarded(name, format, || {
            surveyed(format, bytes).map_err(|failure| failed(name, format, failure))
        })?;
        if let Some(coding) = survey.coding {
            return Err(Error::Unsupported {
                name: owned(),
                format: coding,
                advice: crate::format::SAVE,
            });
        }
        if survey.frame_pixels > caps.pixels {
            return Err(Error::TooManyPixels {
                name: owned(),
                width: survey.width,
                height: survey.height,
                limit: caps.pixels,
            });
        }
        // By count and not by the clock, which also runs while others work.
        if u64::from(survey.scans).saturating_mul(survey.frame_pixels) > SCANNED {
            return Err(failed(name, format, Failure::TooLong));
        }
        Ok(Self {
            name,
            bytes,
            format,
            survey,
        })
    }

    pub(crate) fn broken(&self) -> Error {
        failed(self.name, self.format, Failure::Broken)
    }

    /// What turns it upright.
    pub(crate) fn turn(&self) -> Orientation {
        Orientation::from_exif(self.survey.orientation).unwrap_or(Orientation::NoTransforms)
    }

    /// Width and height upright, in pixels.
    pub(crate) fn upright(&self) -> (u32, u32) {
        self.swapped((self.survey.width, self.survey.height))
    }

    /// From stored to upright and back.
    pub(crate) fn swapped(&self, (width, height): (u32, u32)) -> (u32, u32) {
        match self.survey.orientation {
            5..=8 => (height, width),
            _ => (width, height),
        }
    }

    /// All of its pixels, in sRGB and upright.
    pub(crate) fn pixels(&self) -> Result<DynamicImage, Error> {
        let mut image = decode::decode(self.format, self.bytes, &self.survey)
            .map_err(|failure| failed(self.name, self.format, failure))?;
        image.apply_orientation(self.turn());
        Ok(image)
    }

    /// Decodes a copy of it, to see that it is whole.
    pub(crate) fn check(&self, copy: &[u8]) -> Result<(), Error> {
        decode::check(self.format, copy, &self.survey)
            .map_err(|failure| failed(self.name, self.format, failure))
    }

    /// What leaves a picture whatever becomes of it.
    pub(crate) fn removals(&self) -> Vec<Done> {
        [
            (self.survey.location, Done::LocationRemoved),
            (self.survey.metadata, Done::MetadataRemoved),
            (self.survey.animated, Done::FirstFrame),
        ]
        .into_iter()
        .filter_map(|(is, done)| is.then_some(done))
        .collect()
    }

    /// What is sent of a part of it.
    pub(crate) fn part(&self, place: Rect, coded: Coded) -> Prepared {
        let mut done = self.removals();
        if self.turn() != Orientation::NoTransforms {
            done.push(Done::Oriented);
        }
        if (coded.width, coded.height) != (place.width, place.height) {
            done.push(Done::Resized);
        }
        if coded.flattened {
            done.push(Done::Flattened);
        }
        done.push(Done::Reencoded);
        let mut prepared = finish(self, coded, done);
        prepared.picture.original_width = place.width;
        prepared.picture.original_height = place.height;
        prepared
    }

    /// Do its colours mean what everyone takes them for?
    pub(crate) fn is_srgb(&self) -> bool {
        // Whether grey or coloured does not matter here: a profile is for one of them.
        [1, 3, 4]
            .into_iter()
            .all(|channels| ToSrgb::from(&self.survey.space, channels).is_none())
    }
}

/// Drawings are drawn to be measured, which may take for ever.
fn surveyed(format: Format, bytes: &[u8]) -> Result<Survey, Failure> {
    if format != Format::Svg {
        return Survey::of(format, bytes).ok_or(Failure::Broken);
    }
    let owned = bytes.to_vec();
    match crate::deadline::within(crate::deadline::DRAWING, move || Survey::of(format, &owned)) {
        crate::deadline::Outcome::Done(survey) => survey.ok_or(Failure::Broken),
        crate::deadline::Outcome::Panicked => Err(Failure::Broken),
        crate::deadline::Outcome::TooLong => Err(Failure::TooLong),
    }
}

pub(crate) fn failed(name: &str, format: Format, failure: Failure) -> Error {
    let (name, format) = (name.to_owned(), format.name());
    match failure {
        Failure::Broken => Error::Broken { name, format },
        Failure::TooLong => Error::TooSlow { name, format },
    }
}

fn work(source: &Source<'_>, limits: &Limits) -> Result<Prepared, Error> {
    let upright = source.upright();
    let fitted = limits.fit(upright.0, upright.1);
    let canvas = limits.canvas(fitted.0, fitted.1);
    let mut done = source.removals();
    let as_it_is = source.turn() == Orientation::NoTransforms && canvas == upright;
    if as_it_is && let Some(coded) = untouched(source, limits) {
        return Ok(finish(source, coded, done));
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
    Ok(finish(source, coded, done))
}

/// The file as it is, or a copy without what has to go; `None` where the pixels
/// have to be coded anew, or that copy does not decode.
fn untouched(source: &Source<'_>, limits: &Limits) -> Option<Coded> {
    let Source { survey, format, .. } = source;
    let mime = format.mime().filter(|mime| limits.takes(*mime))?;
    // A copy is made in any case, as only a file that is whole can be copied in parts.
    let clean = survey.clean(*format, source.bytes, false)?;
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
        _ => source.check(&copy).is_ok(),
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
    let (mut image, nature) = shrunk(source, source.swapped(fitted))?;
    image.apply_orientation(source.turn());
    let image = fit::pad(image, canvas);
    fit::code(image, nature, limits).ok_or_else(|| Error::CannotFit {
        name: source.name.to_owned(),
        limit: limits.out_bytes,
    })
}

/// The picture at `size` as it is stored, in sRGB, and what it is. Shrunk before
/// it is turned, as turning moves every pixel, and a profile is followed where
/// there are fewest.
pub(crate) fn shrunk(
    source: &Source<'_>,
    size: (u32, u32),
) -> Result<(DynamicImage, Nature), Error> {
    let Source {
        format,
        bytes,
        survey,
        ..
    } = source;
    if *format == Format::Jpeg {
        return Ok((shrunk_jpeg(source, size)?, Nature::Photo));
    }
    if *format == Format::Png
        && let Some((image, nature)) = png::small(bytes, survey, size)
    {
        return Ok((ToSrgb::lead(&survey.space, image), nature));
    }
    let image = decode::decode(*format, bytes, survey)
        .map_err(|failure| failed(source.name, *format, failure))?;
    let nature = match format {
        Format::Heif => Nature::Photo,
        _ => Nature::of(&image),
    };
    let image = fit::resize(image, size.0, size.1).ok_or_else(|| source.broken())?;
    Ok((image, nature))
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

fn finish(source: &Source<'_>, coded: Coded, done: Vec<Done>) -> Prepared {
    let count = |n: usize| u32::try_from(n).unwrap_or(u32::MAX);
    let (original_width, original_height) = source.upright();
    let picture = Picture {
        hash: hash(&coded.bytes),
        name: source.name.to_owned(),
        mime: coded.mime.as_str().to_owned(),
        width: coded.width,
        height: coded.height,
        bytes: count(coded.bytes.len()),
        original_width,
        original_height,
        original_bytes: count(source.bytes.len()),
        done,
        refused: false,
        ..Picture::default()
    };
    Prepared {
        bytes: coded.bytes,
        picture,
    }
}

/// SHA-256 as hex.
pub(crate) fn hash(bytes: &[u8]) -> String {
    Sha256::digest(bytes)
        .iter()
        .fold(String::with_capacity(64), |mut hex, byte| {
            // Writing to a string does not fail.
            let _ = write!(hex, "{byte:02x}");
            hex
        })
}
