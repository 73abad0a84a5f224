//! Every kind that is read, and what becomes of it.

use image::{DynamicImage, GenericImageView, ImageFormat, RgbImage};
use images::{Limits, Mime, prepare};
use protocol::Done;

use crate::fixtures::*;
use crate::kinds::*;

/// Mean distance of two pictures' pixels, 0 to 255.
fn apart(a: &DynamicImage, b: &RgbImage) -> f64 {
    assert_eq!(a.dimensions(), b.dimensions());
    let a = a.to_rgb8();
    let sum: u64 = a
        .as_raw()
        .iter()
        .zip(b.as_raw())
        .map(|(a, b)| u64::from(a.abs_diff(*b)))
        .sum();
    sum as f64 / b.as_raw().len() as f64
}

#[test]
fn shows_what_the_file_shows() {
    let q = quarters();
    let files = [
        ("avif", AVIF.to_vec(), 6.0),
        ("avif, 10 bits", AVIF_10.to_vec(), 6.0),
        ("heic", heic(&q), 8.0),
        ("svg", svg(), 1.0),
        ("tiff", coded(q.clone(), ImageFormat::Tiff), 1.0),
        ("ico", coded(rgba(&q), ImageFormat::Ico), 1.0),
        ("webp", QUARTERS_WEBP.to_vec(), 6.0),
        ("animated webp", ANIMATED_WEBP.to_vec(), 8.0),
        ("bmp", bmp(q.clone()), 1.0),
        ("png", png(q.clone()), 0.1),
        (
            "png, 16 bits",
            png(DynamicImage::ImageRgb8(q.clone()).into_rgb16()),
            0.1,
        ),
    ];
    for (name, bytes, most) in files {
        let done = prepared(&bytes);
        assert_eq!(
            (done.picture.width, done.picture.height),
            (48, 32),
            "{name}"
        );
        let off = apart(&pixels(&done), &q);
        assert!(off <= most, "{name}: {off}");
        let sent = done.picture.mime.as_str();
        assert!(
            ["image/jpeg", "image/png", "image/webp"].contains(&sent),
            "{name}: {sent}"
        );
    }
}

#[test]
fn the_tiles_of_a_grid_are_put_together() {
    let large =
        image::imageops::resize(&quarters(), 192, 128, image::imageops::FilterType::Nearest);
    let avif = prepared(AVIF_GRID);
    assert_eq!((avif.picture.width, avif.picture.height), (192, 128));
    let off = apart(&pixels(&avif), &large);
    assert!(off < 6.0, "{off}");
    // Tiles of 512 pixels, as phones have them.
    let wide = image::imageops::resize(&quarters(), 600, 540, image::imageops::FilterType::Nearest);
    let done = prepared(&heic(&wide));
    let off = apart(&pixels(&done), &wide);
    assert!(off < 8.0, "{off}");
}

/// For what is to be compared to the bit.
fn lossless() -> Limits {
    Limits {
        side_min: 0,
        mimes: vec![Mime::Png],
        ..Limits::default()
    }
}

#[test]
fn every_kind_of_tiff_comes_out_right() {
    let q = quarters();
    // Black and white by dither, which the first of the fax files shows.
    let (_, fax) = TIFFS.into_iter().find(|(name, _)| *name == "fax").unwrap();
    let fax = pixels(&prepare("fax", fax, &lossless()).unwrap()).into_rgb8();
    assert!(fax.pixels().all(|p| p.0 == [0; 3] || p.0 == [255; 3]));
    for (name, bytes) in TIFFS {
        let done = prepare(name, bytes, &lossless()).unwrap();
        assert_eq!(
            (done.picture.width, done.picture.height),
            (48, 32),
            "{name}"
        );
        let got = pixels(&done);
        match name {
            _ if name.starts_with("grey") => {
                // As ITU-R BT.601 weighs them.
                let mut grey = q.clone();
                for pixel in grey.pixels_mut() {
                    let [r, g, b] = pixel.0.map(f32::from);
                    pixel.0 = [(0.299 * r + 0.587 * g + 0.114 * b) as u8; 3];
                }
                // Two bits have four greys.
                let most = if name.contains('2') { 50.0 } else { 6.0 };
                assert!(apart(&got, &grey) < most, "{name}");
            }
            _ if name.starts_with("fax") => {
                assert!(apart(&got, &fax) < 1.0, "{name}: {}", apart(&got, &fax));
            }
            "cmyk" => assert!(apart(&got, &q) < 12.0, "{name}: {}", apart(&got, &q)),
            _ if name.starts_with("jpeg") || ["webp", "lab"].contains(&name) => {
                assert!(apart(&got, &q) < 6.0, "{name}: {}", apart(&got, &q));
            }
            _ => assert!(apart(&got, &q) < 1.5, "{name}: {}", apart(&got, &q)),
        }
        assert_eq!(
            done.picture.done.contains(&Done::FirstFrame),
            name == "pages",
            "{name}"
        );
    }
}

