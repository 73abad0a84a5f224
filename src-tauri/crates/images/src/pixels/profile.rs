//! Colours into sRGB, by the profile that a file carries.

use std::sync::Arc;

use image::{DynamicImage, GrayImage, RgbImage, RgbaImage};
use moxcms::{
    Chromaticity, CicpColorPrimaries, CicpProfile, ColorPrimaries, ColorProfile, DataColorSpace,
    Layout, MatrixCoefficients, RenderingIntent, ToneReprCurve, TransferCharacteristics,
    Transform8BitExecutor, TransformOptions, XyY,
};

use crate::survey::facts::Space;

/// Profiles larger than this are not read; the largest that print shops use have
/// about 3 MB.
const MOST: usize = 8 << 20;
/// Colours this near are the same to the eye.
const SAME: u8 = 2;

/// A way into sRGB.
pub(crate) struct ToSrgb {
    profile: ColorProfile,
}

impl ToSrgb {
    /// The way from `space` for `channels` (1, 3 or 4 for CMYK); `None` where the
    /// colours are sRGB already, or the profile is none that can be read for them.
    pub(crate) fn from(space: &Space, channels: usize) -> Option<Self> {
        let profile = match space {
            Space::Srgb => return None,
            Space::Icc(bytes) if bytes.len() > MOST => return None,
            Space::Icc(bytes) => ColorProfile::new_from_slice(bytes).ok()?,
            Space::Coded(primaries, transfer) => coded(*primaries, *transfer)?,
            Space::Gamma(gamma, points) => gamma_profile(*gamma, points.as_ref())?,
        };
        let fits = match profile.color_space {
            DataColorSpace::Gray => channels == 1,
            DataColorSpace::Rgb => channels != 4,
            DataColorSpace::Cmyk => channels == 4,
            _ => false,
        };
        let way = Self { profile };
        if !fits || (channels < 4 && way.is_srgb()?) {
            return None;
        }
        Some(way)
    }

    /// A picture of such colours in sRGB; as it is where it is that already.
    pub(crate) fn lead(space: &Space, image: DynamicImage) -> DynamicImage {
        let channels = match (space, &image) {
            (Space::Srgb, _) | (_, DynamicImage::ImageLuma8(_)) => 1,
            // Grey with an alpha, or from a decoder that knows no grey.
            (_, DynamicImage::ImageRgba8(image)) if is_grey::<4>(image) => 1,
            (_, DynamicImage::ImageRgb8(image)) if is_grey::<3>(image) => 1,
            _ => 3,
        };
        match Self::from(space, channels) {
            Some(way) => way.apply(image),
            None => image,
        }
    }

    fn is_gray(&self) -> bool {
        self.profile.color_space == DataColorSpace::Gray
    }

    fn transform(&self, from: Layout, to: Layout) -> Option<Arc<Transform8BitExecutor>> {
        // Many profiles of presses have one table only, the perceptual, which then
        // counts for every intent (ICC.1:2022, section 9.2.1).
        let intents = [
            RenderingIntent::RelativeColorimetric,
            RenderingIntent::Perceptual,
        ];
        intents.into_iter().find_map(|rendering_intent| {
            let options = TransformOptions {
                rendering_intent,
                ..TransformOptions::default()
            };
            self.profile
                .create_transform_8bit(from, &ColorProfile::new_srgb(), to, options)
                .ok()
        })
    }

    /// Does it leave a grid of colours as they are?
    fn is_srgb(&self) -> Option<bool> {
        let levels = (0..=u8::MAX).step_by(51);
        let colours: Vec<u8> = if self.is_gray() {
            levels.flat_map(|v| [v; 3]).collect()
        } else {
            let all = || (0..=u8::MAX).step_by(51);
            levels
                .flat_map(|r| all().flat_map(move |g| all().flat_map(move |b| [r, g, b])))
                .collect()
        };
        let mut turned = vec![0; colours.len()];
        self.rgb(&colours, &mut turned)?;
        let same = |(a, b): (&u8, &u8)| a.abs_diff(*b) <= SAME;
        Some(colours.iter().zip(&turned).all(same))
    }

