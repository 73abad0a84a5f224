//! `measure`: what it says is true.

use image::{DynamicImage, Rgb, RgbImage, Rgba, RgbaImage};
use images::{data_url, measure, parse_data_url};

use crate::fixtures::*;

#[test]
fn a_flat_picture_has_exactly_its_colour() {
    let bytes = png(flat(300, 200, [0x2f, 0x6f, 0x86]));
    let url = data_url("image/png", &bytes);
    let (mime, bytes) = parse_data_url(&url).unwrap();
    assert_eq!(mime, "image/png");
    let m = measure(&bytes).unwrap();
    assert_eq!(
        (m.format, m.width, m.height, m.bytes),
        ("PNG", 300, 200, bytes.len() as u64)
    );
    assert_eq!(m.dominant.len(), 1);
    let c = &m.dominant[0];
    assert_eq!((c.r, c.g, c.b), (0x2f, 0x6f, 0x86));
    assert!((c.share - 1.0).abs() < 1e-6);
    assert_eq!((c.name_en, c.name_zh), ("teal blue", "青蓝色"));
    assert_eq!(m.sharpness, 0.0);
    assert!((m.brightness - 0.38).abs() < 0.03, "{}", m.brightness);
    assert!(!m.alpha && !m.metadata && !m.grey);
}

#[test]
fn shares_follow_the_areas() {
    let image = RgbImage::from_fn(400, 300, |x, y| match (x, y) {
        (..200, _) => Rgb([255, 0, 0]),
        (_, ..200) => Rgb([0, 0, 255]),
        _ => Rgb([255, 255, 255]),
    });
    for bytes in [png(image.clone()), jpeg(&image), bmp(image.clone())] {
        let m = measure(&bytes).unwrap();
        let names: Vec<_> = m.dominant.iter().take(3).map(|c| c.name_en).collect();
        assert_eq!(names, ["red", "blue", "white"]);
        for (colour, share) in m.dominant.iter().zip([0.5, 1.0 / 3.0, 1.0 / 6.0]) {
            assert!((colour.share - share).abs() < 0.02, "{colour:?}");
        }
    }
}

#[test]
fn shares_never_exceed_the_whole() {
    for bytes in [
        jpeg(&photo(500, 400)),
        png(screenshot(999, 333)),
        png(flat(1, 1, [1, 1, 1])),
    ] {
        let m = measure(&bytes).unwrap();
        let sum: f32 = m.dominant.iter().map(|c| c.share).sum();
        assert!(m.dominant.len() <= 5 && sum > 0.2 && sum <= 1.0001, "{m:?}");
        assert!(m.dominant.is_sorted_by(|a, b| a.share >= b.share));
    }
}

#[test]
fn tells_sharp_from_soft_and_bright_from_dark() {
    let sharp = DynamicImage::ImageRgb8(screenshot(400, 300));
    let soft = sharp.blur(4.0);
    let (sharp, soft) = (measure(&png(sharp)).unwrap(), measure(&png(soft)).unwrap());
    assert!(
        sharp.sharpness > 10.0 * soft.sharpness,
        "{sharp:?} {soft:?}"
    );
    let at = |v| measure(&png(flat(50, 50, [v; 3]))).unwrap();
    assert_eq!((at(0).brightness, at(255).brightness), (0.0, 1.0));
    assert!(at(128).grey && at(128).dominant[0].name_en == "grey");
}

#[test]
fn tells_alpha_metadata_and_format() {
    let clear = RgbaImage::from_pixel(9, 9, Rgba([9, 9, 9, 0]));
    let m = measure(&webp(&clear)).unwrap();
    assert!(m.alpha && m.dominant.is_empty());
    assert_eq!(m.format, "WebP");
    assert!(!measure(&png(rgba(&photo(9, 9)))).unwrap().alpha);
    let tagged = jpeg_exif(&photo(9, 9), &exif_block(1, false, true));
    assert!(measure(&tagged).unwrap().metadata);
    assert!(!measure(&prepared(&tagged).bytes).unwrap().metadata);
    assert_eq!(measure(LOSSY_WEBP).unwrap().format, "WebP");
    assert_eq!(measure(CMYK_JPEG).unwrap().format, "JPEG");
    assert!(measure(b"").is_err() && measure(b"text").is_err());
}
