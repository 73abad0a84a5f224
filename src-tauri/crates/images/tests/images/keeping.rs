//! Masters, parts, marks and thumbnails.

use image::{DynamicImage, GenericImageView, RgbaImage};
use images::{
    Caps, Limits, Mark, Mime, Rect, crop, is_long, mark, master, rendition, thumbnail, tiles,
};
use protocol::{Done, ErrorCode, IpcError};

use crate::fixtures::*;

fn decoded(bytes: &[u8]) -> DynamicImage {
    image::load_from_memory(bytes).unwrap()
}

#[test]
fn a_master_keeps_the_coded_pixels() {
    let caps = Caps::default();
    let plain = jpeg(&photo(3000, 100));
    let told = jpeg_exif(&photo(3000, 100), &exif_block(1, true, true));
    let kept = master("p", &told, &caps).unwrap();
    assert!(kept.bytes == plain);
    assert_eq!(
        (kept.width, kept.height, kept.mime),
        (3000, 100, Mime::Jpeg)
    );
    assert_eq!(kept.done, [Done::LocationRemoved, Done::MetadataRemoved]);
    assert_eq!(kept.original_bytes, told.len() as u64);
    // A rendition of the master is what comes of the file itself.
    let limits = Limits::default();
    let direct = prepared(&told);
    let made = rendition("picture", &kept.bytes, &limits).unwrap();
    assert!(made.bytes == direct.bytes);
}

#[test]
fn a_master_that_lies_on_its_side_still_shows_upright() {
    let told = jpeg_exif(&photo(90, 60), &exif_block(6, true, true));
    let kept = master("p", &told, &Caps::default()).unwrap();
    assert_eq!((kept.width, kept.height), (60, 90));
    let made = rendition("p", &kept.bytes, &Limits::default()).unwrap();
    assert!(made.bytes == prepared(&told).bytes);
    assert_eq!(made.picture.done, [Done::Oriented, Done::Reencoded]);
}

#[test]
fn a_master_of_what_no_page_shows_is_one_that_it_does() {
    for (bytes, mime) in [
        (heic(&quarters()), Mime::Jpeg),
        (AVIF_ALPHA.to_vec(), Mime::Png),
        (svg(), Mime::Png),
        (coded(quarters(), image::ImageFormat::Tiff), Mime::Png),
        (ANIMATED_WEBP.to_vec(), Mime::Png),
    ] {
        let kept = master("p", &bytes, &Caps::default()).unwrap();
        assert_eq!(kept.mime, mime);
        assert_eq!(decoded(&kept.bytes).dimensions(), (48, 32));
    }
}

#[test]
fn a_long_screenshot_comes_in_parts_that_show_all_of_it() {
    let shot = screenshot(400, 9000);
    let limits = Limits::default();
    assert!(is_long(400, 9000, &limits) && !is_long(400, 1300, &limits));
    assert!(!is_long(4000, 3000, &limits));
    let parts = tiles("shot", &png(shot.clone()), &limits).unwrap();
    assert!(parts.len() >= 5, "{}", parts.len());
    let mut end = 0;
    for part in &parts {
        let Rect {
            x,
            y,
            width,
            height,
        } = part.place;
        assert!(x == 0 && width == 400 && y <= end && y + height > end);
        end = y + height;
        // Not shrunk, not blurred.
        let image = decoded(&part.prepared.bytes).into_rgb8();
        assert_eq!(image.dimensions(), (400, height));
        assert_eq!(part.prepared.picture.mime, "image/png");
        assert_eq!(image.get_pixel(20, 7), shot.get_pixel(20, y + 7));
        assert!(height <= limits.long_side);
    }
    assert_eq!(end, 9000);
    assert_eq!(
        tiles("p", &png(screenshot(90, 60)), &limits).unwrap().len(),
        1
    );
}

