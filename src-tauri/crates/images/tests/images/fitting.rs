//! `prepare`: upright, small enough, and coded by what suits.

use image::{DynamicImage, GenericImageView, Rgba, RgbaImage};
use images::{Limits, Mime, Prepared, prepare};
use protocol::Done;

use crate::fixtures::*;
use crate::kinds::{TURNED_AVIF, TURNED_HEIC};

fn within(prepared: &Prepared, limits: &Limits) {
    let picture = &prepared.picture;
    let image = pixels(prepared);
    assert_eq!((picture.width, picture.height), image.dimensions());
    assert_eq!(picture.bytes as usize, prepared.bytes.len());
    assert!(
        picture.width.max(picture.height) <= limits.long_side,
        "{picture:?}"
    );
    assert!(
        picture.width * picture.height <= limits.out_pixels,
        "{picture:?}"
    );
    assert!(picture.bytes <= limits.out_bytes, "{picture:?}");
}

fn has(prepared: &Prepared, done: Done) -> bool {
    prepared.picture.done.contains(&done)
}

#[test]
fn passes_on_what_needs_nothing() {
    let shot = rgba(&screenshot(60, 40));
    let two = RgbaImage::from_pixel(18, 18, Rgba([200, 10, 10, 255]));
    let files = [
        jpeg(&photo(60, 40)),
        jpeg_with(&photo(60, 40), true, &[]),
        png(screenshot(60, 40)),
        png(DynamicImage::ImageRgb8(photo(60, 40)).into_rgb16()),
        png(DynamicImage::ImageRgb8(photo(60, 40)).into_luma_alpha8()),
        webp(&shot),
        LOSSY_WEBP.to_vec(),
        gif(&[two]),
    ];
    for bytes in files {
        let done = prepared(&bytes);
        assert!(done.bytes == bytes, "{:?} was changed", done.picture);
        assert_eq!(done.picture.done, []);
        assert_eq!(done.picture.original_bytes, done.picture.bytes);
        assert_eq!(done.picture.hash.len(), 64);
        within(&done, &Limits::default());
    }
}

#[test]
fn names_what_it_made_by_its_sha_256() {
    let bytes = png(flat(1, 1, [0, 0, 0]));
    let (a, b) = (prepared(&bytes), prepared(&png(flat(1, 1, [0, 0, 1]))));
    assert_ne!(a.picture.hash, b.picture.hash);
    assert_eq!(a.picture.hash, prepared(&bytes).picture.hash);
    assert!(
        a.picture
            .hash
            .bytes()
            .all(|c| c.is_ascii_digit() || (b'a'..=b'f').contains(&c))
    );
}

#[test]
fn shrinks_a_photo_and_keeps_its_shape() {
    let done = prepared(&jpeg(&photo(3000, 2000)));
    let picture = &done.picture;
    assert_eq!((picture.width, picture.height), (2048, 1365));
    assert_eq!(
        (picture.original_width, picture.original_height),
        (3000, 2000)
    );
    assert_eq!(picture.mime, "image/jpeg");
    assert_eq!(picture.done, [Done::Resized, Done::Reencoded]);
    within(&done, &Limits::default());
}

#[test]
fn a_large_photo_in_png_becomes_jpeg_and_a_screenshot_stays_png() {
    let done = prepared(&png(photo(2200, 1100)));
    assert_eq!(done.picture.mime, "image/jpeg");
    assert_eq!(done.picture.done, [Done::Resized, Done::Reencoded]);
    let done = prepared(&png(screenshot(2200, 1100)));
    assert_eq!(done.picture.mime, "image/png");
    assert_eq!(done.picture.done, [Done::Resized]);
    within(&done, &Limits::default());
}

