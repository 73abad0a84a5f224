//! HEIF boxes (ISO/IEC 23008-12): HEIC and AVIF.

use heifer_isobmff::boxes::{ColorInfo, Property};
use heifer_isobmff::{FourCC, HeifFile, ItemId};

use super::exif;
use super::facts::{Space, Survey};
use drawing::raw::holds;

pub(super) fn survey(bytes: &[u8], survey: &mut Survey) -> Option<()> {
    let file = HeifFile::parse(bytes).ok()?;
    let primary = file.primary_id;
    // As it is shown: the decoders crop, turn and mirror, and an orientation in
    // EXIF does not count (MIAF, section 7.3.6).
    (survey.width, survey.height) = file.image_size(primary).ok()??;
    if !file.items.iter().all(|item| is_laid_out(&file, item.id)) {
        return None;
    }
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

/// A grid has no tile that lies outside of it: each is decoded, and thousands may
/// be named in a few bytes (ISO/IEC 23008-12, section 6.6.2.3). What is no grid,
/// or names no sizes, passes.
fn is_laid_out(file: &HeifFile<'_>, id: ItemId) -> bool {
    let is_grid = |id| {
        file.item(id)
            .is_ok_and(|item| item.item_type == FourCC(*b"grid"))
    };
    if !is_grid(id) {
        return true;
    }
    let Ok(grid) = file.grid(id) else {
        return false;
    };
    let tiles = file.referenced_items(id, b"dimg");
    let fits = |count: u16, tile: u32, whole: u32| {
        u64::from(count.saturating_sub(1)) * u64::from(tile) < u64::from(whole)
    };
    tiles.iter().all(|tile| {
        // A grid of grids multiplies; nobody makes one.
        !is_grid(*tile)
            && match file.image_size(*tile) {
                Ok(Some((width, height))) => {
                    fits(grid.columns, width, grid.output_width)
                        && fits(grid.rows, height, grid.output_height)
                }
                _ => tiles.len() == 1,
            }
    })
}
