//! HEIF: HEIC and AVIF, by what their items are and not by what the file calls itself.
//! Boxes by `heifer-isobmff`; HEVC and what is made of it by `heifer`.

use fast_image_resize::FilterType;
use heifer::Options;
use heifer_isobmff::boxes::{ColorInfo, Property};
use heifer_isobmff::{FourCC, HeifFile, ItemId};
use image::metadata::Orientation;
use image::{DynamicImage, RgbImage, RgbaImage};

use super::yuv::Meaning;
use super::{av1, hevc, jpeg};
use crate::pixels::planes::Colours;
use crate::pixels::profile::ToSrgb;
use crate::survey;
use crate::survey::boxed::{self, aperture};
use crate::survey::facts::{HLG, PQ, Space, Survey};
use drawing::format::Format;

/// Tiles of a grid that are put together at most.
const TILES: usize = 1024;
/// Pictures that one is made of, one of the other, at most.
const DEPTH: usize = 3;
/// Pixels that a coded picture may have more than the part of it that is shown.
const MARGIN: u64 = 1 << 16;

/// The primary picture, cropped and turned as the file says, in sRGB where its colours
/// can be brought there.
pub(crate) fn decode(bytes: &[u8], most_pixels: u64, space: &Space) -> Option<DynamicImage> {
    let bytes = boxed::opened(bytes);
    let file = HeifFile::parse(&bytes).ok()?;
    let id = file.primary_id;
    let (coded, kind) = boxed::coded(&file, id)?;
    if &kind == b"hvc1" && is_plain(&file, coded) {
        let image = by_heifer(&bytes, most_pixels, space, is_multiplied(&file, id))?;
        return Some(DynamicImage::ImageRgba8(image));
    }
    let mut reader = Reader {
        file: &file,
        left: most_pixels,
        said: None,
    };
    let image = reader.item(id, DEPTH)?;
    // Another size than the picture's is not used.
    reader.left = u64::from(image.width()) * u64::from(image.height()) + MARGIN;
    let alpha = alpha_of(&file, id).and_then(|id| reader.item(id, DEPTH));
    let space = match (space, reader.said) {
        (Space::Srgb, Some((primaries, transfer))) => &Space::Coded(primaries, transfer),
        _ => space,
    };
    let image = match alpha {
        Some(alpha) if (alpha.width(), alpha.height()) == (image.width(), image.height()) => {
            with_alpha(image, &alpha, is_multiplied(&file, id))
        }
        _ => image,
    };
    let image = ToSrgb::lead(space, image);
    Some(turned(image, file.item_properties(id).ok()?))
}

/// A picture of HEVC, whose tiles are decoded side by side.
fn by_heifer(bytes: &[u8], most_pixels: u64, space: &Space, multiplied: bool) -> Option<RgbaImage> {
    let options = Options {
        // Others decode meanwhile.
        max_threads: 2,
        max_pixels: most_pixels,
    };
    // It knows no more light than a screen has.
    let bright = matches!(space, Space::Coded(_, PQ | HLG));
    let pixels =
        |image: heifer::Image<u8>| RgbaImage::from_raw(image.width, image.height, image.data);
    if !multiplied
        && !bright
        && let Ok(image) = heifer::decode_srgb_rgba8(bytes, &options)
    {
        return pixels(image);
    }
    let mut image = pixels(heifer::decode_rgba8(bytes, &options).ok()?)?;
    if multiplied {
        image
            .pixels_mut()
            .for_each(|pixel| pixel.0 = divided(pixel.0));
    }
    Some(ToSrgb::lead(space, DynamicImage::ImageRgba8(image)).into_rgba8())
}

/// Does `heifer` know what the samples of an item mean?
fn is_plain(file: &HeifFile<'_>, coded: ItemId) -> bool {
    let meaning = nclx(file, coded).or_else(|| {
        boxed::in_stream(file, coded).map(|said| Meaning {
            matrix: said.matrix_coeffs.into(),
            full: said.video_full_range_flag,
        })
    });
    let grey = file.hevc_config(coded).ok().flatten();
    let grey = grey.is_some_and(|config| config.chroma_format == 0);
    match meaning {
        Some(Meaning { matrix: 0, full }) => full,
        Some(meaning) if grey => meaning.full,
        Some(meaning) => matches!(meaning.matrix, 1 | 2 | 4..=7 | 9 | 10),
        None => !grey,
    }
}

/// Matrix and range, as the container says.
fn nclx(file: &HeifFile<'_>, id: ItemId) -> Option<Meaning> {
    let mut properties = file.item_properties(id).ok()?;
    properties.find_map(|property| match property {
        Property::Color(ColorInfo::Nclx {
            matrix, full_range, ..
        }) => Some(Meaning {
            matrix: *matrix,
            full: *full_range,
        }),
        _ => None,
    })
}

/// Is there an alpha by which the colours are multiplied (MIAF, section 7.3.5.2)?
fn is_multiplied(file: &HeifFile<'_>, id: ItemId) -> bool {
    !file.referenced_items(id, b"prem").is_empty()
}

/// A colour as it was before it was multiplied by its alpha.
fn divided([r, g, b, a]: [u8; 4]) -> [u8; 4] {
    let whole = |v: u8| {
        let a = u32::from(a.max(1));
        ((u32::from(v) * 255 + a / 2) / a).min(255) as u8
    };
    [whole(r), whole(g), whole(b), a]
}