#[test]
fn a_bitmap_becomes_what_suits_it() {
    let done = prepared(&bmp(photo(80, 60)));
    assert_eq!(
        (done.picture.mime.as_str(), has(&done, Done::Reencoded)),
        ("image/jpeg", true)
    );
    let done = prepared(&bmp(screenshot(80, 60)));
    assert_eq!(
        (done.picture.mime.as_str(), has(&done, Done::Reencoded)),
        ("image/png", true)
    );
    assert_eq!(pixels(&done).into_rgb8(), screenshot(80, 60));
}

#[test]
fn never_enlarges_and_takes_any_shape() {
    let cases = [
        (1, 1),
        (1, 3000),
        (3000, 1),
        (2, 2049),
        (7000, 3),
        (2049, 2048),
        (16, 15),
    ];
    for (w, h) in cases {
        for bytes in [png(flat(w, h, [9, 99, 199])), jpeg(&photo(w, h))] {
            let done = prepared(&bytes);
            // White around what is too narrow is all that may grow.
            assert!(
                done.picture.width <= w.max(15) && done.picture.height <= h.max(15),
                "{w}x{h}: {done:?}"
            );
            assert!(done.picture.width >= 15 && done.picture.height >= 15);
            within(&done, &Limits::default());
        }
    }
}

#[test]
fn keeps_within_a_small_budget() {
    for out_bytes in [200_000, 40_000, 6000, 1500] {
        let limits = Limits {
            out_bytes,
            long_side: 900,
            out_pixels: 500_000,
            ..Limits::default()
        };
        for bytes in [
            jpeg(&photo(1200, 800)),
            png(screenshot(1200, 800)),
            png(photo(600, 600)),
        ] {
            within(&prepare("p", &bytes, &limits).unwrap(), &limits);
        }
    }
}

#[test]
fn sends_only_what_the_target_takes() {
    let only = |mime| Limits {
        mimes: vec![mime],
        ..Limits::default()
    };
    let two = RgbaImage::from_pixel(8, 8, Rgba([200, 10, 10, 255]));
    for bytes in [
        webp(&rgba(&screenshot(60, 40))),
        gif(&[two]),
        LOSSY_WEBP.to_vec(),
        png(photo(60, 40)),
        jpeg(&photo(60, 40)),
    ] {
        let mime = |limits| prepare("p", &bytes, &limits).unwrap().picture.mime;
        assert_eq!(mime(only(Mime::Jpeg)), "image/jpeg");
        assert_eq!(mime(only(Mime::Png)), "image/png");
        let nothing = Limits {
            mimes: vec![],
            ..Limits::default()
        };
        assert_eq!(mime(nothing), "image/jpeg");
    }
}

/// Transparent but for a red square in the middle; what is hidden is green.
fn cut_out(side: u32) -> RgbaImage {
    RgbaImage::from_fn(side, side, |x, y| {
        let inside = (side / 4..side * 3 / 4).contains(&x) && (side / 4..side * 3 / 4).contains(&y);
        if inside {
            Rgba([255, 0, 0, 255])
        } else {
            Rgba([0, 255, 0, 0])
        }
    })
}

#[test]
fn lays_transparency_on_a_ground_and_lets_nothing_hidden_through() {
    let done = prepared(&png(cut_out(2400)));
    assert_eq!(done.picture.mime, "image/png");
    assert_eq!(done.picture.done, [Done::Resized, Done::Flattened]);
    let image = pixels(&done);
    assert!(!image.color().has_alpha());
    assert_eq!(image.get_pixel(0, 0).0, [255; 4]);
    // From white to red no pixel has more of green than of blue.
    for (_, _, Rgba([r, g, b, _])) in image.pixels() {
        assert!(r > 200 && g.abs_diff(b) < 8, "green bled in: {r} {g} {b}");
    }
}

/// Strokes of a grey, as of letters, on nothing; under it noise.
fn strokes(side: u32, grey: u8) -> RgbaImage {
    RgbaImage::from_fn(side, side, |x, y| {
        if x % 12 < 4 && y % 12 > 1 {
            Rgba([grey, grey, grey, 255])
        } else {
            Rgba([(x * 31) as u8, (y * 57) as u8, (x * y) as u8, 0])
        }
    })
}

