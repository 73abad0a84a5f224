//! What is shrunk: made once, the same each time.

use std::path::{Path, PathBuf};
use std::process::Command;

use image::{Rgb, RgbImage};

use crate::result::Result;

/// Name, what becomes of it, and its files.
type Kind = (&'static str, &'static str, Vec<PathBuf>);

/// Makes the pictures that are not there yet.
pub fn make(sharp: &Path, folder: &Path) -> Result<Vec<Kind>> {
    let photo12 = folder.join("photo-12.jpg");
    let photo48 = folder.join("photo-48.jpg");
    let screen = folder.join("screen-12.png");
    let webp = folder.join("photo-4k.webp");
    jpeg(&photo12, 4032, 3024)?;
    jpeg(&photo48, 8064, 6048)?;
    if !screen.exists() {
        screenshot(4000, 3000).save(&screen)?;
    }
    if !webp.exists() {
        let source = folder.join("photo-4k.jpg");
        jpeg(&source, 3840, 2160)?;
        let script = concat!(env!("CARGO_MANIFEST_DIR"), "/examples/bench/sharp.mjs");
        let status = Command::new("node")
            .env("SHARP_HOME", sharp)
            .arg(script)
            .args(["webp", "85", "8000"])
            .args([&webp, &source])
            .status()?;
        if !status.success() {
            return Err("sharp made no WebP".into());
        }
    }
    let burst: Vec<PathBuf> = (0..20)
        .map(|n| folder.join(format!("burst-{n:02}.jpg")))
        .collect();
    for file in &burst {
        if !file.exists() {
            std::fs::copy(&photo12, file)?;
        }
    }
    Ok(vec![
        ("JPEG, 12 MP", "jpg", vec![photo12]),
        ("JPEG, 48 MP", "jpg", vec![photo48]),
        ("PNG screen, 12 MP", "png", vec![screen]),
        ("WebP, 3840 x 2160", "jpg", vec![webp]),
        ("20 x JPEG, 12 MP", "jpg", burst),
    ])
}

fn jpeg(path: &Path, width: u32, height: u32) -> Result<()> {
    if path.exists() {
        return Ok(());
    }
    eprintln!("making {}", path.display());
    let image = photo(width, height);
    let mut bytes = Vec::new();
    let mut encoder = jpeg_encoder::Encoder::new(&mut bytes, 90);
    encoder.set_sampling_factor(jpeg_encoder::SamplingFactor::R_4_2_0);
    let (w, h) = (u16::try_from(width)?, u16::try_from(height)?);
    encoder.encode(image.as_raw(), w, h, jpeg_encoder::ColorType::Rgb)?;
    std::fs::write(path, bytes)?;
    Ok(())
}

/// Noise in octaves, with edges: about the bytes a camera makes of a scene.
pub fn photo(width: u32, height: u32) -> RgbImage {
    let unit = 6.0 / width as f32;
    RgbImage::from_fn(width, height, |x, y| {
        let (mut light, mut tone) = (0.0, 0.0);
        let (mut part, mut step) = (0.5, unit);
        for octave in 0..10 {
            let (u, v) = (x as f32 * step, y as f32 * step);
            light += part * smooth(u, v, octave);
            if octave < 5 {
                tone += part * smooth(u * 0.6 + 9.0, v * 0.6, octave + 40);
            }
            part *= 0.58;
            step *= 2.05;
        }
        // A skyline: hard edges are what shrinking is judged by.
        let tower = ((x / (width / 24).max(1)) * 7919) % 13;
        if y > height / 3 + tower * height / 40 {
            light = light * 0.6 + if (x / 9 + y / 14) % 2 == 0 { 0.12 } else { 0.0 };
        }
        let grain = (random(x, y, 99) - 0.5) * 0.015;
        let value = |v: f32| ((v + grain).clamp(0.0, 1.0) * 255.0) as u8;
        Rgb([
            value(light * 0.9 + tone * 0.2),
            value(light),
            value(light * 0.7 + (1.0 - tone) * 0.3),
        ])
    })
}

fn random(x: u32, y: u32, seed: u32) -> f32 {
    let mut v = x.wrapping_mul(374_761_393)
        ^ y.wrapping_mul(668_265_263)
        ^ seed.wrapping_mul(2_246_822_519);
    v = (v ^ (v >> 13)).wrapping_mul(1_274_126_177);
    ((v ^ (v >> 16)) & 0xffff) as f32 / 65_535.0
}

fn smooth(x: f32, y: f32, seed: u32) -> f32 {
    let (x0, y0) = (x as u32, y as u32);
    let (u, v) = (x.fract(), y.fract());
    let mix = |a: f32, b: f32, t: f32| a + (b - a) * t;
    let top = mix(random(x0, y0, seed), random(x0 + 1, y0, seed), u);
    let low = mix(random(x0, y0 + 1, seed), random(x0 + 1, y0 + 1, seed), u);
    mix(top, low, v)
}

/// Windows with words in them.
fn screenshot(width: u32, height: u32) -> RgbImage {
    RgbImage::from_fn(width, height, |x, y| {
        let (line, column) = (y / 26, x / 11);
        let inside = y % 26 > 5 && y % 26 < 20 && x % 11 < 8;
        let word = random(column / 6, line, 3) > 0.3 && column % 6 != 5;
        let ink = inside && word && random(x % 11 + column * 11, y, 5) > 0.45;
        let panel = x < width / 5;
        match (y < 90, panel, ink) {
            (true, ..) => Rgb([47, 111, 134]),
            (_, true, true) => Rgb([220, 224, 230]),
            (_, true, false) => Rgb([38, 43, 51]),
            (_, _, true) => Rgb([30, 30, 32]),
            _ => Rgb([252, 252, 251]),
        }
    })
}