fn alpha_of(file: &HeifFile<'_>, primary: ItemId) -> Option<ItemId> {
    let is_alpha = |id: &ItemId| {
        file.item_properties(*id).is_ok_and(|mut properties| {
            properties.any(|property| match property {
                Property::AuxiliaryType(kind) => {
                    kind.ends_with(":alpha") || kind.ends_with("auxid:1")
                }
                _ => false,
            })
        })
    };
    file.referencing_items(primary, b"auxl")
        .into_iter()
        .find(is_alpha)
}

fn with_alpha(colour: DynamicImage, alpha: &DynamicImage, multiplied: bool) -> DynamicImage {
    let mut image = colour.into_rgba8();
    let alpha = alpha.to_luma8();
    for (pixel, a) in image.pixels_mut().zip(alpha.pixels()) {
        let [r, g, b, _] = pixel.0;
        let [a] = a.0;
        pixel.0 = if multiplied {
            divided([r, g, b, a])
        } else {
            [r, g, b, a]
        };
    }
    DynamicImage::ImageRgba8(image)
}

/// Crops, turns and mirrors in the order in which the file says so.
fn turned<'a>(
    mut image: DynamicImage,
    properties: impl Iterator<Item = &'a Property>,
) -> DynamicImage {
    for property in properties {
        match property {
            Property::Rotation(quarters) => {
                image.apply_orientation(match quarters % 4 {
                    1 => Orientation::Rotate270,
                    2 => Orientation::Rotate180,
                    3 => Orientation::Rotate90,
                    _ => Orientation::NoTransforms,
                });
            }
            Property::Mirror(true) => image.apply_orientation(Orientation::FlipVertical),
            Property::Mirror(false) => image.apply_orientation(Orientation::FlipHorizontal),
            other => {
                let size = (image.width(), image.height());
                if let Some((left, top, width, height)) = aperture(other, size) {
                    image = image.crop_imm(left, top, width, height);
                }
            }
        }
    }
    image
}

/// Reads items, and says what their streams say.
struct Reader<'a> {
    file: &'a HeifFile<'a>,
    /// Pixels that may still be decoded.
    left: u64,
    /// Primaries and transfer of the first stream.
    said: Option<(u8, u8)>,
}

impl Reader<'_> {
    /// An item as it is coded, or what it is made of, neither cropped nor turned.
    fn item(&mut self, id: ItemId, depth: usize) -> Option<DynamicImage> {
        let kind = self.file.item(id).ok()?.item_type;
        if kind == FourCC(*b"grid") {
            return self.grid(id);
        }
        if kind != FourCC(*b"iden") {
            return self.coded(id, None);
        }
        let [source] = self.file.referenced_items(id, b"dimg") else {
            return None;
        };
        let image = self.item(*source, depth.checked_sub(1)?)?;
        Some(turned(image, self.file.item_properties(*source).ok()?))
    }

    /// A coded item, cut to the size that it is said to have.
    fn coded(&mut self, id: ItemId, said: Option<Meaning>) -> Option<DynamicImage> {
        let said = said.or_else(|| nclx(self.file, id));
        let said = said.filter(|said| said.matrix != 2);
        let image = match &self.file.item(id).ok()?.item_type.0 {
            b"av01" => {
                let data = self.file.item_data(id).ok()?;
                let (image, space) = av1::frame(&data, &mut self.left, said)?;
                self.said.get_or_insert(space);
                image
            }
            b"hvc1" => hevc::frame(self.file, id, &mut self.left, said)?,
            b"jpeg" => self.photo(&self.file.item_data(id).ok()?)?,
            _ => return None,
        };
        let (width, height) = self.file.image_size(id).ok()?.unwrap_or_default();
        let cut = (1..image.width()).contains(&width) || (1..image.height()).contains(&height);
        Some(if cut {
            image.crop_imm(0, 0, width.max(1), height.max(1))
        } else {
            image
        })
    }

    fn photo(&mut self, bytes: &[u8]) -> Option<DynamicImage> {
        let survey: Survey = survey::of(Format::Jpeg, bytes)?;
        self.left = self.left.checked_sub(survey.frame_pixels)?;
        let size = (survey.width, survey.height);
        if survey.coding.is_some() {
            return None;
        }
        let planes = jpeg::planes(bytes, &survey, size, FilterType::Bilinear, Colours::Full)?;
        planes.pixels(None, survey.adobe)
    }

    fn grid(&mut self, id: ItemId) -> Option<DynamicImage> {
        let grid = self.file.grid(id).ok()?;
        let tiles = self.file.referenced_items(id, b"dimg");
        let (rows, columns) = (u32::from(grid.rows), u32::from(grid.columns));
        let area = u64::from(grid.output_width) * u64::from(grid.output_height);
        if area > self.left
            || tiles.len() > TILES
            || tiles.len() as u64 != u64::from(rows) * u64::from(columns)
        {
            return None;
        }
        let said = nclx(self.file, id);
        let mut image = RgbImage::new(grid.output_width, grid.output_height);
        for (n, tile) in (0_u32..).zip(tiles) {
            let tile = self.coded(*tile, said)?.into_rgb8();
            let (x, y) = (n % columns * tile.width(), n / columns * tile.height());
            image::imageops::replace(&mut image, &tile, i64::from(x), i64::from(y));
        }
        Some(DynamicImage::ImageRgb8(image))
    }
}