#[test]
fn what_stands_on_nothing_is_read_whatever_a_server_makes_of_it() {
    let svg = |fill: &str| {
        format!(
            r#"<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 96 96" fill="{fill}">
            <path d="M8 8h24v80H8zM56 8h24v80H56z"/></svg>"#
        )
        .into_bytes()
    };
    let small = Limits {
        long_side: 60,
        ..Limits::default()
    };
    let long = |grey| {
        let mut image = RgbaImage::new(60, 2400);
        image::imageops::replace(&mut image, &strokes(60, grey), 0, 900);
        png(image)
    };
    for (grey, fill, ground) in [(0, "#000", 255), (250, "#fafafa", 24)] {
        let image = strokes(96, grey);
        let files = [
            png(image.clone()),
            png(DynamicImage::ImageRgba8(image.clone()).into_luma_alpha8()),
            png(DynamicImage::ImageRgba8(image.clone()).into_rgba16()),
            webp(&image),
            gif(&[image]),
            svg(fill),
        ];
        for (n, bytes) in files.iter().enumerate() {
            for limits in [Limits::default(), small.clone()] {
                let done = prepare("p", bytes, &limits).unwrap();
                assert!(has(&done, Done::Flattened), "{n}: {:?}", done.picture.done);
                let image = pixels(&done);
                assert!(!image.color().has_alpha(), "{n}");
                let image = image.into_luma8();
                let share = |value: u8| {
                    let near = image
                        .pixels()
                        .filter(|p| p.0[0].abs_diff(value) < 60)
                        .count();
                    near as f32 / image.pixels().len() as f32
                };
                let (ground, words) = (share(ground), share(grey));
                assert!(ground > 0.4 && words > 0.15, "{n}: {ground} {words}");
            }
        }
        // All parts of a long one stand on the same ground.
        let tiles = images::tiles("p", &long(grey), &Limits::default()).unwrap();
        assert!(tiles.len() > 1);
        for tile in tiles {
            assert!(has(&tile.prepared, Done::Flattened));
            assert_eq!(
                pixels(&tile.prepared).into_luma8().get_pixel(0, 0).0,
                [ground]
            );
        }
        let thumbnail = images::thumbnail("p", &files[0], 96, &Limits::default().caps()).unwrap();
        let shown = image::load_from_memory(&thumbnail.bytes)
            .unwrap()
            .into_luma8();
        assert!(shown.get_pixel(8, 0).0[0].abs_diff(ground) < 40);
    }
}

#[test]
fn a_bitmap_whose_alpha_was_never_filled_is_opaque() {
    // The quarters with alpha of 0 everywhere, and with one pixel that has some.
    let bitmap = |some: bool| {
        let mut image = rgba(&quarters());
        image.pixels_mut().for_each(|pixel| pixel.0[3] = 0);
        if some {
            image.get_pixel_mut(3, 3).0[3] = 255;
        }
        coded(image, image::ImageFormat::Bmp)
    };
    let done = prepared(&bitmap(false));
    assert!(!has(&done, Done::Flattened));
    assert_eq!(pixels(&done).into_rgb8(), quarters());
    assert!(has(&prepared(&bitmap(true)), Done::Flattened));
}

#[test]
fn an_alpha_channel_that_is_not_used_is_not_missed() {
    let limits = Limits {
        mimes: vec![Mime::Jpeg],
        ..Limits::default()
    };
    let done = prepare("p", &png(cut_out(80)), &limits).unwrap();
    assert_eq!(done.picture.done, [Done::Flattened, Done::Reencoded]);
    let image = pixels(&done).into_rgb8();
    assert!(
        image.get_pixel(2, 2).0.iter().all(|v| *v > 245),
        "{:?}",
        image.get_pixel(2, 2)
    );
    assert!(image.get_pixel(40, 40).0[0] > 240 && image.get_pixel(40, 40).0[1] < 20);
    let done = prepare("p", &png(rgba(&photo(80, 80))), &limits).unwrap();
    assert_eq!(done.picture.done, [Done::Reencoded]);
}

