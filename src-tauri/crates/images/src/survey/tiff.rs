//! TIFF's first directory (TIFF 6.0).

use std::io::Cursor;

use image::codecs::tiff::TiffDecoder;
use image::{ImageDecoder, ImageError, metadata::Orientation};

use super::exif;
use super::facts::{Space, Survey};

/// Tags that tell of the picture, its maker or its place, not how it is stored:
/// description, make, model, page name, software, date, artist, host, XMP, IPTC,
/// Photoshop, EXIF.
const TELLING: [u16; 12] = [
    270, 271, 272, 285, 305, 306, 315, 316, 700, 33_723, 34_377, 34_665,
];

pub(super) fn survey(bytes: &[u8], survey: &mut Survey) -> Option<()> {
    let mut decoder = match TiffDecoder::new(Cursor::new(bytes)) {
        Ok(decoder) => decoder,
        Err(ImageError::Unsupported(_)) => {
            // One pixel, as only what it is called is told.
            (survey.width, survey.height) = (1, 1);
            survey.coding = Some("TIFF with a palette, YCbCr or another rare kind of colours");
            return Some(());
        }
        Err(_) => return None,
    };
    (survey.width, survey.height) = decoder.dimensions();
    // The decoder holds them twice; 12 bytes is what any other picture may take.
    let wide = (2 * u64::from(decoder.color_type().bytes_per_pixel())).div_ceil(12);
    survey.frame_pixels = u64::from(survey.width) * u64::from(survey.height) * wide;
    survey.orientation = decoder
        .orientation()
        .unwrap_or(Orientation::NoTransforms)
        .to_exif();
    if let Ok(Some(profile)) = decoder.icc_profile() {
        survey.space = Space::Icc(profile);
    }
    let (tags, further) = drawing::tiff::tags(bytes);
    survey.metadata = tags.iter().any(|tag| TELLING.contains(tag));
    survey.location = exif::read(bytes).location;
    survey.animated = further;
    survey.dirty = true;
    Some(())
}
