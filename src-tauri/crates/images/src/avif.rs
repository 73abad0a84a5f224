//! AVIF: boxes by `heifer-isobmff`, AV1 by `re_rav1d`, which is dav1d in Rust.

use heifer_isobmff::boxes::{ColorInfo, Property};
use heifer_isobmff::{FourCC, HeifFile, ItemId};
use image::metadata::Orientation;
use image::{DynamicImage, GrayImage, RgbImage};
use re_rav1d::dav1d::{Decoder, Picture, PixelLayout, PlanarImageComponent, Settings};

/// Tiles of a grid that are put together at most.
const TILES: usize = 256;

/// The primary picture, turned as the file says.
pub(crate) fn decode(bytes: &[u8], most_pixels: u64) -> Option<DynamicImage> {
    let file = HeifFile::parse(bytes).ok()?;
    let primary = file.primary_id;
    let colour = whole(&file, primary, most_pixels)?;
    let alpha = alpha_of(&file, primary).and_then(|id| whole(&file, id, most_pixels));
    let mut image = match alpha {
        Some(alpha) if (alpha.width(), alpha.height()) == (colour.width(), colour.height()) => {
            with_alpha(colour, &alpha)?
        }
        _ => colour,
    };
    for property in file.item_properties(primary).ok()? {
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
            _ => {}
        }
    }
    Some(image)
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

fn with_alpha(colour: DynamicImage, alpha: &DynamicImage) -> Option<DynamicImage> {
    let mut image = colour.into_rgba8();
    let alpha = alpha.to_luma8();
    for (pixel, a) in image.pixels_mut().zip(alpha.pixels()) {
        let [r, g, b, _] = pixel.0;
        let [a] = a.0;
        pixel.0 = [r, g, b, a];
    }
    Some(DynamicImage::ImageRgba8(image))
}

/// An item, or the grid of items that it is.
fn whole(file: &HeifFile<'_>, id: ItemId, most_pixels: u64) -> Option<DynamicImage> {
    let item = file.item(id).ok()?;
    let full = nclx(file, id);
    if item.item_type != FourCC(*b"grid") {
        return frame(&file.item_data(id).ok()?, most_pixels, full);
    }
    let grid = file.grid(id).ok()?;
    let tiles = file.referenced_items(id, b"dimg");
    let (rows, columns) = (u32::from(grid.rows), u32::from(grid.columns));
    let area = u64::from(grid.output_width) * u64::from(grid.output_height);
    if area > most_pixels
        || tiles.len() > TILES
        || tiles.len() as u64 != u64::from(rows) * u64::from(columns)
    {
        return None;
    }
    let mut image = RgbImage::new(grid.output_width, grid.output_height);
    for (n, tile) in (0_u32..).zip(tiles) {
        let data = file.item_data(*tile).ok()?;
        let tile = frame(&data, most_pixels, full.or_else(|| nclx(file, *tile)))?.into_rgb8();
        let (x, y) = (n % columns * tile.width(), n / columns * tile.height());
        image::imageops::replace(&mut image, &tile, i64::from(x), i64::from(y));
    }
    Some(DynamicImage::ImageRgb8(image))
}

/// Matrix and full range, as the container says.
fn nclx(file: &HeifFile<'_>, id: ItemId) -> Option<(u16, bool)> {
    file.item_properties(id)
        .ok()?
        .find_map(|property| match property {
            Property::Color(ColorInfo::Nclx {
                matrix, full_range, ..
            }) => Some((*matrix, *full_range)),
            _ => None,
        })
}

/// The first frame of an AV1 stream, 8 bits a channel.
fn frame(data: &[u8], most_pixels: u64, nclx: Option<(u16, bool)>) -> Option<DynamicImage> {
    // The decoder takes no data for a mistake of the caller's.
    if data.is_empty() {
        return None;
    }
    let mut settings = Settings::new();
    // A panic on a thread of its own would leave it waiting for ever.
    settings.set_n_threads(1);
    settings.set_max_frame_delay(1);
    settings.set_frame_size_limit(u32::try_from(most_pixels).unwrap_or(u32::MAX));
    let mut decoder = Decoder::with_settings(&settings).ok()?;
    let mut sent = decoder.send_data(data.to_vec(), None, None, None);
    for _ in 0..64 {
        match decoder.get_picture() {
            Ok(picture) => return pixels(&picture, nclx),
            Err(error) if error.is_again() => {
                if sent.as_ref().is_err_and(|error| error.is_again()) {
                    sent = decoder.send_pending_data();
                } else if sent.is_err() {
                    return None;
                }
            }
            Err(_) => return None,
        }
    }
    None
}

