//! Colours: what a profile says is followed, and what is sent is sRGB.

use image::{DynamicImage, Rgb, RgbImage};
use images::{Limits, prepare};
use moxcms::{ColorProfile, Layout, TransformOptions};

use crate::fixtures::*;
use crate::kinds::*;

/// Colours whose like is in every gamut, in flat fields of 32 pixels.
fn fields() -> RgbImage {
    RgbImage::from_fn(160, 96, |x, y| {
        let n = (x / 32 + y / 32 * 5) as u8;
        Rgb([60 + n * 9, 190 - n * 7, 80 + n.wrapping_mul(37) % 120])
    })
}

fn in_profile(image: &RgbImage, profile: &ColorProfile) -> RgbImage {
    let way = ColorProfile::new_srgb()
        .create_transform_8bit(
            Layout::Rgb,
            profile,
            Layout::Rgb,
            TransformOptions::default(),
        )
        .unwrap();
    let mut out = vec![0; image.as_raw().len()];
    way.transform(image.as_raw(), &mut out).unwrap();
    RgbImage::from_raw(image.width(), image.height(), out).unwrap()
}

/// CIE 1976 distance in Lab, D65, computed here and nowhere else.
fn delta_e(a: Rgb<u8>, b: Rgb<u8>) -> f64 {
    let lab = |rgb: Rgb<u8>| {
        let [r, g, b] = rgb.0.map(|v| {
            let v = f64::from(v) / 255.0;
            if v <= 0.04045 {
                v / 12.92
            } else {
                ((v + 0.055) / 1.055).powf(2.4)
            }
        });
        let f = |v: f64| {
            if v > 0.008_856 {
                v.cbrt()
            } else {
                7.787 * v + 16.0 / 116.0
            }
        };
        let x = f((0.412_4 * r + 0.357_6 * g + 0.180_5 * b) / 0.950_47);
        let y = f(0.212_6 * r + 0.715_2 * g + 0.072_2 * b);
        let z = f((0.019_3 * r + 0.119_2 * g + 0.950_5 * b) / 1.088_83);
        [116.0 * y - 16.0, 500.0 * (x - y), 200.0 * (y - z)]
    };
    let (a, b) = (lab(a), lab(b));
    a.iter()
        .zip(b)
        .map(|(a, b)| (a - b) * (a - b))
        .sum::<f64>()
        .sqrt()
}

/// Mean over the middles of the fields.
fn off(sent: &DynamicImage, wanted: &RgbImage) -> f64 {
    let sent = sent.to_rgb8();
    let scale = f64::from(wanted.width()) / f64::from(sent.width());
    let places = (0..5).flat_map(|x| (0..3).map(move |y| (x * 32 + 16, y * 32 + 16)));
    let all: Vec<f64> = places
        .map(|(x, y)| {
            let at = |v: u32| (f64::from(v) / scale) as u32;
            delta_e(*sent.get_pixel(at(x), at(y)), *wanted.get_pixel(x, y))
        })
        .collect();
    all.iter().sum::<f64>() / all.len() as f64
}

#[test]
fn wide_gamuts_look_right_in_srgb() {
    let wanted = fields();
    for profile in [
        ColorProfile::new_display_p3(),
        ColorProfile::new_adobe_rgb(),
        ColorProfile::new_bt2020(),
    ] {
        let stored = in_profile(&wanted, &profile);
        let plain = off(&DynamicImage::ImageRgb8(stored.clone()), &wanted);
        assert!(plain > 3.0, "the profile makes a difference: {plain}");
        let icc = profile.encode().unwrap();
        let segment = [b"ICC_PROFILE\0\x01\x01".as_slice(), &icc].concat();
        let in_jpeg = jpeg_with(&stored, false, &[(2, segment)]);
        let mut in_png = Vec::new();
        let mut info = png::Info::with_size(160, 96);
        info.color_type = png::ColorType::Rgb;
        info.icc_profile = Some(icc.into());
        let mut writer = png::Encoder::with_info(&mut in_png, info)
            .unwrap()
            .write_header()
            .unwrap();
        writer.write_image_data(stored.as_raw()).unwrap();
        writer.finish().unwrap();
        for bytes in [in_jpeg, in_png] {
            let done = prepared(&bytes);
            let e = off(&pixels(&done), &wanted);
            assert!(e < 1.5, "{e}");
            let found = done.bytes.windows(4).any(|part| part == b"acsp");
            assert!(!found, "the profile is still there");
            // The same when it is shrunk on the way.
            let small = Limits {
                long_side: 80,
                ..Limits::default()
            };
            let e = off(&pixels(&prepare("p", &bytes, &small).unwrap()), &wanted);
            assert!(e < 2.0, "{e}");
        }
    }
}

