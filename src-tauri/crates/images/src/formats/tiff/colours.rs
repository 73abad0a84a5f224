//! Samples into colours.

use image::{DynamicImage, GrayAlphaImage, GrayImage, RgbImage, RgbaImage};

use super::sheet::Sheet;
use crate::pixels::planes::plain_inks;
use crate::pixels::profile::ToSrgb;
use crate::survey::facts::Space;
use crate::survey::tiff::page::{Alpha, Colours, Page};

/// The pixels of a page; inks by its profile, all else as it is stored.
pub(super) fn pixels(sheet: Sheet, page: &Page, space: &Space) -> Option<DynamicImage> {
    let mut bytes = sheet.bytes(page);
    let colours = page.colours.count();
    if let Colours::Grey { white_first: true } = page.colours {
        let kept = page.kept();
        bytes
            .iter_mut()
            .step_by(kept)
            .for_each(|value| *value = !*value);
    }
    let Some(alpha) = page.alpha.map(|(_, alpha)| alpha) else {
        let (width, height) = (page.width, page.height);
        return if colours == 1 && !page.is_palette() {
            GrayImage::from_raw(width, height, bytes).map(DynamicImage::ImageLuma8)
        } else {
            let pixels = rgb(bytes, &page.colours, space)?;
            RgbImage::from_raw(width, height, pixels).map(DynamicImage::ImageRgb8)
        };
    };
    transparent(&bytes, alpha, page, space)
}

/// With how much of each pixel is there, which follows its colours.
fn transparent(bytes: &[u8], alpha: Alpha, page: &Page, space: &Space) -> Option<DynamicImage> {
    let (width, height, kept) = (page.width, page.height, page.kept());
    let there: Vec<u8> = bytes.iter().skip(kept - 1).step_by(kept).copied().collect();
    // Nothing at all is what a writer means that knows no transparency.
    let opaque = there.iter().all(|alpha| *alpha == 0);
    let mut colours = Vec::with_capacity(bytes.len() / kept * (kept - 1));
    for pixel in bytes.chunks_exact(kept) {
        let (there, of) = pixel.split_last()?;
        // The number of a colour is never less by it.
        if alpha == Alpha::Unassociated || opaque || page.is_palette() {
            colours.extend_from_slice(of);
        } else {
            colours.extend(of.iter().map(|value| whole(*value, *there)));
        }
    }
    let alphas = there
        .iter()
        .map(|alpha| if opaque { u8::MAX } else { *alpha });
    if kept == 2 && !page.is_palette() {
        let pixels = colours.iter().zip(alphas).flat_map(|(v, a)| [*v, a]);
        return GrayAlphaImage::from_raw(width, height, pixels.collect())
            .map(DynamicImage::ImageLumaA8);
    }
    let colours = rgb(colours, &page.colours, space)?;
    let pixels = colours.as_chunks::<3>().0.iter().zip(alphas);
    let pixels = pixels.flat_map(|([r, g, b], a)| [*r, *g, *b, a]);
    RgbaImage::from_raw(width, height, pixels.collect()).map(DynamicImage::ImageRgba8)
}

/// A colour that is less by its alpha, as it was.
fn whole(value: u8, alpha: u8) -> u8 {
    let (value, alpha) = (u32::from(value), u32::from(alpha));
    (value * 255 + alpha / 2)
        .checked_div(alpha)
        .map_or(0, |whole| whole.min(255) as u8)
}

fn rgb(bytes: Vec<u8>, colours: &Colours, space: &Space) -> Option<Vec<u8>> {
    Some(match colours {
        Colours::Grey { .. } => bytes.iter().flat_map(|v| [*v; 3]).collect(),
        Colours::Rgb => bytes,
        Colours::Palette(palette) => {
            let of = |n: &u8| palette.get(usize::from(*n)).copied().unwrap_or_default();
            bytes.iter().flat_map(of).collect()
        }
        Colours::Cmyk => ToSrgb::from(space, 4)
            .and_then(|way| way.inks(&bytes))
            .unwrap_or_else(|| plain_inks(&bytes)),
        Colours::YCbCr { weights, range, .. } => {
            mapped(bytes, |pixel| from_ycbcr(pixel, weights, range))
        }
        Colours::Lab { offset } => mapped(bytes, |pixel| from_lab(pixel, *offset)),
    })
}

fn mapped(mut bytes: Vec<u8>, to: impl Fn([u8; 3]) -> [u8; 3]) -> Vec<u8> {
    for pixel in bytes.as_chunks_mut::<3>().0 {
        *pixel = to(*pixel);
    }
    bytes
}

/// TIFF 6.0, section 21.
fn from_ycbcr(pixel: [u8; 3], [red, green, blue]: &[f32; 3], range: &[f32; 6]) -> [u8; 3] {
    let [y, cb, cr] = pixel.map(f32::from);
    let [y_black, y_white, cb_black, cb_white, cr_black, cr_white] = range;
    let spread = |value: f32, black: f32, white: f32, most: f32| {
        let span = if white == black { most } else { white - black };
        (value - black) * most / span
    };
    let y = spread(y, *y_black, *y_white, 255.0);
    let cb = spread(cb, *cb_black, *cb_white, 127.0);
    let cr = spread(cr, *cr_black, *cr_white, 127.0);
    let r = y + cr * (2.0 - 2.0 * red);
    let b = y + cb * (2.0 - 2.0 * blue);
    let g = (y - blue * b - red * r) / green;
    [r, g, b].map(|value| (value + 0.5) as u8)
}

/// CIE L*a*b* of the white D50 into sRGB (the matrix by Bradford, as ICC profiles of
/// sRGB have it).
fn from_lab([l, a, b]: [u8; 3], offset: bool) -> [u8; 3] {
    const WHITE: [f32; 3] = [0.964_2, 1.0, 0.824_9];
    const TO_RGB: [[f32; 3]; 3] = [
        [3.133_856, -1.616_867, -0.490_615],
        [-0.978_769, 1.916_142, 0.033_454],
        [0.071_945, -0.228_991, 1.405_243],
    ];
    let sign = |value: u8| {
        if offset {
            f32::from(value) - 128.0
        } else {
            f32::from(value.cast_signed())
        }
    };
    let y = (f32::from(l) / 2.55 + 16.0) / 116.0;
    let light = |t: f32| {
        if t > 6.0 / 29.0 {
            t * t * t
        } else {
            3.0 * (6.0_f32 / 29.0).powi(2) * (t - 4.0 / 29.0)
        }
    };
    let parts = [y + sign(a) / 500.0, y, y - sign(b) / 200.0].map(light);
    TO_RGB.map(|row| {
        let terms = row.iter().zip(parts).zip(WHITE);
        let linear: f32 = terms
            .map(|((weight, part), white)| weight * part * white)
            .sum();
        let shown = if linear <= 0.003_130_8 {
            12.92 * linear
        } else {
            1.055 * linear.powf(1.0 / 2.4) - 0.055
        };
        (shown * 255.0 + 0.5) as u8
    })
}
