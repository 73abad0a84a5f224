//! What a file says of itself before anything is decoded, and which of its
//! bytes make a clean copy.

mod boxed;
mod gif;
pub(crate) mod jpeg;
mod png;
mod tiff;
mod webp;

use std::ops::Range;
use std::time::Duration;

use crate::exif::{self, Exif};
use crate::format::Format;
use crate::raw::{holds, le16, le32};
use crate::{pdf, svg};

/// The structure of a picture file.
#[derive(Debug, Clone, Default, PartialEq)]
pub(crate) struct Survey {
    /// Width as stored, in pixels.
    pub(crate) width: u32,
    /// Height as stored, in pixels.
    pub(crate) height: u32,
    /// Most pixels that one frame makes a decoder hold.
    pub(crate) frame_pixels: u64,
    /// EXIF orientation, 1 to 8.
    pub(crate) orientation: u8,
    /// Holds metadata, a place not counted: EXIF, XMP, IPTC, comments, text,
    /// previews, and whatever is not known.
    pub(crate) metadata: bool,
    /// Holds a place.
    pub(crate) location: bool,
    /// Holds something that must not be passed on.
    pub(crate) dirty: bool,
    /// Has more frames than one.
    pub(crate) animated: bool,
    /// Nothing is missing up to the end that the format marks.
    pub(crate) ended: bool,
    /// What its colours mean, where it says.
    pub(crate) space: Space,
    /// A JPEG with Adobe's marker: its inks are stored upside down.
    pub(crate) adobe: bool,
    /// Passes over the picture that a JPEG takes.
    pub(crate) scans: u32,
    /// The quality of a JPEG, 1 to 100, by its tables.
    pub(crate) quality: Option<u8>,
    /// A still WebP of brightness and colours in planes, with nothing transparent.
    pub(crate) lossy: bool,
    /// An SVG, read: what is left is to draw it.
    pub(crate) drawing: Option<svg::Drawing>,
    /// The first page of a PDF, drawn.
    pub(crate) page: Option<pdf::Page>,
    /// What reading it took.
    pub(crate) spent: Duration,
    /// A coding that no decoder here knows.
    pub(crate) coding: Option<&'static str>,
    /// Every byte is accounted for, so that a copy of some is a valid file.
    whole: bool,
    /// What a copy without metadata and further frames is made of, in order;
    /// true for a colour profile.
    kept: Vec<(Range<usize>, bool)>,
}

/// What the colours of a file mean, as it says itself.
#[derive(Debug, Clone, Default, PartialEq)]
pub(crate) enum Space {
    /// Nothing said, or sRGB.
    #[default]
    Srgb,
    /// An ICC profile.
    Icc(Vec<u8>),
    /// Code points of ITU-T H.273: primaries and transfer.
    Coded(u8, u8),
    /// PNG's `gAMA` and `cHRM`: the exponent that decodes, and x and y of white,
    /// red, green and blue.
    Gamma(f32, Option<[f32; 8]>),
}

impl Survey {
    /// Reads the structure; `None` when there is none.
    pub(crate) fn of(format: Format, bytes: &[u8]) -> Option<Self> {
        let mut survey = Self {
            orientation: 1,
            ..Self::default()
        };
        match format {
            Format::Jpeg => jpeg::survey(bytes, &mut survey)?,
            Format::Png => png::survey(bytes, &mut survey)?,
            Format::Webp => webp::survey(bytes, &mut survey)?,
            Format::Gif => gif::survey(bytes, &mut survey)?,
            Format::Bmp => bmp(bytes, &mut survey)?,
            Format::Tiff => tiff::survey(bytes, &mut survey)?,
            Format::Ico => ico(bytes, &mut survey)?,
            Format::Avif | Format::Heif => boxed::survey(bytes, &mut survey)?,
            Format::Svg => {
                let drawing = svg::Drawing::of(bytes)?;
                let (width, height) = drawing.own_size();
                survey.frame_pixels = u64::from(width) * u64::from(height);
                (survey.width, survey.height) = drawing.size();
                survey.drawing = Some(drawing);
            }
            // Drawn by whoever admits it, as there is more than one reason to refuse.
            Format::Pdf => return None,
        }
        let area = u64::from(survey.width) * u64::from(survey.height);
        survey.frame_pixels = survey.frame_pixels.max(area);
        (area > 0).then_some(survey)
    }

    /// A page of a PDF.
    pub(crate) fn of_page(page: pdf::Page) -> Self {
        let (width, height) = page.pixels.dimensions();
        Self {
            width,
            height,
            frame_pixels: u64::from(width) * u64::from(height),
            orientation: 1,
            dirty: true,
            page: Some(page),
            ..Self::default()
        }
    }

    /// A copy of the first frame without metadata, its pixels untouched; with its
    /// colour profile or without. `None` where that takes decoding.
    pub(crate) fn clean(&self, format: Format, bytes: &[u8], profile: bool) -> Option<Vec<u8>> {
        if !self.whole {
            return None;
        }
        let mut copy = Vec::with_capacity(bytes.len());
        for (range, is_profile) in &self.kept {
            if profile || !is_profile {
                copy.extend_from_slice(bytes.get(range.clone())?);
            }
        }
        match format {
            Format::Jpeg | Format::Png => {}
            Format::Webp if self.animated => return None,
            Format::Webp => webp::mend(&mut copy, profile)?,
            Format::Gif => copy.push(gif::TRAILER),
            _ => return None,
        }
        Some(copy)
    }

    fn keep(&mut self, range: Range<usize>) {
        self.kept.push((range, false));
    }

    fn keep_profile(&mut self, range: Range<usize>) {
        self.kept.push((range, true));
    }

    /// Is there a profile that `clean` can leave out?
    pub(crate) fn has_profile(&self) -> bool {
        self.kept.iter().any(|(_, profile)| *profile)
    }

    fn saw_exif(&mut self, block: &[u8]) {
        let Exif {
            orientation,
            location,
            other,
        } = exif::read(block);
        self.dirty = true;
        self.metadata |= other;
        self.location |= location;
        if let Some(orientation) = orientation {
            self.orientation = orientation;
        }
    }

    fn saw_metadata(&mut self) {
        self.dirty = true;
        self.metadata = true;
    }

    fn saw_xmp(&mut self, packet: &[u8]) {
        self.saw_metadata();
        self.location |= holds(packet, b"GPSLatitude");
    }

    /// Bytes after the end: a phone's film, a second picture, anything.
    fn saw_rest(&mut self, rest: &[u8]) {
        if rest.iter().any(|byte| *byte != 0) {
            self.saw_metadata();
        }
    }
}

fn bmp(bytes: &[u8], survey: &mut Survey) -> Option<()> {
    (survey.width, survey.height) = if le32(bytes, 14)? == 12 {
        (le16(bytes, 18)?.into(), le16(bytes, 20)?.into())
    } else {
        // A negative height means top row first.
        let side = |at| Some(le32(bytes, at)?.cast_signed().unsigned_abs());
        (side(18)?, side(22)?)
    };
    Some(())
}

/// The largest picture of an icon file, as its directory says.
fn ico(bytes: &[u8], survey: &mut Survey) -> Option<()> {
    let decoder = image::codecs::ico::IcoDecoder::new(std::io::Cursor::new(bytes)).ok()?;
    (survey.width, survey.height) = image::ImageDecoder::dimensions(&decoder);
    Some(())
}
