//! WebP by libwebp, through its safe wrapper: three times as fast as what there
//! is in Rust.

use fast_image_resize::FilterType;
use image::{DynamicImage, RgbImage, RgbaImage};
use webpx::{Decoder, DecoderConfig, Limits};

use crate::pixels::nature::Neighbours;
use crate::pixels::planes::{Colours, Kind, Plane, Planes};
use crate::pixels::shrink::Shrink;
use crate::survey::facts::Survey;

/// Part of the neighbours that are of one brightness in a drawing; in a photo,
/// too, more are than are of one colour.
const DRAWN: f64 = 0.75;

/// A still picture; `None` when it does not decode, or has another size than was
/// surveyed.
pub(crate) fn decode(bytes: &[u8], survey: &Survey) -> Option<DynamicImage> {
    let decoder = decoder(bytes)?;
    let info = decoder.info();
    if (info.width, info.height) != (survey.width, survey.height) {
        return None;
    }
    if info.has_alpha {
        let (pixels, width, height) = decoder.decode_rgba_raw().ok()?;
        RgbaImage::from_raw(width, height, pixels).map(DynamicImage::ImageRgba8)
    } else {
        let (pixels, width, height) = decoder.decode_rgb_raw().ok()?;
        RgbImage::from_raw(width, height, pixels).map(DynamicImage::ImageRgb8)
    }
}

/// The caller has checked the size already, by limits of its own.
pub(crate) fn decoder(bytes: &[u8]) -> Option<Decoder<'_>> {
    let config = DecoderConfig::new()
        .limits(Limits::none())
        .use_threads(true);
    Some(Decoder::new(bytes).ok()?.config(config))
}

/// The planes of a photo at `size`, as a JPEG has them; `None` where that is not
/// for this way: it is lossless, transparent, a drawing, or broken.
pub(crate) fn planes(bytes: &[u8], survey: &Survey, size: (u32, u32)) -> Option<Planes> {
    if !survey.lossy {
        return None;
    }
    let yuv = decoder(bytes)?.decode_yuv().ok()?;
    if (yuv.width, yuv.height) != (survey.width, survey.height) {
        return None;
    }
    let whole = (survey.width as usize, survey.height as usize);
    let mut neighbours = Neighbours::new(survey.height);
    for (y, row) in (0..survey.height).zip(yuv.y.chunks(yuv.y_stride.max(1))) {
        neighbours.see(y, row.get(..whole.0)?, 1);
    }
    if neighbours.alike(DRAWN) {
        return None;
    }
    let half = (whole.0.div_ceil(2), whole.1.div_ceil(2));
    let plane = |rows: &[u8], stride, source, levels: &Levels| {
        let filter = FilterType::Lanczos3;
        let shrink = Shrink::plane(source, whole, size, filter, Colours::Stored);
        Some(levels.widen(shrink.whole(rows, stride)?))
    };
    Some(Planes {
        planes: vec![
            plane(&yuv.y, yuv.y_stride, whole, &LIGHT)?,
            plane(&yuv.u, yuv.u_stride, half, &COLOUR)?,
            plane(&yuv.v, yuv.v_stride, half, &COLOUR)?,
        ],
        kind: Kind::YCbCr,
    })
}

/// WebP keeps video's levels (RFC 6386, section 9.2: BT.601), JPEG all of them.
struct Levels {
    /// What stays where it is: black, or no colour.
    from: i32,
    to: i32,
    /// How many there are to each side, or up.
    span: i32,
}

const LIGHT: Levels = Levels {
    from: 16,
    to: 0,
    span: 219,
};
const COLOUR: Levels = Levels {
    from: 128,
    to: 128,
    span: 224,
};

impl Levels {
    fn widen(&self, mut plane: Plane) -> Plane {
        let table: [u8; 256] = std::array::from_fn(|value| {
            let value = (value as i32 - self.from) * 255;
            let half = self.span / 2 * value.signum();
            ((value + half) / self.span + self.to).clamp(0, 255) as u8
        });
        for value in &mut plane.data {
            *value = table.get(usize::from(*value)).copied().unwrap_or_default();
        }
        plane
    }
}
