//! HEIF boxes (ISO/IEC 23008-12): HEIC and AVIF.

use heifer_isobmff::HeifFile;
use heifer_isobmff::boxes::{ColorInfo, Property};

use super::{Space, Survey};
use crate::exif;
use crate::raw::holds;

pub(super) fn survey(bytes: &[u8], survey: &mut Survey) -> Option<()> {
    let file = HeifFile::parse(bytes).ok()?;
    let primary = file.primary_id;
    // As it is shown: the decoders crop, turn and mirror, and an orientation in
    // EXIF does not count (MIAF, section 7.3.6).
    (survey.width, survey.height) = file.image_size(primary).ok()??;
    // Every picture within counts: a grid's tiles, alpha, previews.
    let areas = file.properties.iter().map(|property| match property {
        Property::ImageSize { width, height } => u64::from(*width) * u64::from(*height),
        _ => 0,
    });
    survey.frame_pixels = areas.max().unwrap_or(0);
    for property in file.item_properties(primary).ok()? {
        match property {
            Property::Rotation(quarters) if quarters % 2 == 1 => {
                (survey.width, survey.height) = (survey.height, survey.width);
            }
            Property::CleanAperture { width, height, .. } => {
                let side = |(n, d): (u32, u32)| n.checked_div(d).filter(|side| *side > 0);
                (survey.width, survey.height) = (side(*width)?, side(*height)?);
            }
            Property::Color(ColorInfo::Icc(profile)) => {
                survey.space = Space::Icc(profile.clone());
            }
            Property::Color(ColorInfo::Nclx {
                primaries,
                transfer,
                ..
            }) if survey.space == Space::Srgb => {
                let code = |v: u16| u8::try_from(v).unwrap_or(2);
                survey.space = Space::Coded(code(*primaries), code(*transfer));
            }
            _ => {}
        }
    }
    let exif = file.exif(primary).ok().flatten();
    if let Some(block) = exif {
        let told = exif::read(&block);
        survey.metadata |= told.other;
        survey.location |= told.location;
    }
    if let Some(packet) = file.xmp(primary).ok().flatten() {
        survey.metadata = true;
        survey.location |= holds(&packet, b"GPSLatitude");
    }
    survey.animated = file.top_level_image_ids().len() > 1;
    survey.dirty = true;
    Some(())
}