/// Where a stored pixel belongs in the upright picture of `w` × `h` pixels, by
/// the words of Exif 2.3: "1: the 0th row is the top, the 0th column the left".
fn upright_place(orientation: u16, (x, y): (u32, u32), (w, h): (u32, u32)) -> (u32, u32) {
    match orientation {
        1 => (x, y),
        2 => (w - 1 - x, y),
        3 => (w - 1 - x, h - 1 - y),
        4 => (x, h - 1 - y),
        5 => (y, x),
        6 => (w - 1 - y, x),
        7 => (w - 1 - y, h - 1 - x),
        _ => (y, h - 1 - x),
    }
}

#[test]
fn turns_all_eight_orientations_upright() {
    let size = (64, 32);
    let mut upright = flat(64, 32, [0, 0, 255]);
    for (x, y) in (0..16).flat_map(|x| (0..16).map(move |y| (x, y))) {
        upright.put_pixel(x, y, image::Rgb([255, 0, 0]));
        upright.put_pixel(63 - x, y, image::Rgb([0, 255, 0]));
    }
    for orientation in 1..=8 {
        let (w, h) = if orientation > 4 { (32, 64) } else { size };
        let stored = image::RgbImage::from_fn(w, h, |x, y| {
            let (x, y) = upright_place(orientation, (x, y), size);
            *upright.get_pixel(x, y)
        });
        let block = exif_block(orientation, false, false);
        let in_png = png_with(&png(stored.clone()), &[(b"eXIf", &block)]);
        let in_webp = webp_with(&rgba(&stored), 0x08, &[(b"EXIF", &block)]);
        let in_tiff = tiff_with(&stored, orientation, &[]);
        for bytes in [jpeg_exif(&stored, &block), in_png, in_webp, in_tiff] {
            let done = prepared(&bytes);
            assert_eq!(
                has(&done, Done::Oriented),
                orientation != 1,
                "{orientation}"
            );
            assert_eq!((done.picture.width, done.picture.height), size);
            assert_eq!(
                (done.picture.original_width, done.picture.original_height),
                size
            );
            let image = pixels(&done).into_rgb8();
            for (x, y) in [(8, 8), (55, 8), (8, 24), (55, 24)] {
                let (got, wanted) = (image.get_pixel(x, y).0, upright.get_pixel(x, y).0);
                let near = got.iter().zip(wanted).all(|(a, b)| a.abs_diff(b) < 30);
                assert!(
                    near,
                    "{orientation} at {x},{y}: {got:?} instead of {wanted:?}"
                );
            }
        }
        // The same when it is shrunk on the way.
        let limits = Limits {
            long_side: 32,
            ..Limits::default()
        };
        let done = prepare("p", &jpeg_exif(&stored, &block), &limits).unwrap();
        assert_eq!((done.picture.width, done.picture.height), (32, 16));
        let corner = pixels(&done).into_rgb8().get_pixel(3, 3).0;
        assert!(
            corner[0] > 200 && corner[2] < 60,
            "{orientation}: {corner:?}"
        );
    }
}

