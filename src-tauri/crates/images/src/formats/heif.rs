//! HEIC, by `heifer`: safe Rust all the way down.

use heifer::Options;
use image::{DynamicImage, RgbaImage};

/// The primary picture, cropped and turned as the file says, in sRGB where the
/// file's colours can be brought there.
pub(crate) fn decode(bytes: &[u8], most_pixels: u64) -> Option<DynamicImage> {
    let options = Options {
        // Others decode meanwhile.
        max_threads: 2,
        max_pixels: most_pixels,
    };
    let image = heifer::decode_srgb_rgba8(bytes, &options)
        // A profile or a range that it does not know: better a shade off than not at all.
        .or_else(|_| heifer::decode_rgba8(bytes, &options))
        .ok()?;
    RgbaImage::from_raw(image.width, image.height, image.data).map(DynamicImage::ImageRgba8)
}