/// Red, green and blue weights of brightness by matrix (ITU-T H.273, table 4).
fn weights(matrix: u16) -> Option<(f32, f32)> {
    match matrix {
        0 => None,
        1 => Some((0.2126, 0.0722)),
        9 | 10 => Some((0.2627, 0.0593)),
        _ => Some((0.299, 0.114)),
    }
}

fn pixels(picture: &Picture, nclx: Option<(u16, bool)>) -> Option<DynamicImage> {
    let (width, height) = (picture.width(), picture.height());
    let (matrix, full) = nclx.unwrap_or_else(|| {
        let full = format!("{:?}", picture.color_range()) == "Full";
        (6, full)
    });
    let depth = picture.bit_depth();
    let planes = Samples::of(picture, PlanarImageComponent::Y)?;
    let luma = Range::of(depth, full);
    let grey =
        |x, y| ((planes.at(x, y) - luma.black) * luma.scale * 255.0 + 0.5).clamp(0.0, 255.0) as u8;
    let layout = picture.pixel_layout();
    if layout == PixelLayout::I400 {
        let image = GrayImage::from_fn(width, height, |x, y| image::Luma([grey(x, y)]));
        return Some(DynamicImage::ImageLuma8(image));
    }
    let u = Samples::of(picture, PlanarImageComponent::U)?;
    let v = Samples::of(picture, PlanarImageComponent::V)?;
    let (dx, dy) = match layout {
        PixelLayout::I420 => (1, 1),
        PixelLayout::I422 => (1, 0),
        _ => (0, 0),
    };
    let byte = |v: f32| (v * 255.0 + 0.5).clamp(0.0, 255.0) as u8;
    let middle = (1 << (depth - 1)) as f32;
    let mut image = RgbImage::new(width, height);
    for (y, row) in (0..).zip(image.rows_mut()) {
        for (x, pixel) in (0..).zip(row) {
            let b = (planes.at(x, y) - luma.black) * luma.scale;
            let (cb, cr) = (u.at(x >> dx, y >> dy), v.at(x >> dx, y >> dy));
            pixel.0 = if let Some((kr, kb)) = weights(matrix) {
                let (cb, cr) = ((cb - middle) * luma.colour, (cr - middle) * luma.colour);
                let red = b + 2.0 * (1.0 - kr) * cr;
                let blue = b + 2.0 * (1.0 - kb) * cb;
                let green = (b - kr * red - kb * blue) / (1.0 - kr - kb);
                [byte(red), byte(green), byte(blue)]
            } else {
                // Green, blue, red, as they are.
                let value = |v: f32| byte((v - luma.black) * luma.scale);
                [value(cr), byte(b), value(cb)]
            };
        }
    }
    Some(DynamicImage::ImageRgb8(image))
}

/// From samples to 0 to 1.
struct Range {
    black: f32,
    scale: f32,
    colour: f32,
}

impl Range {
    fn of(depth: usize, full: bool) -> Self {
        let unit = (1 << (depth - 8)) as f32;
        if full {
            let scale = 1.0 / ((1 << depth) - 1) as f32;
            Self {
                black: 0.0,
                scale,
                colour: scale,
            }
        } else {
            Self {
                black: 16.0 * unit,
                scale: 1.0 / (219.0 * unit),
                colour: 1.0 / (224.0 * unit),
            }
        }
    }
}

/// A plane and how its samples lie.
struct Samples {
    data: Vec<u8>,
    stride: usize,
    wide: bool,
}

impl Samples {
    fn of(picture: &Picture, part: PlanarImageComponent) -> Option<Self> {
        let stride = picture.stride(part) as usize;
        (stride > 0).then(|| Self {
            data: picture.plane(part).to_vec(),
            stride,
            wide: picture.bit_depth() > 8,
        })
    }

    /// The sample, 0 beyond the end.
    fn at(&self, x: u32, y: u32) -> f32 {
        let start = y as usize * self.stride;
        if self.wide {
            let at = start + x as usize * 2;
            // In the processor's own order.
            crate::raw::array::<2>(&self.data, at)
                .map_or(0.0, |two| f32::from(u16::from_ne_bytes(two)))
        } else {
            self.data
                .get(start + x as usize)
                .map_or(0.0, |v| f32::from(*v))
        }
    }
}