/// AVIF and HEIC turn and mirror by properties of their own; an orientation in
/// EXIF beside them must not turn them once more.
#[test]
fn turns_all_eight_orientations_of_avif_and_heic_upright() {
    let upright = quarters();
    for (kind, files) in [("avif", TURNED_AVIF), ("heic", TURNED_HEIC)] {
        for (orientation, bytes) in (1..).zip(files) {
            let done = prepared(bytes);
            assert_eq!((done.picture.width, done.picture.height), (48, 32));
            let image = pixels(&done).into_rgb8();
            for (x, y) in [(6, 6), (42, 6), (6, 26), (42, 26)] {
                let (got, wanted) = (image.get_pixel(x, y).0, upright.get_pixel(x, y).0);
                let near = got.iter().zip(wanted).all(|(a, b)| a.abs_diff(b) < 30);
                assert!(near, "{kind} {orientation} at {x},{y}: {got:?}");
            }
            let kept = images::master("p", bytes, &images::Caps::default()).unwrap();
            assert_eq!((kept.width, kept.height), (48, 32), "{kind} {orientation}");
        }
    }
}

#[test]
fn takes_the_first_frame_of_an_animation() {
    let frame = |rgb: [u8; 3]| RgbaImage::from_pixel(20, 16, Rgba([rgb[0], rgb[1], rgb[2], 255]));
    let gif = gif(&[frame([250, 0, 0]), frame([0, 250, 0]), frame([0, 0, 250])]);
    let done = prepared(&gif);
    assert_eq!(done.picture.done, [Done::FirstFrame]);
    assert_eq!(done.picture.mime, "image/gif");
    assert!(done.bytes.len() < gif.len());
    assert_eq!(pixels(&done).into_rgb8().get_pixel(5, 5).0, [250, 0, 0]);
    assert_eq!(prepared(&done.bytes).picture.done, []);

    let mut apng = Vec::new();
    let mut encoder = png::Encoder::new(&mut apng, 16, 16);
    encoder.set_color(png::ColorType::Rgb);
    encoder.set_animated(2, 0).unwrap();
    let mut writer = encoder.write_header().unwrap();
    for value in [200, 20] {
        writer.write_image_data(&[value; 768]).unwrap();
    }
    writer.finish().unwrap();
    let done = prepared(&apng);
    assert_eq!(done.picture.done, [Done::FirstFrame]);
    assert_eq!(pixels(&done).into_rgb8().get_pixel(1, 1).0, [200; 3]);
    assert_eq!(prepared(&done.bytes).picture.done, []);
}

#[test]
fn lays_what_is_too_narrow_or_too_thin_on_white() {
    let green = [20, 160, 40];
    let done = prepared(&png(flat(4, 300, green)));
    assert_eq!((done.picture.width, done.picture.height), (15, 300));
    let image = pixels(&done).into_rgb8();
    assert_eq!(image.get_pixel(0, 150).0, [255; 3]);
    assert_eq!(image.get_pixel(7, 150).0, green);
    let limits = Limits {
        ratio_max: 20,
        ..Limits::default()
    };
    let done = prepare("p", &png(flat(2000, 20, green)), &limits).unwrap();
    assert_eq!((done.picture.width, done.picture.height), (2000, 100));
    assert_eq!(pixels(&done).into_rgb8().get_pixel(1000, 50).0, green);
    let any = Limits {
        side_min: 1,
        ratio_max: 0,
        ..Limits::default()
    };
    let tiny = png(flat(1, 1, green));
    assert_eq!(prepare("p", &tiny, &any).unwrap().bytes, tiny);
}

#[test]
fn turning_a_photo_makes_it_no_larger() {
    let mut poor = Vec::new();
    let mut encoder = jpeg_encoder::Encoder::new(&mut poor, 40);
    encoder
        .add_app_segment(
            1,
            [b"Exif\0\0".as_slice(), &exif_block(6, true, false)].concat(),
        )
        .unwrap();
    let image = photo(300, 200);
    encoder
        .encode(image.as_raw(), 300, 200, jpeg_encoder::ColorType::Rgb)
        .unwrap();
    let done = prepared(&poor);
    assert_eq!((done.picture.width, done.picture.height), (200, 300));
    assert!(
        done.bytes.len() <= poor.len(),
        "{} of {}",
        done.bytes.len(),
        poor.len()
    );
}
