//! Cutting out and marking: what a person does before sending.

use drawing::format::Format;
use drawing::{Caps, Error, Mark, Master, Rect};
use image::{DynamicImage, RgbaImage};
use protocol::Done;

use super::master::{kept, made};
use crate::source::{Source, guarded};

/// Cuts a part out, as a picture of its own.
///
/// # Errors
/// As [`crate::prepare`], and [`Error::OutOfPicture`].
pub fn crop(name: &str, master: &[u8], rect: Rect, caps: &Caps) -> Result<Master, Error> {
    changed(name, master, caps, |image, (width, height)| {
        let part = rect
            .within(width, height)
            .ok_or_else(|| Error::OutOfPicture {
                name: name.to_owned(),
                width,
                height,
            })?;
        Ok(image.crop_imm(part.x, part.y, part.width, part.height))
    })
}

/// Draws marks, the first undermost. The picture that is given stays as it is.
///
/// What is blurred or pixelated cannot be brought back: at most eight by eight
/// colours are left of it, so that no letter survives.
///
/// # Errors
/// As [`crate::prepare`]. A mark that lies outside is not seen.
pub fn mark(name: &str, master: &[u8], marks: &[Mark], caps: &Caps) -> Result<Master, Error> {
    changed(name, master, caps, |image, (width, height)| {
        let alpha = image.color().has_alpha();
        let mut image = image.into_rgba8();
        for mark in marks {
            draw(&mut image, mark, (width, height));
        }
        let image = DynamicImage::ImageRgba8(image);
        Ok(if alpha {
            image
        } else {
            DynamicImage::ImageRgb8(image.into_rgb8())
        })
    })
}

fn changed(
    name: &str,
    master: &[u8],
    caps: &Caps,
    change: impl FnOnce(DynamicImage, (u32, u32)) -> Result<DynamicImage, Error>,
) -> Result<Master, Error> {
    let source = Source::admit(name, master, *caps)?;
    guarded(name, source.format, || {
        let image = change(source.pixels()?, source.upright())?;
        let photo = source.format == Format::Jpeg;
        let (bytes, mime) = kept(&image, photo).ok_or_else(|| source.broken())?;
        let size = (image.width(), image.height());
        Ok(made(bytes, mime, size, master.len(), vec![Done::Reencoded]))
    })
}

fn draw(image: &mut RgbaImage, mark: &Mark, (width, height): (u32, u32)) {
    match *mark {
        Mark::Arrow {
            from,
            to,
            thickness,
            colour,
        } => arrow(image, from, to, thickness.clamp(1.0, 1000.0), colour),
        Mark::Box {
            rect,
            thickness,
            colour,
        } => {
            let t = (thickness.clamp(1.0, 1000.0) as u32)
                .min(rect.width)
                .min(rect.height);
            let sides = [
                Rect::new(rect.x, rect.y, rect.width, t),
                Rect::new(rect.x, rect.y, t, rect.height),
                Rect::new(
                    rect.x,
                    rect.y.saturating_add(rect.height - t),
                    rect.width,
                    t,
                ),
                Rect::new(
                    rect.x.saturating_add(rect.width - t),
                    rect.y,
                    t,
                    rect.height,
                ),
            ];
            for side in sides.iter().filter_map(|side| side.within(width, height)) {
                for (x, y) in pixels_of(side) {
                    blend(image, x, y, colour, 1.0);
                }
            }
        }
        Mark::Blur { rect } => {
            if let Some(part) = rect.within(width, height) {
                hide(image, part, image::imageops::FilterType::CatmullRom);
            }
        }
        Mark::Pixelate { rect } => {
            if let Some(part) = rect.within(width, height) {
                hide(image, part, image::imageops::FilterType::Nearest);
            }
        }
    }
}

fn pixels_of(rect: Rect) -> impl Iterator<Item = (u32, u32)> {
    (rect.y..rect.y + rect.height)
        .flat_map(move |y| (rect.x..rect.x + rect.width).map(move |x| (x, y)))
}

/// Leaves of a part a few colours, at least a dozen pixels apart.
fn hide(image: &mut RgbaImage, part: Rect, filter: image::imageops::FilterType) {
    let view = image::imageops::crop_imm(image, part.x, part.y, part.width, part.height);
    let cells = |side: u32| (side / 12).clamp(1, 8);
    let few = image::imageops::thumbnail(&view.to_image(), cells(part.width), cells(part.height));
    let hidden = image::imageops::resize(&few, part.width, part.height, filter);
    image::imageops::replace(image, &hidden, i64::from(part.x), i64::from(part.y));
}

/// A line with a head, its edges smooth.
fn arrow(image: &mut RgbaImage, from: (f32, f32), to: (f32, f32), thick: f32, colour: [u8; 3]) {
    let (dx, dy) = (to.0 - from.0, to.1 - from.1);
    let length = dx.hypot(dy);
    if !length.is_finite() || length < 1.0 {
        return;
    }
    let (ux, uy) = (dx / length, dy / length);
    let head = (thick * 4.5).min(length);
    let reach = thick * 2.5 + 2.0;
    let edge = |a: f32, b: f32, most: u32| {
        let (low, high) = (a.min(b) - reach, a.max(b) + reach);
        (low.max(0.0) as u32, (high.max(0.0).ceil() as u32).min(most))
    };
    let (x0, x1) = edge(from.0, to.0, image.width());
    let (y0, y1) = edge(from.1, to.1, image.height());
    for y in y0..y1 {
        for x in x0..x1 {
            let (px, py) = (x as f32 + 0.5 - from.0, y as f32 + 0.5 - from.1);
            // Along the arrow, and away from it.
            let (along, away) = (px * ux + py * uy, (py * ux - px * uy).abs());
            let shaft = (thick / 2.0 - away)
                .min(along + 0.5)
                .min(length - head * 0.8 - along);
            let left = length - along;
            let tip = (left * 0.45 - away).min(head - left);
            let cover = (shaft.max(tip) + 0.5).clamp(0.0, 1.0);
            if cover > 0.0 {
                blend(image, x, y, colour, cover);
            }
        }
    }
}

fn blend(image: &mut RgbaImage, x: u32, y: u32, colour: [u8; 3], cover: f32) {
    let Some(pixel) = image.get_pixel_mut_checked(x, y) else {
        return;
    };
    let [r, g, b] = colour;
    let [or, og, ob, oa] = pixel.0;
    let mix =
        |new: u8, old: u8| (f32::from(new) * cover + f32::from(old) * (1.0 - cover)).round() as u8;
    pixel.0 = [mix(r, or), mix(g, og), mix(b, ob), mix(u8::MAX, oa)];
}
