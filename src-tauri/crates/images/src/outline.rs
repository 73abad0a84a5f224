//! What a file says of its picture before any of it is decoded.

use image::metadata::Orientation;

use crate::Caps;
use crate::prepare::Source;

/// A picture by what its file says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Outline {
    /// Width upright, in pixels.
    pub width: u32,
    /// Height upright, in pixels.
    pub height: u32,
    /// Pixels that are decoded to see it.
    pub pixels: u64,
    /// It lies as it was taken, and its file says how to turn it.
    pub turned: bool,
}

/// What the file says, whatever its format; `None` where it is no picture that is
/// read, or too large for one.
pub fn outline(bytes: &[u8]) -> Option<Outline> {
    let caps = Caps {
        file_bytes: u64::MAX,
        pixels: u64::MAX,
    };
    let source = Source::admit("", bytes, caps).ok()?;
    let (width, height) = source.upright();
    Some(Outline {
        width,
        height,
        pixels: source.survey.frame_pixels,
        turned: source.turn() != Orientation::NoTransforms,
    })
}