#[test]
fn every_kind_of_bmp_and_icon_comes_out_right() {
    let [_, indexed, runs, masks, from_top, old] = bitmaps();
    let at = |bytes: &[u8], x, y| {
        let image = pixels(&prepare("p", bytes, &lossless()).unwrap());
        image.into_rgb8().get_pixel(x, y).0
    };
    // Rows from the bottom: the last of 32 indexes is the top right.
    assert_eq!(at(&indexed, 7, 0), [15, 255 - 31, 31]);
    assert_eq!(at(&runs, 3, 3), [3, 248, 7]);
    assert_eq!(at(&masks, 2, 2), [74, 170, 107]);
    assert_eq!(at(&from_top, 5, 1), [120, 120, 120]);
    assert_eq!(at(&old, 5, 1), [90, 90, 90]);
    // Of 200 with an opacity of 200, on white.
    assert_eq!(at(&old_icon(), 4, 2)[0], 212);
}

#[test]
fn what_is_interlaced_or_has_a_lossy_alpha_comes_out_right() {
    let q = quarters();
    assert!(apart(&pixels(&prepared(INTERLACED)), &q) < 0.1);
    let image = pixels(&prepared(ALPHA_WEBP)).into_rgb8();
    assert!(image.get_pixel(2, 5).0.iter().all(|v| *v > 245));
    assert!(image.get_pixel(40, 5).0.iter().any(|v| *v < 200));
}

#[test]
fn all_colour_types_of_png_come_out_right() {
    let photo = DynamicImage::ImageRgb8(photo(40, 30));
    let all = [
        DynamicImage::ImageLuma8(photo.to_luma8()),
        DynamicImage::ImageLumaA8(photo.to_luma_alpha8()),
        DynamicImage::ImageRgb8(photo.to_rgb8()),
        DynamicImage::ImageRgba8(photo.to_rgba8()),
        DynamicImage::ImageLuma16(photo.to_luma16()),
        DynamicImage::ImageLumaA16(photo.to_luma_alpha16()),
        DynamicImage::ImageRgb16(photo.to_rgb16()),
        DynamicImage::ImageRgba16(photo.to_rgba16()),
    ];
    let only = Limits {
        mimes: vec![Mime::Jpeg],
        ..Limits::default()
    };
    for image in all {
        let done = prepare("p", &png(image.clone()), &only).unwrap();
        let off = apart(&pixels(&done), &image.to_rgb8());
        assert!(off < 6.0, "{:?}: {off}", image.color());
    }
    for depth in [
        png::BitDepth::One,
        png::BitDepth::Two,
        png::BitDepth::Four,
        png::BitDepth::Eight,
    ] {
        let mut bytes = Vec::new();
        let mut encoder = png::Encoder::new(&mut bytes, 16, 16);
        encoder.set_color(png::ColorType::Indexed);
        encoder.set_depth(depth);
        encoder.set_palette(vec![10, 200, 30, 250, 5, 5]);
        encoder.set_trns(vec![255, 0]);
        let mut writer = encoder.write_header().unwrap();
        writer
            .write_image_data(&vec![0; 2 * depth as usize * 16])
            .unwrap();
        writer.finish().unwrap();
        let done = prepare("p", &bytes, &only).unwrap();
        let [r, g, b] = pixels(&done).into_rgb8().get_pixel(8, 8).0;
        assert!(r.abs_diff(10) < 8 && g.abs_diff(200) < 8 && b.abs_diff(30) < 8);
    }
}

#[test]
fn lays_on_a_ground_what_is_transparent() {
    let done = prepared(AVIF_ALPHA);
    let image = pixels(&done).into_rgb8();
    assert_eq!(image.get_pixel(2, 5).0, [255; 3]);
    let only = Limits {
        mimes: vec![Mime::Jpeg],
        ..Limits::default()
    };
    let done = prepare("p", AVIF_ALPHA, &only).unwrap();
    assert!(done.picture.done.contains(&Done::Flattened));
    assert!(
        pixels(&done)
            .into_rgb8()
            .get_pixel(2, 5)
            .0
            .iter()
            .all(|v| *v > 235)
    );
}

#[test]
fn an_animation_is_its_first_frame() {
    let done = prepared(ANIMATED_WEBP);
    assert!(done.picture.done.contains(&Done::FirstFrame));
    assert_eq!(done.picture.original_width, 48);
}

#[test]
fn words_in_a_drawing_are_drawn() {
    let svg = br##"<svg xmlns="http://www.w3.org/2000/svg" width="120" height="40">
        <rect width="120" height="40" fill="white"/>
        <text x="4" y="30" font-size="28" fill="black">WMWM</text></svg>"##;
    let image = pixels(&prepared(svg)).into_luma8();
    let dark = image.pixels().filter(|p| p.0[0] < 100).count();
    assert!(dark > 60, "{dark}");
}
