//! HEIF boxes (ISO/IEC 23008-12): HEIC and AVIF.

use std::borrow::Cow;

use heifer::heifer_hevc_dec::nal::NalUnit;
use heifer::heifer_hevc_dec::params::{ParameterSets, Vui};
use heifer_isobmff::boxes::{ColorInfo, Property};
use heifer_isobmff::{BoxIter, FourCC, HeifFile, ItemId};

use super::exif;
use super::facts::{BT2020, HLG, PQ, Space, Survey};
use super::track;
use drawing::codec::in_heif;
use drawing::raw::holds;

/// Pictures that one is made of, one of the other, at most.
const DEPTH: usize = 3;

/// The file, or one made of the first picture of its track where it has nothing else.
pub(crate) fn opened(bytes: &[u8]) -> Cow<'_, [u8]> {
    let mut boxes = BoxIter::new(bytes).map_while(Result::ok);
    if boxes.any(|found| &found.header.box_type.0 == b"meta") {
        return Cow::Borrowed(bytes);
    }
    match track::of(bytes) {
        Some(track) => Cow::Owned(track.still()),
        None => Cow::Borrowed(bytes),
    }
}

/// The item that holds coded data of a picture, the first of those that it is made
/// of, and its type.
pub(crate) fn coded(file: &HeifFile<'_>, mut id: ItemId) -> Option<(ItemId, [u8; 4])> {
    for _ in 0..=DEPTH {
        let kind = file.item(id).ok()?.item_type.0;
        if !matches!(&kind, b"grid" | b"iden" | b"iovl") {
            return Some((id, kind));
        }
        id = *file.referenced_items(id, b"dimg").first()?;
    }
    None
}

/// A part of a picture: from the left, from the top, width and height.
pub(crate) type Aperture = (u32, u32, u32, u32);

/// The part of a picture of a size that `clap` leaves (ISO/IEC 14496-12, section
/// 12.1.4); `None` for another property, and where nothing is left.
pub(crate) fn aperture(property: &Property, (wide, high): (u32, u32)) -> Option<Aperture> {
    let Property::CleanAperture {
        width,
        height,
        horiz_offset,
        vert_offset,
    } = property
    else {
        return None;
    };
    let part = |n: f64, d: u32| (d > 0).then(|| n / f64::from(d));
    let side = |(n, d): &(u32, u32), offset: &(i32, u32), whole: u32| {
        let length = part(f64::from(*n), *d)?;
        let middle = part(f64::from(offset.0), offset.1)? + (f64::from(whole) - 1.0) / 2.0;
        let from = (middle - (length - 1.0) / 2.0).round().max(0.0) as u32;
        let most = whole.checked_sub(from)?;
        let length = (length.round() as u32).min(most);
        (length > 0).then_some((from, length))
    };
    let (left, width) = side(width, horiz_offset, wide)?;
    let (top, height) = side(height, vert_offset, high)?;
    Some((left, top, width, height))
}

pub(super) fn survey(bytes: &[u8], survey: &mut Survey) -> Option<()> {
    let still = opened(bytes);
    let file = HeifFile::parse(&still).ok()?;
    let primary = file.primary_id;
    let (coded, kind) = coded(&file, primary)?;
    let is_read = matches!(&kind, b"hvc1" | b"av01" | b"jpeg");
    survey.coding = (!is_read).then(|| in_heif(kind));
    // As it is shown: the decoders crop, turn and mirror, and an orientation in
    // EXIF does not count (MIAF, section 7.3.6).
    let size = file.image_size(primary).ok()?;
    (survey.width, survey.height) = match size {
        Some(size) => size,
        // What is not decoded needs no size.
        None if survey.coding.is_some() => (1, 1),
        None => return None,
    };
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
            Property::CleanAperture { .. } => {
                let size = (survey.width, survey.height);
                let (_, _, width, height) = aperture(property, size)?;
                (survey.width, survey.height) = (width, height);
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
    if survey.space == Space::Srgb && matches!(&kind, b"hvc1") {
        let said = in_stream(&file, coded).filter(|said| said.transfer_characteristics != 2);
        survey.space = said.map_or(Space::Srgb, |said| {
            Space::Coded(said.colour_primaries, said.transfer_characteristics)
        });
    }
    let exif = file.exif(primary).ok().flatten();
    if let Some(block) = &exif {
        let told = exif::read(block);
        survey.metadata |= told.other;
        survey.location |= told.location;
    }
    // Coded as not said, too.
    let says_none = matches!(survey.space, Space::Srgb | Space::Coded(_, 2));
    if says_none && &kind == b"hvc1" && is_deep(&file, coded) {
        match exif.as_deref().and_then(exif::maker) {
            Some(maker) => survey.space = by(&maker).unwrap_or_else(|| survey.space.clone()),
            None => survey.unmarked = true,
        }
    }
    if let Some(packet) = file.xmp(primary).ok().flatten() {
        survey.metadata = true;
        survey.location |= holds(&packet, b"GPSLatitude");
    }
    let moves = track::of(bytes).is_some_and(|track| track.count > 1);
    survey.animated = moves || file.top_level_image_ids().len() > 1;
    survey.dirty = true;
    Some(())
}

/// More than eight bits a channel?
fn is_deep(file: &HeifFile<'_>, coded: ItemId) -> bool {
    let config = file.hevc_config(coded).ok().flatten();
    config.is_some_and(|config| config.bit_depth_luma > 8)
}

/// What the colours of a maker's cameras mean in HEIF, of those that write it for bright
/// screens only: Canon ("HDR PQ") and Nikon (tone mode HLG). Sony's and Fujifilm's are
/// for others too.
fn by(maker: &str) -> Option<Space> {
    let maker = maker.to_ascii_lowercase();
    let transfer = [("canon", PQ), ("nikon", HLG)]
        .into_iter()
        .find_map(|(name, transfer)| maker.starts_with(name).then_some(transfer))?;
    Some(Space::Coded(BT2020, transfer))
}

/// What the HEVC stream itself says of its colours (ITU-T H.265, annex E).
pub(crate) fn in_stream(file: &HeifFile<'_>, coded: ItemId) -> Option<Vui> {
    let config = file.hevc_config(coded).ok()??;
    let mut sets = ParameterSets::default();
    for unit in &config.nal_units {
        // What is damaged there, decoding tells.
        let _ = sets.add(&NalUnit::parse(unit).ok()?);
    }
    sets.sps.iter_mut().flatten().find_map(|set| set.vui.take())
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
