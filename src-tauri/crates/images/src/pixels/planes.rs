//! Pictures as JPEG and WebP store them: brightness and colours in planes of
//! their own.
//!
//! Nothing is turned into red, green and blue and back, and colours that are
//! stored at half the size are handled at half the size.

use image::metadata::Orientation;
use image::{DynamicImage, GrayImage, RgbImage};

use crate::pixels::profile::ToSrgb;

/// One component.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Plane {
    pub(crate) width: u32,
    pub(crate) height: u32,
    pub(crate) data: Vec<u8>,
}

/// The components of a picture, the first at its full size.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Planes {
    pub(crate) planes: Vec<Plane>,
    pub(crate) kind: Kind,
}

/// What the components are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    Grey,
    YCbCr,
    Rgb,
    /// As stored: upside down where Adobe's programs wrote them.
    Cmyk,
}

impl Kind {
    /// Is it what every reader of a JPEG knows?
    pub(crate) fn is_common(self) -> bool {
        matches!(self, Self::Grey | Self::YCbCr)
    }
}

/// How much of the colours is wanted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Colours {
    /// As much as the file has of them, which is what a JPEG takes.
    Stored,
    /// As much as of the brightness.
    Full,
}

impl Planes {
    /// Width and height in pixels.
    pub(crate) fn size(&self) -> (u32, u32) {
        self.planes
            .first()
            .map_or((0, 0), |plane| (plane.width, plane.height))
    }

    /// The planes upright.
    pub(crate) fn turned(self, turn: Orientation) -> Self {
        if turn == Orientation::NoTransforms {
            return self;
        }
        let planes = self.planes.into_iter().map(|plane| {
            let (width, height) = (plane.width, plane.height);
            let Some(image) = GrayImage::from_raw(width, height, plane.data) else {
                return Plane {
                    width,
                    height,
                    data: Vec::new(),
                };
            };
            let mut image = DynamicImage::ImageLuma8(image);
            image.apply_orientation(turn);
            Plane {
                width: image.width(),
                height: image.height(),
                data: image.into_luma8().into_raw(),
            }
        });
        Self {
            planes: planes.collect(),
            kind: self.kind,
        }
    }

    /// Pixels of planes that are all of one size, in sRGB where `way` leads there.
    pub(crate) fn pixels(self, way: Option<&ToSrgb>, adobe: bool) -> Option<DynamicImage> {
        let (width, height) = self.size();
        let mut planes = self.planes.into_iter().map(|plane| plane.data);
        let first = planes.next()?;
        let rest: Vec<Vec<u8>> = planes.collect();
        let image = match (self.kind, rest.as_slice()) {
            (Kind::Grey, []) => {
                DynamicImage::ImageLuma8(GrayImage::from_raw(width, height, first)?)
            }
            (Kind::YCbCr, [cb, cr]) => rgb(width, height, &first, cb, cr, to_rgb)?,
            (Kind::Rgb, [g, b]) => rgb(width, height, &first, g, b, |r, g, b| [r, g, b])?,
            (Kind::Cmyk, [m, y, k]) => {
                let inks = inks([&first, m, y, k], adobe);
                let pixels = way
                    .and_then(|way| way.inks(&inks))
                    .unwrap_or_else(|| plain_inks(&inks));
                return RgbImage::from_raw(width, height, pixels).map(DynamicImage::ImageRgb8);
            }
            _ => return None,
        };
        Some(match way {
            Some(way) => way.apply(image),
            None => image,
        })
    }
}

fn rgb(
    width: u32,
    height: u32,
    a: &[u8],
    b: &[u8],
    c: &[u8],
    to: impl Fn(u8, u8, u8) -> [u8; 3],
) -> Option<DynamicImage> {
    let mut pixels = vec![0; a.len() * 3];
    let parts = a.iter().zip(b).zip(c);
    for (pixel, ((a, b), c)) in pixels.as_chunks_mut::<3>().0.iter_mut().zip(parts) {
        *pixel = to(*a, *b, *c);
    }
    RgbImage::from_raw(width, height, pixels).map(DynamicImage::ImageRgb8)
}

/// JFIF 1.02: full-range BT.601, in 16 bits of fraction.
fn to_rgb(y: u8, cb: u8, cr: u8) -> [u8; 3] {
    let y = (i32::from(y) << 16) + (1 << 15);
    let (cb, cr) = (i32::from(cb) - 128, i32::from(cr) - 128);
    let clamp = |v: i32| (v >> 16).clamp(0, 255) as u8;
    [
        clamp(y + 91_881 * cr),
        clamp(y - 22_554 * cb - 46_802 * cr),
        clamp(y + 116_130 * cb),
    ]
}

/// Cyan, magenta, yellow and black, 255 the most of each.
fn inks([c, m, y, k]: [&[u8]; 4], upside_down: bool) -> Vec<u8> {
    let mut inks = vec![0; c.len() * 4];
    let parts = c.iter().zip(m).zip(y).zip(k);
    for (ink, (((c, m), y), k)) in inks.as_chunks_mut::<4>().0.iter_mut().zip(parts) {
        *ink = [*c, *m, *y, *k];
        // Adobe's programs write what is left of the light.
        if upside_down {
            *ink = ink.map(|v| 255 - v);
        }
    }
    inks
}

/// Inks on white paper, where no profile says how they look.
pub(crate) fn plain_inks(inks: &[u8]) -> Vec<u8> {
    let mut pixels = vec![0; inks.len() / 4 * 3];
    let colours = pixels.as_chunks_mut::<3>().0;
    for (pixel, [c, m, y, k]) in colours.iter_mut().zip(inks.as_chunks::<4>().0) {
        let left = |ink: &u8| {
            let light = u16::from(255 - ink) * u16::from(255 - k);
            ((light + 127) / 255) as u8
        };
        *pixel = [left(c), left(m), left(y)];
    }
    pixels
}