#[test]
fn a_profile_that_is_srgb_changes_nothing() {
    let icc = ColorProfile::new_srgb().encode().unwrap();
    let segment = [b"ICC_PROFILE\0\x01\x01".as_slice(), &icc].concat();
    let done = prepared(&jpeg_with(&photo(60, 40), false, &[(2, segment)]));
    assert!(done.bytes == jpeg(&photo(60, 40)));
}

#[test]
fn a_png_says_what_its_numbers_mean() {
    let grey = |chunks: &[(&[u8; 4], &[u8])]| {
        let bytes = png_with(&png(flat(40, 40, [128, 128, 128])), chunks);
        pixels(&prepared(&bytes)).into_rgb8().get_pixel(20, 20).0[0]
    };
    assert_eq!(grey(&[]), 128);
    // 1/2.2, which is how sRGB is written for those who know no better.
    assert_eq!(grey(&[(b"gAMA", &45_455_u32.to_be_bytes())]), 128);
    // Linear light: half of it is 188 of sRGB.
    assert!(grey(&[(b"gAMA", &100_000_u32.to_be_bytes())]).abs_diff(188) <= 2);
    // sRGB counts more than gAMA, cICP more than both (BT.2020 greys are grey).
    let linear = 100_000_u32.to_be_bytes();
    assert_eq!(grey(&[(b"gAMA", &linear), (b"sRGB", &[0])]), 128);
}

#[test]
fn inks_become_light() {
    let done = prepared(CMYK_JPEG);
    assert_eq!(done.picture.mime, "image/jpeg");
    let (ours, theirs) = (
        pixels(&done).into_rgb8(),
        image::load_from_memory(CMYK_JPEG).unwrap().into_rgb8(),
    );
    let mean: f64 = ours
        .pixels()
        .zip(theirs.pixels())
        .map(|(a, b)| delta_e(*a, *b))
        .sum::<f64>()
        / f64::from(ours.width() * ours.height());
    assert!(mean < 4.0, "{mean}");
}

/// What littlecms makes of the middles of `inks.jpg`'s fields (Pillow 13's ImageCms,
/// relative colorimetric, into its sRGB).
const INKS: [[u8; 3]; 24] = [
    [255, 217, 170],
    [182, 125, 111],
    [132, 56, 70],
    [112, 160, 98],
    [38, 65, 37],
    [124, 1, 72],
    [194, 176, 180],
    [132, 93, 113],
    [53, 147, 120],
    [23, 132, 115],
    [131, 59, 32],
    [91, 100, 18],
    [139, 141, 184],
    [87, 67, 113],
    [0, 116, 122],
    [224, 147, 120],
    [97, 32, 38],
    [130, 160, 88],
    [104, 111, 68],
    [42, 42, 111],
    [146, 127, 123],
    [174, 116, 130],
    [66, 3, 40],
    [65, 127, 102],
];

#[test]
fn inks_become_light_by_their_profile() {
    let small = Limits {
        long_side: 95,
        ..Limits::default()
    };
    for limits in [Limits::default(), small] {
        let done = prepare("inks.jpg", INKS_JPEG, &limits).unwrap();
        let image = pixels(&done).into_rgb8();
        let all: Vec<f64> = (0_u32..)
            .zip(INKS)
            .map(|(n, wanted)| {
                let got = image.get_pixel(n % 6 * 16 + 8, n / 6 * 16 + 8);
                delta_e(*got, Rgb(wanted))
            })
            .collect();
        let mean = all.iter().sum::<f64>() / all.len() as f64;
        assert!(mean < 2.0, "{mean}: {all:?}");
        let found = done.bytes.windows(4).any(|part| part == b"acsp");
        assert!(!found, "the profile is still there");
    }
}

