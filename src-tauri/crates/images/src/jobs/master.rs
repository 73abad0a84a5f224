//! What is kept of a picture that was dropped, once, whatever it is sent to.

use drawing::format::Format;
use drawing::{Caps, Error, Limits, Master, Mime, Prepared, hash};
use image::DynamicImage;
use image::metadata::Orientation;
use protocol::Done;

use super::prepare::prepare;
use crate::fit;
use crate::pixels::nature::Nature;
use crate::source::{Source, guarded};
use crate::survey;
use crate::survey::jpeg::orientation_segment;

/// Makes the master of a picture: without metadata, its first frame, its pixels
/// untouched where the format allows.
///
/// JPEG, PNG, WebP and GIF are copied without what must go, their coded pixels
/// byte by byte and their colour profile with them. A JPEG that lies on its side
/// stays so and keeps one tag of EXIF, the orientation, which every viewer
/// follows: turning it would code it anew. All else is decoded, turned and
/// brought to sRGB, and coded as PNG, or as JPEG of the highest quality where it
/// is a photo.
///
/// # Errors
/// As [`prepare`].
pub fn master(name: &str, bytes: &[u8], caps: &Caps) -> Result<Master, Error> {
    let source = Source::admit(name, bytes, *caps)?;
    guarded(name, source.format, || {
        let done = source.removals();
        match copied(&source, true) {
            Some((mime, copy)) => Ok(made(copy, mime, source.upright(), bytes.len(), done)),
            None => coded(&source, done),
        }
    })
}

/// The master of a picture where it is a copy, and nothing is decoded for it; `None`
/// where it takes decoding. Whether it decodes, [`rendition`] of it finds out: where
/// that fails, [`master`] may still make one.
///
/// # Errors
/// As [`prepare`], but for what only decoding shows.
pub fn master_copy(name: &str, bytes: &[u8], caps: &Caps) -> Result<Option<Master>, Error> {
    let source = Source::admit(name, bytes, *caps)?;
    guarded(name, source.format, || {
        let copy = copied(&source, false);
        Ok(copy.map(|(mime, copy)| {
            let done = source.removals();
            made(copy, mime, source.upright(), bytes.len(), done)
        }))
    })
}

/// What is sent of a master; [`prepare`] by another name, as it takes any file.
///
/// # Errors
/// As [`prepare`].
pub fn rendition(name: &str, master: &[u8], limits: &Limits) -> Result<Prepared, Error> {
    prepare(name, master, limits)
}

/// A copy of the file without what has to go; `None` where it takes decoding, or
/// the copy does not decode, if that is checked.
fn copied(source: &Source<'_>, check: bool) -> Option<(Mime, Vec<u8>)> {
    let (format, survey) = (source.format, &source.survey);
    let turned = source.turn() != Orientation::NoTransforms;
    let mime = format.mime()?;
    if turned && format != Format::Jpeg {
        return None;
    }
    let mut copy = survey::clean(survey, format, source.bytes, true)?;
    if check {
        source.check(&copy, false).ok()?;
    }
    if turned {
        copy.splice(2..2, orientation_segment(survey.orientation));
    }
    Some((mime, copy))
}

fn coded(source: &Source<'_>, mut done: Vec<Done>) -> Result<Master, Error> {
    let image = source.pixels()?;
    if source.turn() != Orientation::NoTransforms {
        done.push(Done::Oriented);
    }
    done.push(Done::Reencoded);
    let photo = source.format == Format::Heif;
    let (bytes, mime) = kept(&image, photo).ok_or_else(|| source.broken())?;
    let size = (image.width(), image.height());
    Ok(made(bytes, mime, size, source.bytes.len(), done))
}

/// Pixels as a master: PNG, or JPEG of the highest quality for a photo.
pub(crate) fn kept(image: &DynamicImage, photo: bool) -> Option<(Vec<u8>, Mime)> {
    let alpha = image.color().has_alpha();
    if !alpha && (photo || Nature::of(image) == Nature::Photo) {
        Some((fit::best_jpeg(image)?, Mime::Jpeg))
    } else {
        Some((fit::fast_png(image)?, Mime::Png))
    }
}

pub(crate) fn made(
    bytes: Vec<u8>,
    mime: Mime,
    (width, height): (u32, u32),
    original: usize,
    done: Vec<Done>,
) -> Master {
    Master {
        hash: hash(&bytes),
        bytes,
        mime,
        width,
        height,
        original_bytes: original as u64,
        done,
    }
}
