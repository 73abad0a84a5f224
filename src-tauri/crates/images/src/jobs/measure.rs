//! What can be measured in a picture.

use std::collections::HashMap;

use drawing::colour::{self, Lab};
use drawing::{Caps, Colour, Error, Limits, Measured};
use image::{DynamicImage, GenericImageView, GrayImage};

use crate::fit;
use crate::source::{Source, guarded};

/// Measures a picture: its first frame, as stored.
///
/// # Errors
/// As [`crate::prepare`] with the default limits, but for [`Error::CannotFit`].
pub fn measure(bytes: &[u8]) -> Result<Measured, Error> {
    const NAME: &str = "picture";
    let source = Source::admit(NAME, bytes, Caps::default())?;
    guarded(NAME, source.format, || {
        let (survey, image) = (&source.survey, source.stored()?);
        let (brightness, sharpness) = light(&image).unwrap_or_default();
        let samples = sample(&image);
        let grey = samples
            .iter()
            .all(|[r, g, b, _]| r.max(g).max(b) - r.min(g).min(b) <= GREY);
        Ok(Measured {
            format: source.format.name(),
            width: survey.width,
            height: survey.height,
            bytes: bytes.len() as u64,
            dominant: dominant(&samples),
            sharpness,
            brightness,
            alpha: image.color().has_alpha(),
            metadata: survey.metadata || survey.location,
            grey,
        })
    })
}

/// Channels that are this close together look grey.
const GREY: u8 = 4;
/// Samples along a side at most.
const SAMPLES: u32 = 192;
/// Colours closer than this (OKLab) count as one.
const NEAR: f32 = 0.09;
/// Colours that cover less are left out.
const LEAST: f32 = 0.01;

/// Pixels on a regular grid, all of them where there are few.
fn sample(image: &DynamicImage) -> Vec<[u8; 4]> {
    let axis = |side: u32| {
        let step = side.div_ceil(SAMPLES).max(1);
        (0..side.div_ceil(step)).map(move |i| (i * step + step / 2).min(side - 1))
    };
    axis(image.height())
        .flat_map(|y| axis(image.width()).map(move |x| image.get_pixel(x, y).0))
        .collect()
}

/// A group of colours that look alike.
struct Group {
    rgb: [u8; 3],
    lab: Lab,
    count: u32,
}

fn dominant(samples: &[[u8; 4]]) -> Vec<Colour> {
    let mut groups: Vec<Group> = Vec::new();
    for (rgb, count) in bins(samples) {
        let lab = colour::lab(rgb);
        let near = groups
            .iter_mut()
            .find(|group| group.lab.distance(lab) < NEAR);
        match near {
            Some(group) => group.count += count,
            None => groups.push(Group { rgb, lab, count }),
        }
    }
    groups.sort_by_key(|group| (std::cmp::Reverse(group.count), group.rgb));
    groups
        .into_iter()
        .take(5)
        .map(|group| Colour::new(group.rgb, group.count as f32 / samples.len() as f32))
        .filter(|colour| colour.share >= LEAST)
        .collect()
}

/// Colours in cubes of 16 a side, the fullest cube first; each stands for the
/// colour that occurs most in it, so that a flat area keeps its very value.
fn bins(samples: &[[u8; 4]]) -> Vec<([u8; 3], u32)> {
    let mut exact: HashMap<[u8; 3], u32> = HashMap::new();
    // What can hardly be seen has no colour.
    for [r, g, b, _] in samples.iter().filter(|[.., alpha]| *alpha >= 16) {
        *exact.entry([*r, *g, *b]).or_default() += 1;
    }
    let mut exact: Vec<_> = exact.into_iter().collect();
    exact.sort_by_key(|(rgb, count)| (std::cmp::Reverse(*count), *rgb));
    let mut cubes: HashMap<[u8; 3], ([u8; 3], u32)> = HashMap::new();
    for (rgb, count) in exact {
        cubes.entry(rgb.map(|v| v / 16)).or_insert((rgb, 0)).1 += count;
    }
    let mut cubes: Vec<_> = cubes.into_values().collect();
    cubes.sort_by_key(|(rgb, count)| (std::cmp::Reverse(*count), *rgb));
    cubes
}

/// Mean brightness and variance of the Laplacian.
fn light(image: &DynamicImage) -> Option<(f32, f32)> {
    let small = Limits {
        long_side: 512,
        ..Limits::default()
    };
    let (width, height) = small.fit(image.width(), image.height());
    let grey = DynamicImage::ImageLuma8(image.to_luma8());
    let grey = fit::resize(grey, width, height)?.into_luma8();
    let sum: u64 = grey.as_raw().iter().map(|v| u64::from(*v)).sum();
    let brightness = sum as f64 / (grey.as_raw().len() as f64 * 255.0);
    Some((brightness as f32, laplacian_variance(&grey)))
}

fn laplacian_variance(grey: &GrayImage) -> f32 {
    let width = grey.width() as usize;
    let rows: Vec<&[u8]> = grey.as_raw().chunks_exact(width.max(1)).collect();
    let (mut n, mut sum, mut squares) = (0_u32, 0.0_f64, 0.0_f64);
    for window in rows.windows(3) {
        let [above, row, below] = window else {
            continue;
        };
        let middle = above.iter().skip(1).zip(below.iter().skip(1));
        for (three, (up, down)) in row.windows(3).zip(middle) {
            let [left, here, right] = three else { continue };
            let around = [left, right, up, down]
                .map(|v| i32::from(*v))
                .iter()
                .sum::<i32>();
            let value = f64::from(around - 4 * i32::from(*here));
            n += 1;
            sum += value;
            squares += value * value;
        }
    }
    if n == 0 {
        return 0.0;
    }
    let mean = sum / f64::from(n);
    (squares / f64::from(n) - mean * mean).max(0.0) as f32
}
