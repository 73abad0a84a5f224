//! Files made after what people reported of other programs, and what is right in each.
//!
//! `reports/cases.json` has a line a file. `ok` says that it is read or refused; where
//! it is missing, either is right. Of a picture that is read: its `size`, its colours in
//! the middle of its `quads` (by rows, on white, `tol` off at most), what `done` says,
//! and what has to be so `also`. Of a refusal: what the message has to `say`, and must
//! `never`.

use image::{DynamicImage, RgbImage, RgbaImage};
use images::{Limits, Prepared, prepare};
use protocol::{Done, IpcError};
use serde_json::Value;

use crate::fixtures::pixels;

#[test]
fn what_was_reported_holds() {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/images/reports/");
    let cases = std::fs::read_to_string(format!("{folder}cases.json")).unwrap();
    let cases: Vec<Value> = serde_json::from_str(&cases).unwrap();
    assert_eq!(cases.len(), 48);
    let mut wrong = Vec::new();
    for case in &cases {
        let name = case["file"].as_str().unwrap();
        let bytes = std::fs::read(format!("{folder}{name}")).unwrap();
        let found = match prepare(name, &bytes, &Limits::default()) {
            Ok(made) => read(case, &made),
            Err(error) => refused(case, &IpcError::from(error)),
        };
        if let Err(why) = found {
            wrong.push(format!("{name}: {why}; right is: {}", case["right"]));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// What is wrong with it.
type Found = Result<(), String>;

fn wants(is: bool, why: impl FnOnce() -> String) -> Found {
    if is { Ok(()) } else { Err(why()) }
}

fn refused(case: &Value, error: &IpcError) -> Found {
    let message = &error.message;
    wants(case["ok"] != true, || format!("refused: {message}"))?;
    let has = |words: &Value| {
        let words = words.as_str().unwrap_or_default();
        let message = message.to_lowercase();
        words
            .split('|')
            .any(|word| !word.is_empty() && message.contains(&word.to_lowercase()))
    };
    wants(has(&case["say"]), || format!("does not say it: {message}"))?;
    wants(!has(&case["never"]), || format!("untrue: {message}"))
}

fn read(case: &Value, made: &Prepared) -> Found {
    wants(case["ok"] != false, || "accepted".to_owned())?;
    let image = pixels(made).into_rgba8();
    let side = |n: usize| case["size"][n].as_u64();
    if let (Some(width), Some(height)) = (side(0), side(1)) {
        let is = image.dimensions();
        // Points of a page may be rounded either way.
        let near = u64::from(is.0).abs_diff(width) <= 1 && u64::from(is.1).abs_diff(height) <= 1;
        wants(near, || format!("size {is:?}"))?;
    }
    if let Some(quads) = case["quads"].as_array() {
        let colours = quads_of(&on(255, &image));
        let right: Vec<[u8; 3]> = quads
            .iter()
            .map(|quad| serde_json::from_value(quad.clone()).unwrap())
            .collect();
        let off = colours.as_flattened().iter().zip(right.as_flattened());
        let off = off.map(|(is, right)| is.abs_diff(*right)).max().unwrap();
        let tolerance = case["tol"].as_u64().unwrap_or(4);
        wants(u64::from(off) <= tolerance, || {
            format!("colours {colours:?}, {off} off")
        })?;
    }
    let done = serde_json::to_value(&made.picture.done).unwrap();
    if let Some(said) = case["done"].as_str() {
        wants(done.as_array().unwrap().contains(&said.into()), || {
            format!("says {done} only")
        })?;
    }
    for rule in case["also"].as_array().into_iter().flatten() {
        let said = SAID.iter().any(|said| made.picture.done.contains(said));
        let holds = match rule.as_str().unwrap() {
            "dark_on_light" => said || has_words(&on(255, &image)),
            "readable_without_alpha" => has_words(&opaque(&image)),
            "nothing_hidden" => hides_nothing(&image),
            "not_empty" => said || !is_empty(&image),
            rule => panic!("no such rule: {rule}"),
        };
        wants(holds, || format!("not {rule}, done {done}"))?;
    }
    Ok(())
}

/// What says that something of a drawing is missing.
const SAID: [Done; 2] = [Done::TextMissing, Done::PartsMissing];

/// The mean colour of the middle of each quarter, by rows.
fn quads_of(image: &RgbImage) -> Vec<[u8; 3]> {
    let (w, h) = image.dimensions();
    let middle = |x: u32, y: u32| {
        let (left, top) = (w * (1 + 2 * x) / 4 - w / 16, h * (1 + 2 * y) / 4 - h / 16);
        let part = image::imageops::crop_imm(image, left, top, (w / 8).max(1), (h / 8).max(1));
        let part = part.to_image();
        let count = part.pixels().len() as u32;
        [0, 1, 2].map(|c| (part.pixels().map(|p| u32::from(p.0[c])).sum::<u32>() / count) as u8)
    };
    [(0, 0), (1, 0), (0, 1), (1, 1)]
        .map(|(x, y)| middle(x, y))
        .into()
}

/// The picture laid on a grey.
fn on(ground: u8, image: &RgbaImage) -> RgbImage {
    RgbImage::from_fn(image.width(), image.height(), |x, y| {
        let [r, g, b, a] = image.get_pixel(x, y).0.map(u32::from);
        image::Rgb([r, g, b].map(|v| ((v * a + u32::from(ground) * (255 - a)) / 255) as u8))
    })
}

/// What a server sees that drops the transparency.
fn opaque(image: &RgbaImage) -> RgbImage {
    DynamicImage::ImageRgba8(image.clone()).into_rgb8()
}

/// Some of it is dark and more of it is light.
fn has_words(image: &RgbImage) -> bool {
    let grey = DynamicImage::ImageRgb8(image.clone()).into_luma8();
    let share = |is: fn(u8) -> bool| {
        grey.pixels().filter(|p| is(p.0[0])).count() as f32 / grey.pixels().len() as f32
    };
    share(|v| v < 90) > 0.005 && share(|v| v > 165) > 0.3
}

/// Transparent pixels have one colour.
fn hides_nothing(image: &RgbaImage) -> bool {
    let mut hidden = image
        .pixels()
        .filter(|p| p.0[3] == 0)
        .map(|p| [p.0[0], p.0[1], p.0[2]]);
    let first = hidden.next();
    hidden.all(|colour| Some(colour) == first)
}

/// One colour, or none.
fn is_empty(image: &RgbaImage) -> bool {
    let image = on(255, image);
    let first = image.get_pixel(0, 0);
    image.pixels().all(|pixel| pixel == first)
}
