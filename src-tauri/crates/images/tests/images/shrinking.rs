//! What is shrunk on its way out of the file is the picture that was there.

use std::io::Read;

use image::{GenericImageView, RgbImage, RgbaImage, imageops};
use images::{Limits, Prepared, prepare};
use jpeg_encoder::SamplingFactor;

use crate::fixtures::*;

/// Colours that run across and down, with grain: what [`PHOTO_WEBP`] shows.
fn photo(width: u32, height: u32) -> RgbImage {
    let grain = |x: u32, y: u32| {
        let v = x.wrapping_mul(374_761_393) ^ y.wrapping_mul(668_265_263);
        let v = (v ^ (v >> 13)).wrapping_mul(1_274_126_177);
        i64::from((v ^ (v >> 16)) & 0xff) % 25 - 12
    };
    RgbImage::from_fn(width, height, |x, y| {
        let g = grain(x, y);
        let at = |v: u32| (i64::from(v) + g).clamp(0, 255) as u8;
        image::Rgb([
            at(30 + x * 190 / width),
            at(220 - y * 190 / height),
            at(90 + (x + y) * 80 / (width + height)),
        ])
    })
}

fn at_most(long_side: u32) -> Limits {
    Limits {
        long_side,
        ..Limits::default()
    }
}

fn sampled(image: &RgbImage, factor: SamplingFactor) -> Vec<u8> {
    let mut out = Vec::new();
    let mut encoder = jpeg_encoder::Encoder::new(&mut out, 95);
    encoder.set_sampling_factor(factor);
    let (w, h) = (image.width() as u16, image.height() as u16);
    encoder
        .encode(image.as_raw(), w, h, jpeg_encoder::ColorType::Rgb)
        .unwrap();
    out
}

/// Mean and greatest difference of the channels, by `image`'s own decoders.
fn difference(sent: &Prepared, expected: &RgbImage) -> (f64, u8) {
    let sent = image::load_from_memory(&sent.bytes).unwrap().into_rgb8();
    assert_eq!(sent.dimensions(), expected.dimensions());
    let pairs = || sent.as_raw().iter().zip(expected.as_raw());
    let sum: u64 = pairs().map(|(a, b)| u64::from(a.abs_diff(*b))).sum();
    let most = pairs().map(|(a, b)| a.abs_diff(*b)).max().unwrap();
    (sum as f64 / sent.as_raw().len() as f64, most)
}

fn shrunk(image: &RgbImage, sent: &Prepared) -> RgbImage {
    let (width, height) = (sent.picture.width, sent.picture.height);
    imageops::resize(image, width, height, imageops::FilterType::Lanczos3)
}

#[test]
fn every_sampling_of_a_jpeg_comes_out_the_same_at_odd_sizes() {
    let image = photo(301, 203);
    for factor in [
        SamplingFactor::R_4_4_4,
        SamplingFactor::R_4_2_2,
        SamplingFactor::R_4_2_0,
        SamplingFactor::R_4_4_0,
        SamplingFactor::R_4_1_1,
    ] {
        for side in [151, 299] {
            let sent = prepare("a", &sampled(&image, factor), &at_most(side)).unwrap();
            assert_eq!(sent.picture.mime, "image/jpeg", "{factor:?}");
            let (mean, _) = difference(&sent, &shrunk(&image, &sent));
            assert!(mean < 3.5, "{factor:?} at {side}: {mean:.2}");
        }
    }
}

#[test]
fn a_photo_decoded_at_a_part_of_its_size_has_its_colours_and_no_seam() {
    // An eighth, a quarter, a half and all of it; the last two on two threads.
    let image = photo(1900, 1301);
    let file = sampled(&image, SamplingFactor::R_4_2_0);
    for side in [100, 200, 500, 1200] {
        let sent = prepare("a", &file, &at_most(side)).unwrap();
        let (mean, most) = difference(&sent, &shrunk(&image, &sent));
        assert!(mean < 2.5 && most < 40, "{side}: {mean:.2}, {most}");
    }
}

