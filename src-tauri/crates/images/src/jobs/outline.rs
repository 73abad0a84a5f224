//! What a file says of its picture before any of it is decoded.

use drawing::{Caps, Outline};
use image::metadata::Orientation;

use crate::source::Source;

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
