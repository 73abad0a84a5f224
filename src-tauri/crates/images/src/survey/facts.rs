//! What a file says of itself.

use std::ops::Range;
use std::path::Path;

use drawing::raw::holds;

use super::exif::{self, Exif};

/// Primaries of pictures for bright screens, and their transfers (ITU-T H.273).
pub(crate) const BT2020: u8 = 9;
pub(crate) const PQ: u8 = 16;
pub(crate) const HLG: u8 = 18;

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
    /// Of more than eight bits by HEVC, with nothing that says for which screens, nor
    /// whose camera took it.
    pub(crate) unmarked: bool,
    /// A JPEG with Adobe's marker: its inks are stored upside down.
    pub(crate) adobe: bool,
    /// Where the last of a JPEG's coded data end.
    pub(crate) scanned: Option<usize>,
    /// Passes over the picture that a JPEG takes.
    pub(crate) scans: u32,
    /// A progressive JPEG some of whose passes lack.
    pub(crate) coarse: bool,
    /// The quality of a JPEG, 1 to 100, by its tables.
    pub(crate) quality: Option<u8>,
    /// A still WebP of brightness and colours in planes, with nothing transparent.
    pub(crate) lossy: bool,
    /// A GIF without colours for its first frame.
    pub(crate) no_palette: bool,
    /// A coding that no decoder here knows.
    pub(crate) coding: Option<&'static str>,
    /// Every byte is accounted for, so that a copy of some is a valid file.
    pub(super) whole: bool,
    /// What a copy without metadata and further frames is made of, in order;
    /// true for a colour profile.
    pub(super) kept: Vec<(Range<usize>, bool)>,
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
    /// What is drawn at a size.
    pub(crate) fn drawn((width, height): (u32, u32)) -> Self {
        Self {
            width,
            height,
            frame_pixels: u64::from(width) * u64::from(height),
            orientation: 1,
            ..Self::default()
        }
    }

    /// What its name tells where the file itself says nothing: cameras end in `.hif` what
    /// they photograph for bright screens, and programs that copy it leave out the rest.
    pub(crate) fn saw_name(&mut self, name: &str) {
        let ending = Path::new(name).extension();
        if self.unmarked && ending.is_some_and(|ending| ending.eq_ignore_ascii_case("hif")) {
            self.space = Space::Coded(BT2020, PQ);
        }
    }

    pub(super) fn keep(&mut self, range: Range<usize>) {
        self.kept.push((range, false));
    }

    pub(super) fn keep_profile(&mut self, range: Range<usize>) {
        self.kept.push((range, true));
    }

    /// Is there a profile that `clean` can leave out?
    pub(crate) fn has_profile(&self) -> bool {
        self.kept.iter().any(|(_, profile)| *profile)
    }

    pub(super) fn saw_exif(&mut self, block: &[u8]) {
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

    pub(super) fn saw_metadata(&mut self) {
        self.dirty = true;
        self.metadata = true;
    }

    pub(super) fn saw_xmp(&mut self, packet: &[u8]) {
        self.saw_metadata();
        self.location |= holds(packet, b"GPSLatitude");
    }

    /// Bytes after the end: a phone's film, a second picture, anything.
    pub(super) fn saw_rest(&mut self, rest: &[u8]) {
        if rest.iter().any(|byte| *byte != 0) {
            self.saw_metadata();
        }
    }
}