#[test]
fn cuts_out_what_is_asked_for_upright() {
    let image = quarters();
    let caps = Caps::default();
    let part = crop("p", &png(image.clone()), Rect::new(20, 10, 100, 12), &caps).unwrap();
    assert_eq!((part.width, part.height), (28, 12));
    let cut = decoded(&part.bytes).into_rgb8();
    assert_eq!(cut.get_pixel(0, 0), image.get_pixel(20, 10));
    for rect in [
        Rect::new(0, 0, 0, 5),
        Rect::new(48, 0, 5, 5),
        Rect::new(u32::MAX, u32::MAX, u32::MAX, u32::MAX),
    ] {
        let error = crop("p", &png(image.clone()), rect, &caps).unwrap_err();
        assert_eq!(IpcError::from(error).code, ErrorCode::Parameter);
    }
    // In the upright picture, however the file lies.
    let lying = jpeg_exif(&image, &exif_block(6, false, false));
    let part = crop("p", &lying, Rect::new(0, 0, 8, 8), &caps).unwrap();
    let [r, _, b] = decoded(&part.bytes).into_rgb8().get_pixel(4, 4).0;
    assert!(b > 150 && r < 90, "the lower left corner comes to the top");
}

#[test]
fn marks_are_drawn_and_what_is_hidden_is_gone() {
    let bytes = png(screenshot(200, 100));
    let before = bytes.clone();
    let red = [230, 20, 30];
    let marks = [
        Mark::Box {
            rect: Rect::new(10, 20, 50, 40),
            thickness: 3.0,
            colour: red,
        },
        Mark::Arrow {
            from: (190.0, 90.0),
            to: (100.0, 50.0),
            thickness: 4.0,
            colour: red,
        },
        Mark::Pixelate {
            rect: Rect::new(70, 60, 20, 30),
        },
        Mark::Blur {
            rect: Rect::new(120, 14, 70, 30),
        },
        Mark::Blur {
            rect: Rect::new(5000, 14, 70, 30),
        },
        Mark::Arrow {
            from: (f32::NAN, 0.0),
            to: (9.0, f32::INFINITY),
            thickness: 1e30,
            colour: red,
        },
    ];
    let made = mark("p", &bytes, &marks, &Caps::default()).unwrap();
    assert_eq!(bytes, before);
    let image = decoded(&made.bytes).into_rgb8();
    assert_eq!(image.get_pixel(11, 30).0, red);
    assert_eq!(image.get_pixel(58, 58).0, red);
    assert_eq!(image.get_pixel(145, 70).0, red);
    assert_eq!(
        image.get_pixel(30, 40),
        screenshot(200, 100).get_pixel(30, 40)
    );
    for (x, y) in (72..88).flat_map(|x| (62..88).map(move |y| (x, y))) {
        let [r, ..] = image.get_pixel(x, y).0;
        assert!((90..250).contains(&r), "{x},{y} can be read: {r}");
    }
    // One picture of hidden letters is as good as another: few colours are left.
    let hidden = image.view(70, 60, 20, 30).to_image();
    let colours: std::collections::HashSet<_> = hidden.pixels().collect();
    assert!(colours.len() <= 64, "{}", colours.len());
}

#[test]
fn a_thumbnail_is_small_and_upright() {
    let caps = Caps::default();
    let told = jpeg_exif(&photo(900, 600), &exif_block(6, true, true));
    let small = thumbnail("p", &told, 96, &caps).unwrap();
    assert_eq!((small.width, small.height), (64, 96));
    assert_eq!((small.original_width, small.original_height), (600, 900));
    assert_eq!(decoded(&small.bytes).dimensions(), (64, 96));
    let clear = RgbaImage::new(300, 200);
    let small = thumbnail("p", &png(clear), 96, &caps).unwrap();
    assert_eq!(small.mime, Mime::Jpeg);
    assert_eq!(
        decoded(&small.bytes).into_rgb8().get_pixel(9, 9).0,
        [255; 3]
    );
    let small = thumbnail("p", &png(screenshot(40, 30)), 96, &caps).unwrap();
    assert_eq!((small.width, small.height), (40, 30));
}