    fn rgb(&self, from: &[u8], to: &mut [u8]) -> Option<()> {
        if self.is_gray() {
            let grey: Vec<u8> = from.as_chunks::<3>().0.iter().map(|[v, ..]| *v).collect();
            self.transform(Layout::Gray, Layout::Rgb)?
                .transform(&grey, to)
                .ok()
        } else {
            self.transform(Layout::Rgb, Layout::Rgb)?
                .transform(from, to)
                .ok()
        }
    }

    /// The picture in sRGB; as it was where the transform cannot be made.
    pub(crate) fn apply(&self, image: DynamicImage) -> DynamicImage {
        self.turned(&image).unwrap_or(image)
    }

    fn turned(&self, image: &DynamicImage) -> Option<DynamicImage> {
        let (width, height) = (image.width(), image.height());
        let from = image.as_bytes();
        match image {
            DynamicImage::ImageLuma8(_) if self.is_gray() => {
                let mut to = vec![0; from.len()];
                self.transform(Layout::Gray, Layout::Gray)?
                    .transform(from, &mut to)
                    .ok()?;
                GrayImage::from_raw(width, height, to).map(DynamicImage::ImageLuma8)
            }
            DynamicImage::ImageRgba8(_) if !self.is_gray() => {
                let mut to = vec![0; from.len()];
                self.transform(Layout::Rgba, Layout::Rgba)?
                    .transform(from, &mut to)
                    .ok()?;
                RgbaImage::from_raw(width, height, to).map(DynamicImage::ImageRgba8)
            }
            DynamicImage::ImageRgba8(_) => {
                let mut grey: Vec<u8> = from.iter().step_by(4).copied().collect();
                let way = self.transform(Layout::Gray, Layout::Gray)?;
                way.transform(&grey.clone(), &mut grey).ok()?;
                let alphas = from.iter().skip(3).step_by(4);
                let pixels = grey.iter().zip(alphas).flat_map(|(v, a)| [*v, *v, *v, *a]);
                RgbaImage::from_raw(width, height, pixels.collect()).map(DynamicImage::ImageRgba8)
            }
            DynamicImage::ImageRgb8(_) => {
                let mut to = vec![0; from.len()];
                self.rgb(from, &mut to)?;
                RgbImage::from_raw(width, height, to).map(DynamicImage::ImageRgb8)
            }
            // Grey of an RGB profile: the axis of greys stays grey.
            _ => None,
        }
    }

    /// Inks (0 none, 255 full) into RGB.
    pub(crate) fn inks(&self, cmyk: &[u8]) -> Option<Vec<u8>> {
        let mut rgb = vec![0; cmyk.len() / 4 * 3];
        // moxcms calls any four channels RGBA.
        self.transform(Layout::Rgba, Layout::Rgb)?
            .transform(cmyk, &mut rgb)
            .ok()?;
        Some(rgb)
    }
}

/// Are the first three of the channels alike in each pixel?
fn is_grey<const N: usize>(pixels: &[u8]) -> bool {
    let mut pixels = pixels.as_chunks::<N>().0.iter();
    pixels.all(|pixel| matches!(pixel.as_slice(), [r, g, b, ..] if r == g && g == b))
}

