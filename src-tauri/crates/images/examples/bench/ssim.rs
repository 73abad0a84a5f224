//! Structural similarity (Wang, Bovik, Sheikh and Simoncelli, 2004), of the
//! brightness, in windows of 8 by 8.

use fast_image_resize::images::Image;
use fast_image_resize::{PixelType, Resizer};

use crate::result::Result;

/// Brightness, 0 to 255.
pub struct Light {
    width: u32,
    height: u32,
    values: Vec<f32>,
}

fn light(bytes: &[u8]) -> Result<Light> {
    let image = image::load_from_memory(bytes)?.into_rgb8();
    let values = image
        .pixels()
        .map(|p| {
            let [r, g, b] = p.0.map(f32::from);
            0.299 * r + 0.587 * g + 0.114 * b
        })
        .collect();
    Ok(Light {
        width: image.width(),
        height: image.height(),
        values,
    })
}

/// The source as it should look at the size it is sent in.
pub fn reference(bytes: &[u8]) -> Result<Light> {
    let whole = light(bytes)?;
    let scale = 2048.0 / f64::from(whole.width.max(whole.height));
    let side = |v: u32| (f64::from(v) * scale).round() as u32;
    let (width, height) = (side(whole.width), side(whole.height));
    let raw: Vec<u8> = whole.values.iter().flat_map(|v| v.to_ne_bytes()).collect();
    let source = Image::from_vec_u8(whole.width, whole.height, raw, PixelType::F32)?;
    let mut target = Image::new(width, height, PixelType::F32);
    Resizer::new().resize(&source, &mut target, None)?;
    let values = target
        .buffer()
        .as_chunks::<4>()
        .0
        .iter()
        .map(|four| f32::from_ne_bytes(*four))
        .collect();
    Ok(Light {
        width,
        height,
        values,
    })
}

/// 1 for the very same.
pub fn ssim(reference: &Light, coded: &[u8]) -> Result<f64> {
    let other = light(coded)?;
    if (other.width, other.height) != (reference.width, reference.height) {
        return Err(format!(
            "{} x {} beside {} x {}",
            other.width, other.height, reference.width, reference.height
        )
        .into());
    }
    let width = reference.width as usize;
    let (mut sum, mut n) = (0.0, 0_u32);
    for y in (0..reference.height as usize - 8).step_by(4) {
        for x in (0..width - 8).step_by(4) {
            let at = |light: &Light| -> Vec<f64> {
                (y..y + 8)
                    .flat_map(|y| light.values.get(y * width + x..y * width + x + 8))
                    .flatten()
                    .map(|v| f64::from(*v))
                    .collect()
            };
            sum += window(&at(reference), &at(&other));
            n += 1;
        }
    }
    Ok(sum / f64::from(n.max(1)))
}

fn window(a: &[f64], b: &[f64]) -> f64 {
    let n = a.len() as f64;
    let mean = |v: &[f64]| v.iter().sum::<f64>() / n;
    let (ma, mb) = (mean(a), mean(b));
    let (mut va, mut vb, mut both) = (0.0, 0.0, 0.0);
    for (x, y) in a.iter().zip(b) {
        va += (x - ma) * (x - ma);
        vb += (y - mb) * (y - mb);
        both += (x - ma) * (y - mb);
    }
    let (c1, c2) = (6.5025, 58.5225);
    ((2.0 * ma * mb + c1) * (2.0 * both / n + c2))
        / ((ma * ma + mb * mb + c1) * (va / n + vb / n + c2))
}