#[test]
fn a_lossy_webp_has_its_colours() {
    let image = photo(301, 203);
    for side in [100, 300] {
        let sent = prepare("a", PHOTO_WEBP, &at_most(side)).unwrap();
        assert_eq!(sent.picture.mime, "image/jpeg");
        let (mean, _) = difference(&sent, &shrunk(&image, &sent));
        assert!(mean < 4.0, "{side}: {mean:.2}");
    }
}

#[test]
fn a_large_screenshot_is_shrunk_row_by_row_as_if_at_once() {
    let image = screenshot(2600, 1400);
    let sent = prepare("a", &png(image.clone()), &at_most(1000)).unwrap();
    assert_eq!(sent.picture.mime, "image/png");
    let (mean, most) = difference(&sent, &shrunk(&image, &sent));
    assert!(mean < 0.5 && most <= 6, "{mean:.2}, {most}");
}

#[test]
fn a_screenshot_with_an_alpha_that_is_not_used_is_sent_without() {
    let image = screenshot(900, 700);
    let plain = prepare("a", &png(image.clone()), &at_most(500)).unwrap();
    let opaque = prepare("a", &png(rgba(&image)), &at_most(500)).unwrap();
    assert_eq!(plain.bytes, opaque.bytes);
}

#[test]
fn one_transparent_pixel_in_the_last_row_is_seen() {
    let mut image: RgbaImage = rgba(&screenshot(900, 700));
    for x in 800..900 {
        image.put_pixel(x, 699, image::Rgba([0, 0, 0, 0]));
    }
    let sent = prepare("a", &png(image), &at_most(450)).unwrap();
    assert!(sent.picture.done.contains(&protocol::Done::Flattened));
    let sent = image::load_from_memory(&sent.bytes).unwrap();
    let plain = rgba(&screenshot(900, 700));
    let plain = prepare("a", &png(plain), &at_most(450)).unwrap();
    let plain = image::load_from_memory(&plain.bytes).unwrap();
    assert_ne!(sent.get_pixel(449, 349), plain.get_pixel(449, 349));
}

#[test]
fn a_png_of_two_halves_is_one_stream_with_its_sum() {
    let image = screenshot(1500, 1300);
    let sent = prepare("a", &png(image.clone()), &at_most(1400)).unwrap();
    let mut stream = Vec::new();
    let mut at = 8;
    while at < sent.bytes.len() {
        let length = u32::from_be_bytes(sent.bytes[at..at + 4].try_into().unwrap()) as usize;
        if &sent.bytes[at + 4..at + 8] == b"IDAT" {
            stream.extend_from_slice(&sent.bytes[at + 8..at + 8 + length]);
        }
        at += length + 12;
    }
    // It compares the sum at the end with its own.
    let mut rows = Vec::new();
    let mut decoder = flate2::read::ZlibDecoder::new(stream.as_slice());
    decoder.read_to_end(&mut rows).unwrap();
    let (width, height) = (sent.picture.width as usize, sent.picture.height as usize);
    assert_eq!(rows.len(), (width * 3 + 1) * height);
    assert!(rows.len() > 2_000_000, "too small for two halves");
}

#[test]
fn a_jpeg_with_a_small_fault_is_read_and_one_that_is_cut_off_is_not() {
    let image = photo(301, 203);
    let mut file = sampled(&image, SamplingFactor::R_4_2_0);
    let table = file.windows(2).position(|w| w == [0xff, 0xdb]).unwrap();
    file.splice(table..table, [0, 1, 2]);
    let sent = prepare("a", &file, &at_most(150)).unwrap();
    let (mean, _) = difference(&sent, &shrunk(&image, &sent));
    assert!(mean < 3.5, "{mean:.2}");
    file.truncate(file.len() * 2 / 3);
    assert!(prepare("a", &file, &at_most(150)).is_err());
}