/// Primaries and transfer of ITU-T H.273; 1, 6, 13 and 2 (not said) count as
/// sRGB's curve: video's differs by less than screens do. The range of PQ and HLG
/// is folded into that of a screen.
fn coded(primaries: u8, transfer: u8) -> Option<ColorProfile> {
    // Not said: as of most screens.
    let primaries = if primaries == 2 { 1 } else { primaries };
    let primaries = CicpColorPrimaries::try_from(primaries).ok()?;
    let range = match transfer {
        16 => Some(folded(pq)),
        18 => Some(folded(hlg)),
        _ => None,
    };
    let transfer = match transfer {
        1 | 2 | 6 | 13 | 14 | 15 | 16 | 18 => TransferCharacteristics::Srgb,
        other => TransferCharacteristics::try_from(other).ok()?,
    };
    let mut profile = ColorProfile::new_srgb();
    // What it answers is always no; what it leaves is what counts.
    (profile.cicp, profile.red_trc) = (None, None);
    profile.update_rgb_colorimetry_from_cicp(CicpProfile {
        color_primaries: primaries,
        transfer_characteristics: transfer,
        matrix_coefficients: MatrixCoefficients::Identity,
        full_range: true,
    });
    let known = profile.cicp.is_some() && profile.red_trc.is_some();
    if let Some(curve) = range {
        // The curve counts, not the name of another.
        profile.cicp = None;
        profile.red_trc = Some(curve.clone());
        profile.green_trc = Some(curve.clone());
        profile.blue_trc = Some(curve);
    }
    known.then_some(profile)
}

/// A curve that ends where a screen does: up to two thirds of the white of paper,
/// 203 candelas (ITU-R BT.2408), light stays as it is, and what is brighter comes
/// ever closer to the brightest.
fn folded(light: fn(f64) -> f64) -> ToneReprCurve {
    const STEPS: u32 = 4095;
    const WHITE: f64 = 203.0;
    const KNEE: f64 = 0.67;
    let value = |step: u32| {
        let linear = light(f64::from(step) / f64::from(STEPS)) / WHITE;
        let over = (linear - KNEE).max(0.0) / (1.0 - KNEE);
        let shown = linear.min(KNEE) + (1.0 - KNEE) * (1.0 - (-over).exp());
        (shown * 65_535.0).round() as u16
    };
    ToneReprCurve::Lut((0..=STEPS).map(value).collect())
}

/// Candelas of a value of PQ (SMPTE ST 2084).
fn pq(value: f64) -> f64 {
    let root = value.powf(32.0 / 2523.0);
    let light = (root - 0.835_937_5).max(0.0) / (18.851_562_5 - 18.687_5 * root);
    10_000.0 * light.powf(8192.0 / 1305.0)
}

/// Candelas of a value of HLG on a screen of 1,000 (ITU-R BT.2100).
fn hlg(value: f64) -> f64 {
    let scene = if value <= 0.5 {
        value * value / 3.0
    } else {
        (((value - 0.559_910_73) / 0.178_832_77).exp() + 0.284_668_92) / 12.0
    };
    1000.0 * scene.powf(1.2)
}

fn gamma_profile(gamma: f32, points: Option<&[f32; 8]>) -> Option<ColorProfile> {
    if !(0.2..=5.0).contains(&gamma) {
        return None;
    }
    let mut profile = ColorProfile::new_srgb();
    if let Some([wx, wy, rx, ry, gx, gy, bx, by]) = points {
        let sane = [wx, wy, rx, ry, gx, gy, bx, by]
            .iter()
            .all(|v| (0.0..=1.0).contains(*v));
        if !sane || *wy < 0.01 || *ry < 0.01 || *gy < 0.01 || *by < 0.001 {
            return None;
        }
        let white = XyY {
            x: f64::from(*wx),
            y: f64::from(*wy),
            yb: 1.0,
        };
        let point = |x: &f32, y: &f32| Chromaticity::new(*x, *y);
        let primaries = ColorPrimaries {
            red: point(rx, ry),
            green: point(gx, gy),
            blue: point(bx, by),
        };
        profile.update_rgb_colorimetry(white, primaries);
    }
    // The usual 1/2.2 is how sRGB is written for readers that know no better.
    if (gamma - 2.2).abs() > 0.02 {
        let curve = ToneReprCurve::Parametric(vec![gamma]);
        profile.red_trc = Some(curve.clone());
        profile.green_trc = Some(curve.clone());
        profile.blue_trc = Some(curve);
    }
    profile.cicp = None;
    Some(profile)
}
