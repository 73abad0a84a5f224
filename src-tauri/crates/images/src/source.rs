//! A file that may be decoded.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::time::{Duration, Instant};

use drawing::format::{Format, SAVE, Sniffed, sniff_named};
use drawing::{Caps, Error, Prepared, Rect, hash};
use image::DynamicImage;
use image::metadata::Orientation;
use protocol::{Done, Picture};

use crate::deadline::{self, Outcome};
use crate::decode;
use crate::failure::Failure;
use crate::fit::Coded;
use crate::formats::drawn::Drawn;
use crate::formats::{pdf, svg};
use crate::pixels::profile::ToSrgb;
use crate::survey;
use crate::survey::facts::Survey;

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
    /// What it is made of where that is no pixels.
    drawn: Option<Drawn>,
}

impl<'a> Source<'a> {
    /// Tells the format, and refuses what is not to be decoded.
    pub(crate) fn admit(name: &'a str, bytes: &'a [u8], caps: Caps) -> Result<Self, Error> {
        let owned = || name.to_owned();
        caps.admit(name, bytes)?;
        let format = match sniff_named(name, bytes) {
            Sniffed::Known(format) => format,
            Sniffed::Unsupported(format, advice) => {
                return Err(Error::Unsupported {
                    name: owned(),
                    format: format.into(),
                    advice: advice.into(),
                });
            }
            Sniffed::Other(what) => {
                return Err(Error::Other {
                    name: owned(),
                    what,
                });
            }
            Sniffed::Unknown => return Err(Error::NotAPicture { name: owned() }),
        };
        let (survey, drawn) = guarded(name, format, || surveyed(name, format, bytes))?;
        if let Some(coding) = survey.coding {
            return Err(Error::Unsupported {
                name: owned(),
                format: coding.into(),
                advice: SAVE.into(),
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
            return Err(Failure::TooLong.of(name, format));
        }
        Ok(Self {
            name,
            bytes,
            format,
            survey,
            drawn,
        })
    }

    pub(crate) fn broken(&self) -> Error {
        Failure::Broken.of(self.name, self.format)
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

    /// All of its pixels, in sRGB, as they are stored.
    pub(crate) fn stored(&self) -> Result<DynamicImage, Error> {
        decode::decode(self.format, self.bytes, &self.survey, self.drawn.as_ref())
            .map_err(|failure| failure.of(self.name, self.format))
    }

    /// All of its pixels, in sRGB and upright.
    pub(crate) fn pixels(&self) -> Result<DynamicImage, Error> {
        let mut image = self.stored()?;
        image.apply_orientation(self.turn());
        Ok(image)
    }

    /// Decodes a copy of it, to see that it is whole, and whether something in it is
    /// transparent. One that is only wanted opaque need not be decoded to its end.
    pub(crate) fn check(&self, copy: &[u8], only_opaque: bool) -> Result<bool, Error> {
        decode::check(self.format, copy, &self.survey, only_opaque)
            .map_err(|failure| failure.of(self.name, self.format))
    }

    /// What leaves a picture whatever becomes of it.
    pub(crate) fn removals(&self) -> Vec<Done> {
        [
            (self.survey.location, Done::LocationRemoved),
            (self.survey.metadata, Done::MetadataRemoved),
            (self.survey.animated, Done::FirstFrame),
            (self.survey.coarse, Done::CutOff),
            (self.is_first_page(), Done::FirstPage),
        ]
        .into_iter()
        .filter_map(|(is, done)| is.then_some(done))
        .chain(self.missing())
        .collect()
    }

    /// What a drawing is drawn without.
    fn missing(&self) -> impl Iterator<Item = Done> {
        let drawing = match &self.drawn {
            Some(Drawn::Svg(drawing, _)) => Some(drawing),
            _ => None,
        };
        drawing.into_iter().flat_map(svg::Drawing::missing)
    }

    /// Is it one page of several?
    fn is_first_page(&self) -> bool {
        matches!(&self.drawn, Some(Drawn::Page(page)) if page.of > 1)
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
        let mut prepared = self.finish(coded, done);
        prepared.picture.original_width = place.width;
        prepared.picture.original_height = place.height;
        prepared
    }

    /// What is sent of it.
    pub(crate) fn finish(&self, coded: Coded, done: Vec<Done>) -> Prepared {
        let count = |n: usize| u32::try_from(n).unwrap_or(u32::MAX);
        let (original_width, original_height) = self.upright();
        let picture = Picture {
            hash: hash(&coded.bytes),
            name: self.name.to_owned(),
            mime: coded.mime.as_str().to_owned(),
            width: coded.width,
            height: coded.height,
            bytes: count(coded.bytes.len()),
            original_width,
            original_height,
            original_bytes: count(self.bytes.len()),
            done,
            refused: false,
            ..Picture::default()
        };
        Prepared {
            bytes: coded.bytes,
            picture,
        }
    }

    /// Do its colours mean what everyone takes them for?
    pub(crate) fn is_srgb(&self) -> bool {
        // Whether grey or coloured does not matter here: a profile is for one of them.
        [1, 3, 4]
            .into_iter()
            .all(|channels| ToSrgb::from(&self.survey.space, channels).is_none())
    }
}

/// What the file says of itself; what is drawn is read, or drawn, to be measured.
fn surveyed(name: &str, format: Format, bytes: &[u8]) -> Result<(Survey, Option<Drawn>), Error> {
    let broken = |failure: Failure| failure.of(name, format);
    match format {
        Format::Pdf => {
            let page = pdf::worked(bytes, Some(1));
            let page = page.map_err(|failure| pdf::refused(name, failure))?;
            let mut survey = Survey::drawn(page.pixels.dimensions());
            survey.dirty = true;
            Ok((survey, Some(Drawn::Page(page))))
        }
        Format::Svg => {
            let (drawing, spent) = drawing_of(bytes).map_err(broken)?;
            let survey = Survey::drawn(drawing.size());
            Ok((survey, Some(Drawn::Svg(drawing, spent))))
        }
        _ => {
            let survey = survey::of(format, bytes);
            let mut survey = survey.ok_or_else(|| broken(Failure::Broken))?;
            survey.saw_name(name);
            Ok((survey, None))
        }
    }
}

/// Reads a drawing, which may take for ever, and says how long it took.
fn drawing_of(bytes: &[u8]) -> Result<(svg::Drawing, Duration), Failure> {
    let owned = bytes.to_vec();
    let start = Instant::now();
    match deadline::within(deadline::DRAWING, move || svg::Drawing::of(&owned)) {
        Outcome::Done(drawing) => Ok((drawing?, start.elapsed())),
        Outcome::Panicked => Err(Failure::Broken),
        Outcome::TooLong => Err(Failure::TooLong),
    }
}
