use std::fmt::Write as _;
use std::panic::{AssertUnwindSafe, catch_unwind};

use image::metadata::Orientation;
use protocol::{Done, Picture};
use sha2::{Digest, Sha256};

use crate::fit::{Coded, Nature};
use crate::format::{Format, Sniffed, sniff};
use crate::survey::Survey;
use crate::{Error, Limits, Mime, decode, fit};

/// A picture that can be kept and sent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Prepared {
    /// The bytes that are sent.
    pub bytes: Vec<u8>,
    /// What the page is told of them.
    pub picture: Picture,
}

/// Makes of any picture one that fits the target: upright, without metadata,
/// one frame, within `limits`.
///
/// `bytes` is a whole JPEG, PNG, WebP, GIF or BMP file, whatever `name` ends in.
/// A file that needs nothing is passed on byte by byte; one that only carries
/// metadata, or more frames than one, loses those and keeps its pixels as they
/// are coded; all else is coded anew, never larger than it was.
///
/// # Errors
/// [`Error::Empty`], [`Error::TooLarge`], [`Error::NotAPicture`],
/// [`Error::Unsupported`], [`Error::Broken`], [`Error::TooManyPixels`] (before
/// anything is decoded) and [`Error::CannotFit`].
pub fn prepare(name: &str, bytes: &[u8], limits: &Limits) -> Result<Prepared, Error> {
    let (format, survey) = admit(name, bytes, limits)?;
    // Decoders are large and meet hostile files: a panic there costs this picture only.
    catch_unwind(AssertUnwindSafe(|| {
        work(name, bytes, limits, format, &survey)
    }))
    .unwrap_or_else(|_| Err(broken(name, format)))
}

/// Tells the format, and refuses what is not to be decoded.
pub(crate) fn admit(name: &str, bytes: &[u8], limits: &Limits) -> Result<(Format, Survey), Error> {
    let owned = || name.to_owned();
    if bytes.is_empty() {
        return Err(Error::Empty { name: owned() });
    }
    if bytes.len() as u64 > limits.file_bytes {
        let bytes = bytes.len() as u64;
        return Err(Error::TooLarge {
            name: owned(),
            bytes,
            limit: limits.file_bytes,
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
    let survey = Survey::of(format, bytes).ok_or_else(|| broken(name, format))?;
    if survey.frame_pixels > limits.pixels {
        let (width, height) = (survey.width, survey.height);
        return Err(Error::TooManyPixels {
            name: owned(),
            width,
            height,
            limit: limits.pixels,
        });
    }
    Ok((format, survey))
}

fn broken(name: &str, format: Format) -> Error {
    Error::Broken {
        name: name.to_owned(),
        format: format.name(),
    }
}

fn work(
    name: &str,
    bytes: &[u8],
    limits: &Limits,
    format: Format,
    survey: &Survey,
) -> Result<Prepared, Error> {
    // Also what is passed on as it is: that it decodes is the proof that it is whole.
    let image = decode::decode(format, bytes, survey).ok_or_else(|| broken(name, format))?;
    let turn = Orientation::from_exif(survey.orientation).unwrap_or(Orientation::NoTransforms);
    let upright = match survey.orientation {
        5..=8 => (survey.height, survey.width),
        _ => (survey.width, survey.height),
    };
    let (width, height) = limits.fit(upright.0, upright.1);

    let mut done = removals(survey);
    let as_it_is = turn == Orientation::NoTransforms && (width, height) == upright;
    let kept = if as_it_is {
        untouched(bytes, limits, format, survey)
    } else {
        None
    };
    let coded = if let Some((mime, bytes)) = kept {
        Coded {
            mime,
            bytes,
            width,
            height,
            flattened: false,
        }
    } else {
        // Shrunk first: turning moves every pixel.
        let nature = if format == Format::Jpeg {
            Nature::Photo
        } else {
            Nature::of(&image)
        };
        let stored = if upright.0 == survey.width {
            (width, height)
        } else {
            (height, width)
        };
        let mut image =
            fit::resize(image, stored.0, stored.1).ok_or_else(|| broken(name, format))?;
        image.apply_orientation(turn);
        let coded = fit::code(image, nature, limits).ok_or_else(|| Error::CannotFit {
            name: name.to_owned(),
            limit: limits.out_bytes,
        })?;
        if turn != Orientation::NoTransforms {
            done.push(Done::Oriented);
        }
        if (coded.width, coded.height) != upright {
            done.push(Done::Resized);
        }
        if coded.flattened {
            done.push(Done::Flattened);
        }
        // From PNG to PNG nothing is lost.
        if coded.mime == Mime::Jpeg || format.mime() != Some(coded.mime) {
            done.push(Done::Reencoded);
        }
        coded
    };
    Ok(finish(name, bytes.len(), upright, coded, done))
}

/// What leaves a picture whatever becomes of it.
fn removals(survey: &Survey) -> Vec<Done> {
    [
        (survey.location, Done::LocationRemoved),
        (survey.metadata, Done::MetadataRemoved),
        (survey.animated, Done::FirstFrame),
    ]
    .into_iter()
    .filter_map(|(is, done)| is.then_some(done))
    .collect()
}

/// The file as it is, or a copy without what has to go; `None` where the pixels
/// have to be coded anew.
fn untouched(
    bytes: &[u8],
    limits: &Limits,
    format: Format,
    survey: &Survey,
) -> Option<(Mime, Vec<u8>)> {
    let mime = format.mime().filter(|mime| limits.takes(*mime))?;
    // A copy is made in any case, as only a file that is whole can be copied in parts.
    let clean = survey.clean(format, bytes)?;
    let copy = if survey.dirty || survey.animated {
        clean
    } else {
        bytes.to_vec()
    };
    (copy.len() <= limits.out_bytes as usize).then_some((mime, copy))
}

fn finish(
    name: &str,
    original_bytes: usize,
    original: (u32, u32),
    coded: Coded,
    done: Vec<Done>,
) -> Prepared {
    let count = |n: usize| u32::try_from(n).unwrap_or(u32::MAX);
    let picture = Picture {
        hash: hash(&coded.bytes),
        name: name.to_owned(),
        mime: coded.mime.as_str().to_owned(),
        width: coded.width,
        height: coded.height,
        bytes: count(coded.bytes.len()),
        original_width: original.0,
        original_height: original.1,
        original_bytes: count(original_bytes),
        done,
        refused: false,
    };
    Prepared {
        bytes: coded.bytes,
        picture,
    }
}

/// SHA-256 as hex.
fn hash(bytes: &[u8]) -> String {
    Sha256::digest(bytes)
        .iter()
        .fold(String::with_capacity(64), |mut hex, byte| {
            // Writing to a string does not fail.
            let _ = write!(hex, "{byte:02x}");
            hex
        })
}