#[test]
fn code_points_say_what_colours_mean() {
    let wanted = fields();
    let stored = in_profile(&wanted, &ColorProfile::new_display_p3());
    // Display P3 with the curve of sRGB, full range.
    let in_png = png_with(&png(stored), &[(b"cICP", &[12, 13, 0, 1])]);
    // They count more than a profile, gamma and sRGB beside them.
    let both = png_with(
        &in_png,
        &[(b"gAMA", &100_000_u32.to_be_bytes()), (b"sRGB", &[0])],
    );
    for (name, bytes) in [
        ("png", in_png.as_slice()),
        ("both", &both),
        ("avif", AVIF_P3),
    ] {
        let e = off(&pixels(&prepared(bytes)), &wanted);
        assert!(e < 1.5, "{name}: {e}");
    }
    // Two tiles of 10 bits, coded with less care.
    let e = off(&pixels(&prepared(AVIF_GRID_10)), &wanted);
    assert!(e < 3.0, "{e}");
}

#[test]
fn the_range_of_hdr_is_folded_into_that_of_a_screen() {
    let grey = |transfer: u8, value: u8| {
        let plain = png(flat(40, 40, [value; 3]));
        let bytes = png_with(&plain, &[(b"cICP", &[9, transfer, 0, 1])]);
        pixels(&prepared(&bytes)).into_rgb8().get_pixel(20, 20).0
    };
    let near = |[r, g, b]: [u8; 3], wanted: u8| {
        assert!(r.abs_diff(wanted) <= 3, "{r} instead of {wanted}");
        assert!(r.abs_diff(g) <= 1 && r.abs_diff(b) <= 1, "{r} {g} {b}");
    };
    // PQ: 100 candelas are half of paper's white, 188 of sRGB; white, 203, is near
    // the brightest, 1,000 at it.
    near(grey(16, 0), 0);
    near(grey(16, 130), 186);
    near(grey(16, 148), 240);
    near(grey(16, 192), 255);
    // HLG: three quarters are paper's white.
    near(grey(18, 191), 240);
    near(grey(18, 255), 255);
}

#[test]
fn ten_bits_that_say_nothing_are_of_the_camera_that_took_them() {
    let shown = |name: &str, value: u16, maker: Option<&str>| {
        let bytes = heic_unmarked(value, maker);
        let done = prepare(name, &bytes, &Limits::default()).unwrap();
        pixels(&done).into_rgb8().get_pixel(16, 16).0[1]
    };
    let near = |is: u8, wanted: u8, what: &str| {
        assert!(is.abs_diff(wanted) <= 4, "{what}: {is} instead of {wanted}");
    };
    // Dark pictures, such as white paper would be in PQ, and bright ones.
    for (value, plain, pq, hlg) in [(520, 130, 186, 140), (770, 192, 255, 240)] {
        for (name, maker, wanted) in [
            ("photo.heic", None, plain),
            ("photo", None, plain),
            ("IMG_0001.HIF", None, pq),
            ("img.hif", Some("Canon"), pq),
            // Another name than the camera gave it.
            ("photo.heic", Some("Canon"), pq),
            ("photo.heic", Some("NIKON CORPORATION"), hlg),
            // Whose is said, and they are for plain screens too.
            ("DSCF0001.HIF", Some("FUJIFILM"), plain),
            ("photo.heic", Some("samsung"), plain),
        ] {
            let what = format!("{value} {name} {maker:?}");
            near(shown(name, value, maker), wanted, &what);
        }
    }
    // What says what it is needs no guess, and eight bits are for plain screens.
    let eight = prepare("x.hif", &heic(&flat(32, 32, [130; 3])), &Limits::default());
    near(
        pixels(&eight.unwrap()).into_rgb8().get_pixel(16, 16).0[1],
        130,
        "eight bits",
    );
}

#[test]
fn photos_keep_their_colours_when_they_are_shrunk() {
    let wanted = fields();
    for factor in [1, 2, 5] {
        let large = image::imageops::resize(
            &wanted,
            160 * factor,
            96 * factor,
            image::imageops::FilterType::Nearest,
        );
        let limits = Limits {
            long_side: 159,
            ..Limits::default()
        };
        for progressive in [false, true] {
            let bytes = jpeg_with(&large, progressive, &[]);
            let e = off(&pixels(&prepare("p", &bytes, &limits).unwrap()), &wanted);
            assert!(e < 1.5, "{factor}: {e}");
        }
    }
}
