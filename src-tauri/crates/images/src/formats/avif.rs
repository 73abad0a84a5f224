//! AVIF: boxes by `heifer-isobmff`, AV1 by `re_rav1d`, which is dav1d in Rust.

use heifer_isobmff::boxes::{ColorInfo, Property};
use heifer_isobmff::{FourCC, HeifFile, ItemId};
use image::metadata::Orientation;
use image::{DynamicImage, GrayImage, RgbImage};
use re_rav1d::dav1d::{Decoder, Picture, PixelLayout, PlanarImageComponent, Settings};

/// Tiles of a grid that are put together at most.
const TILES: usize = 1024;
/// Frames of a stream at most: a still picture has one, a layered one up to four.
const FRAMES: usize = 4;

/// The primary picture, turned as the file says.
pub(crate) fn decode(bytes: &[u8], most_pixels: u64) -> Option<DynamicImage> {
    let file = HeifFile::parse(bytes).ok()?;
    let primary = file.primary_id;
    let colour = whole(&file, primary, most_pixels)?;
    // Another size than the picture's is not used.
    let area = u64::from(colour.width()) * u64::from(colour.height());
    let alpha = alpha_of(&file, primary).and_then(|id| whole(&file, id, area + MARGIN));
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
    let mut left = most_pixels;
    if item.item_type != FourCC(*b"grid") {
        return frame(&file.item_data(id).ok()?, &mut left, full);
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
        let tile = frame(&data, &mut left, full.or_else(|| nclx(file, *tile)))?.into_rgb8();
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

/// Pixels that a coded picture may have more than the part of it that is shown.
const MARGIN: u64 = 1 << 16;

/// The first frame of an AV1 stream, 8 bits a channel; its pixels come off `left`,
/// so that the tiles of a grid cannot be more than the grid.
fn frame(data: &[u8], left: &mut u64, nclx: Option<(u16, bool)>) -> Option<DynamicImage> {
    // The decoder takes no data for a mistake of the caller's.
    if data.is_empty() || frames(data) > FRAMES {
        return None;
    }
    let mut settings = Settings::new();
    // A panic on a thread of its own would leave it waiting for ever.
    settings.set_n_threads(1);
    settings.set_max_frame_delay(1);
    settings.set_frame_size_limit(u32::try_from(*left).unwrap_or(u32::MAX).max(1));
    let mut decoder = Decoder::with_settings(&settings).ok()?;
    let mut sent = decoder.send_data(data.to_vec(), None, None, None);
    for _ in 0..64 {
        match decoder.get_picture() {
            Ok(picture) => {
                let area = u64::from(picture.width()) * u64::from(picture.height());
                *left = left.checked_sub(area)?;
                return pixels(&picture, nclx);
            }
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

/// Frames that a stream codes, shown or not (AV1, section 5.3): each may cost as
/// much as the whole picture, and takes a few bytes.
fn frames(mut data: &[u8]) -> usize {
    let mut frames = 0;
    while let Some((header, rest)) = data.split_first() {
        // FRAME_HEADER, REDUNDANT_FRAME_HEADER is no new one, FRAME.
        if matches!(header >> 3 & 15, 3 | 6) {
            frames += 1;
        }
        let extended = usize::from(header >> 2 & 1);
        let Some(rest) = rest.get(extended..) else {
            break;
        };
        // Without a size it goes on to the end.
        if header >> 1 & 1 == 0 {
            break;
        }
        let Some((size, length)) = leb128(rest) else {
            break;
        };
        let Some(next) = size.checked_add(length).and_then(|end| rest.get(end..)) else {
            break;
        };
        data = next;
    }
    frames
}

/// A number and the bytes that it takes (AV1, section 4.10.5).
fn leb128(data: &[u8]) -> Option<(usize, usize)> {
    let mut value = 0_usize;
    for (n, byte) in data.iter().take(8).enumerate() {
        value |= usize::from(byte & 0x7f).checked_shl(7 * n as u32)?;
        if byte & 0x80 == 0 {
            return Some((value, n + 1));
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
    let wide = width as usize;
    let range = Range::of(depth, full);
    let byte = |v: f32| (v * 255.0 + 0.5) as u8;
    let luma = picture.plane(PlanarImageComponent::Y);
    let luma = Samples::of(picture, PlanarImageComponent::Y, &luma, wide)?;
    let layout = picture.pixel_layout();
    let mut light = vec![0.0; wide];
    if layout == PixelLayout::I400 {
        let mut image = GrayImage::new(width, height);
        for (y, row) in image.as_mut().chunks_exact_mut(wide).enumerate() {
            luma.row(y, 0, &mut light);
            for (to, v) in row.iter_mut().zip(&light) {
                *to = byte((v - range.black) * range.scale);
            }
        }
        return Some(DynamicImage::ImageLuma8(image));
    }
    let (dx, dy) = match layout {
        PixelLayout::I420 => (1, 1),
        PixelLayout::I422 => (1, 0),
        _ => (0, 0),
    };
    let (u, v) = (PlanarImageComponent::U, PlanarImageComponent::V);
    let (blues, reds) = (picture.plane(u), picture.plane(v));
    let narrow = wide.div_ceil(1 << dx);
    let blues = Samples::of(picture, u, &blues, narrow)?;
    let reds = Samples::of(picture, v, &reds, narrow)?;
    let (mut cb, mut cr) = (vec![0.0; wide], vec![0.0; wide]);
    let middle = (1_u32 << (depth - 1)) as f32;
    let weights = weights(matrix);
    let mut image = RgbImage::new(width, height);
    for (y, row) in image.as_mut().chunks_exact_mut(wide * 3).enumerate() {
        luma.row(y, 0, &mut light);
        blues.row(y >> dy, dx, &mut cb);
        reds.row(y >> dy, dx, &mut cr);
        let samples = light.iter().zip(&cb).zip(&cr);
        for (pixel, ((v, cb), cr)) in row.as_chunks_mut::<3>().0.iter_mut().zip(samples) {
            let b = (v - range.black) * range.scale;
            *pixel = if let Some((kr, kb)) = weights {
                let (cb, cr) = ((cb - middle) * range.colour, (cr - middle) * range.colour);
                let red = b + 2.0 * (1.0 - kr) * cr;
                let blue = b + 2.0 * (1.0 - kb) * cb;
                let green = (b - kr * red - kb * blue) / (1.0 - kr - kb);
                [byte(red), byte(green), byte(blue)]
            } else {
                // Green, blue, red, as they are.
                let value = |v: f32| byte((v - range.black) * range.scale);
                [value(*cr), byte(b), value(*cb)]
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
struct Samples<'a> {
    data: &'a [u8],
    stride: usize,
    /// Samples in a row.
    length: usize,
    wide: bool,
}

impl<'a> Samples<'a> {
    fn of(
        picture: &Picture,
        part: PlanarImageComponent,
        data: &'a [u8],
        length: usize,
    ) -> Option<Self> {
        let stride = picture.stride(part) as usize;
        (stride > 0).then(|| Self {
            data,
            stride,
            length,
            wide: picture.bit_depth() > 8,
        })
    }

    /// A row, each sample `1 << times` times; 0 beyond the end.
    fn row(&self, y: usize, times: u32, to: &mut [f32]) {
        let row = self.data.get(y.saturating_mul(self.stride)..);
        let row = row.unwrap_or_default();
        let row = row
            .get(..self.length << u32::from(self.wide))
            .unwrap_or(row);
        to.fill(0.0);
        let groups = to.chunks_mut(1 << times);
        if self.wide {
            // In the processor's own order.
            for (group, two) in groups.zip(row.as_chunks::<2>().0) {
                group.fill(f32::from(u16::from_ne_bytes(*two)));
            }
        } else {
            for (group, v) in groups.zip(row) {
                group.fill(f32::from(*v));
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn counts_the_frames_of_a_stream() {
        // A temporal delimiter, a sequence header of one byte, two frames.
        let stream = [
            0x12, 0, 0x0a, 1, 0, 0x32, 2, 0, 0, 0x32, 0x80, 0x01, 0x30, 9,
        ];
        assert_eq!(frames(&stream), 2);
        assert_eq!(frames(&[0x32, 0].repeat(1000)), 1000);
        assert_eq!(frames(&[0x32, 0xff, 0xff]), 1);
        assert_eq!(frames(&[]), 0);
        // Not the end of the loop, however large a size is.
        assert_eq!(leb128(&[0xff; 9]), None);
    }
}
