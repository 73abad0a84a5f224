//! `prepare`: what it refuses, and in which words.

use images::{Error, Limits, prepare};
use protocol::{ErrorCode, IpcError};

use crate::fixtures::*;
use crate::kinds::{AVIF_GIANT, AVIF_GRID};

fn code(name: &str, bytes: &[u8]) -> ErrorCode {
    IpcError::from(refusal(name, bytes)).code
}

#[test]
fn refuses_what_is_no_picture_whatever_its_name() {
    let program = [b"\x7fELF\x02\x01\x01".as_slice(), &[0; 64]].concat();
    for bytes in [
        b"hello, world".as_slice(),
        b"<html><img></html>",
        b"\0",
        &program,
    ] {
        assert_eq!(code("cat.png", bytes), ErrorCode::NotAPicture);
    }
    let error = IpcError::from(refusal("cat.png", b"hello"));
    assert_eq!(error.args["name"], "cat.png");
    assert!(error.message.contains("cat.png") && error.message.contains("not a picture"));
    assert_eq!(code("empty.png", b""), ErrorCode::EmptyFile);
}

#[test]
fn goes_by_the_bytes_where_the_name_lies() {
    let png = png(screenshot(40, 30));
    let done = prepare("holiday.jpg", &png, &Limits::default()).unwrap();
    assert_eq!(done.picture.mime, "image/png");
    assert_eq!(done.bytes, png);
    let jpeg = jpeg(&photo(40, 30));
    let done = prepare("notes.txt", &jpeg, &Limits::default()).unwrap();
    assert_eq!(done.picture.mime, "image/jpeg");
    assert_eq!(done.bytes, jpeg);
}

#[test]
fn a_magic_number_alone_makes_no_picture() {
    let starts: &[(&[u8], &str)] = &[
        (b"\xff\xd8\xff", "JPEG"),
        (b"\x89PNG\r\n\x1a\n", "PNG"),
        (b"GIF89a", "GIF"),
        (b"RIFF\x10\0\0\0WEBPVP8 ", "WebP"),
        (b"BM\0\0\0\0\0\0\0\0\x36\0\0\0\x28\0\0\0", "BMP"),
    ];
    for (start, format) in starts {
        for tail in [
            b"".as_slice(),
            b"<script>alert(1)</script>",
            &[0; 200],
            &[0xff; 200],
        ] {
            let bytes = [start, tail].concat();
            let error = IpcError::from(refusal("fake.jpg", &bytes));
            let known = [ErrorCode::BrokenPicture, ErrorCode::TooManyPixels];
            assert!(known.contains(&error.code), "{format} {tail:?}: {error:?}");
            if error.code == ErrorCode::BrokenPicture {
                assert_eq!(error.args["format"], *format);
            }
        }
    }
}

#[test]
fn names_a_kind_that_is_not_read_yet_and_what_to_do() {
    let kinds: &[(&[u8], &str)] = &[
        (b"AT&TFORM", "DjVu"),
        (b"\xff\x0a\xfa", "JPEG XL"),
        (b"8BPS\0\x01", "Photoshop"),
        (b"\0\0\0\x18ftypcrx \0\0\0\0crx isom", "Canon raw"),
        (b"P6 640 480 255", "PNM"),
    ];
    for (bytes, format) in kinds {
        let error = IpcError::from(refusal("IMG_0001", bytes));
        assert_eq!(error.code, ErrorCode::UnsupportedFormat);
        assert_eq!(error.args["format"], *format);
        let kind = format.ends_with(" raw").then_some("raw_of");
        assert_eq!(error.args.get("kind").map(String::as_str), kind);
        for part in ["IMG_0001", format, "attach"] {
            assert!(error.message.contains(part), "{}", error.message);
        }
    }
}

#[test]
fn refuses_a_file_that_was_cut_off() {
    let picture = photo(96, 96);
    let shot = rgba(&picture);
    let files = [
        ("JPEG", jpeg(&picture)),
        ("JPEG", jpeg_with(&picture, true, &[])),
        ("PNG", png(picture.clone())),
        ("WebP", webp(&shot)),
        ("WebP", LOSSY_WEBP.to_vec()),
        ("GIF", gif(&[shot])),
        ("BMP", bmp(picture.clone())),
        ("HEIC", heic(&picture)),
        ("AVIF", AVIF.to_vec()),
        ("TIFF", coded(picture, image::ImageFormat::Tiff)),
        ("SVG", svg()),
    ];
    for (format, bytes) in files {
        prepared(&bytes);
        for percent in [5, 30, 50, 80] {
            let cut = &bytes[..bytes.len() * percent / 100];
            let error = refusal("cut", cut);
            let wanted = Error::Broken {
                name: "cut".into(),
                format,
            };
            // The header itself may be gone.
            assert!(
                error == wanted || percent == 5,
                "{format} at {percent} %: {error:?}"
            );
        }
    }
}

/// 20,000 × 20,000 pixels of nothing, in about 100 KB.
fn bomb() -> Vec<u8> {
    use std::io::Write;
    let mut out = Vec::new();
    let mut encoder = png::Encoder::new(&mut out, 20_000, 20_000);
    encoder.set_color(png::ColorType::Grayscale);
    encoder.set_depth(png::BitDepth::Two);
    encoder.set_compression(png::Compression::High);
    let mut writer = encoder.write_header().unwrap();
    let mut stream = writer.stream_writer().unwrap();
    let row = [0; 5000];
    for _ in 0..20_000 {
        stream.write_all(&row).unwrap();
    }
    stream.finish().unwrap();
    drop(writer);
    out
}

#[test]
fn refuses_a_bomb_by_its_header_alone() {
    let bytes = bomb();
    assert!(bytes.len() < 200_000, "the bomb has {} bytes", bytes.len());
    // What follows the header is not needed for the refusal, so nothing of it was decoded.
    for bytes in [bytes.as_slice(), &bytes[..33]] {
        let error = IpcError::from(refusal("bomb.png", bytes));
        assert_eq!(error.code, ErrorCode::TooManyPixels);
        assert_eq!(error.args["width"], "20000");
        assert_eq!(error.args["height"], "20000");
        assert_eq!(error.args["limit"], "100000000");
        for part in ["bomb.png", "20000 × 20000", "400 megapixels", "100"] {
            assert!(error.message.contains(part), "{}", error.message);
        }
        assert_eq!(
            images::measure(bytes).map_err(|e| IpcError::from(e).code),
            Err(ErrorCode::TooManyPixels)
        );
    }
}

#[test]
fn refuses_too_many_pixels_in_every_format() {
    let mut jpeg = jpeg(&flat(16, 16, [9, 9, 9]));
    let frame = jpeg.windows(2).position(|w| w == [0xff, 0xc0]).unwrap();
    jpeg[frame + 5..frame + 9].fill(0xff);
    let one = image::RgbaImage::new(16, 16);
    let mut gif = gif(std::slice::from_ref(&one));
    gif[6..10].fill(0xff);
    // A frame may be larger than the picture it belongs to.
    let mut frame_bomb = crate::fixtures::gif(std::slice::from_ref(&one));
    let frame = frame_bomb
        .windows(5)
        .position(|w| w == [0x2c, 0, 0, 0, 0])
        .unwrap();
    frame_bomb[frame + 5..frame + 9].fill(0xff);
    let mut webp = webp_with(&one, 0, &[]);
    webp[24..30].fill(0xff);
    let mut bmp = bmp(flat(4, 4, [1, 2, 3]));
    bmp[18..26].copy_from_slice(&[0, 0, 1, 0, 0, 0, 0xff, 0xff]);
    for bytes in [jpeg, gif, frame_bomb, webp, bmp] {
        assert_eq!(
            code("bomb", &bytes),
            ErrorCode::TooManyPixels,
            "{:?}",
            &bytes[..4]
        );
    }
}

#[test]
fn what_a_few_bytes_may_ask_for_is_counted_first() {
    // Two kilobytes.
    let limits = Limits {
        pixels: 99_000_000,
        ..Limits::default()
    };
    let error = prepare("sky.avif", AVIF_GIANT, &limits).unwrap_err();
    assert_eq!(IpcError::from(error).code, ErrorCode::TooManyPixels);
    // A grid that says it has 255 times 255 tiles, more than fit into it.
    let mut grid = AVIF_GRID.to_vec();
    let wanted = [0, 0, 1, 2, 0, 192, 0, 128];
    let at = grid.windows(8).position(|part| part == wanted).unwrap();
    grid[at + 2..at + 4].copy_from_slice(&[254, 254]);
    assert_eq!(code("grid.avif", &grid), ErrorCode::BrokenPicture);
    // Fifty filters over a drawing of 81 megapixels.
    let filter = "<feGaussianBlur stdDeviation='400'/><feMorphology radius='90'/>".repeat(50);
    let drawing = format!(
        "<svg xmlns='http://www.w3.org/2000/svg' width='9000' height='9000'><filter id='f'>\
         {filter}</filter><rect width='9000' height='9000' filter='url(#f)'/></svg>"
    );
    let error = refusal("slow.svg", drawing.as_bytes());
    assert!(matches!(error, Error::TooSlow { .. }), "{error:?}");
}

#[test]
fn a_large_drawing_is_drawn_as_large_as_helps() {
    let large = "<svg xmlns='http://www.w3.org/2000/svg' width='9600' height='4800'>\
                 <rect width='9600' height='4800' fill='#2050a0'/></svg>";
    let kept = images::master("map.svg", large.as_bytes(), &images::Caps::default()).unwrap();
    assert!(kept.width.abs_diff(2 * kept.height) <= 1);
    assert!((5700..5900).contains(&kept.width), "{}", kept.width);
}

#[test]
fn says_when_nothing_fits() {
    let limits = Limits {
        out_bytes: 50,
        ..Limits::default()
    };
    let error = prepare("big.jpg", &jpeg(&photo(64, 64)), &limits).unwrap_err();
    assert_eq!(
        error,
        Error::CannotFit {
            name: "big.jpg".into(),
            limit: 50
        }
    );
    assert!(error.to_string().contains("50 bytes"), "{error}");
    let limits = Limits {
        file_bytes: 10,
        ..Limits::default()
    };
    let error = prepare("big.jpg", &jpeg(&photo(64, 64)), &limits).unwrap_err();
    assert_eq!(IpcError::from(error).code, ErrorCode::FileTooLarge);
}

#[test]
fn says_which_coding_of_jpeg_is_not_read() {
    let bytes = jpeg(&photo(40, 30));
    let at = bytes.windows(2).position(|w| w == [0xff, 0xc0]).unwrap();
    for (marker, depth, words) in [
        (0xc9, 8, "arithmetic"),
        (0xc3, 8, "lossless"),
        (0xc1, 12, "more than 8 bits"),
    ] {
        let mut bytes = bytes.clone();
        bytes[at + 1] = marker;
        bytes[at + 4] = depth;
        let error = IpcError::from(refusal("odd.jpg", &bytes));
        assert_eq!(error.code, ErrorCode::UnsupportedFormat);
        assert!(error.message.contains(words), "{}", error.message);
    }
    // Three samples of brightness across to two of a colour.
    let mut bytes = bytes;
    bytes[at + 11] = 0x31;
    bytes[at + 14] = 0x21;
    let error = IpcError::from(refusal("odd.jpg", &bytes));
    assert_eq!(error.code, ErrorCode::UnsupportedFormat);
    assert!(error.message.contains("sampling"), "{}", error.message);
}

#[test]
fn a_drawing_reaches_for_nothing_outside_and_never_hangs() {
    let start = std::time::Instant::now();
    let dir = tempfile::tempdir().unwrap();
    let secret = dir.path().join("secret.png");
    std::fs::write(&secret, png(flat(40, 40, [255, 0, 0]))).unwrap();
    let reaching = format!(
        r##"<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink"
        width="40" height="40"><script>alert(1)</script>
        <image width="40" height="40" xlink:href="{}"/></svg>"##,
        secret.display()
    );
    let done = prepared(reaching.as_bytes());
    assert!(pixels(&done).into_rgb8().pixels().all(|p| p.0 == [255; 3]));
    // Nested beyond any stack, and referring to itself.
    let deep = "<g>".repeat(100_000);
    let nested = format!(r#"<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9">{deep}"#);
    assert_eq!(
        code("deep.svg", nested.as_bytes()),
        ErrorCode::BrokenPicture
    );
    let mut laughs = String::from(
        r#"<svg xmlns="http://www.w3.org/2000/svg" width="900" height="900"><defs><rect id="a0" width="9" height="9"/>"#,
    );
    for n in 1..12 {
        let uses = format!(r##"<use href="#a{}"/>"##, n - 1).repeat(12);
        laughs.push_str(&format!(r#"<g id="a{n}">{uses}</g>"#));
    }
    laughs.push_str("</defs><use href=\"#a11\"/></svg>");
    let error = refusal("laughs.svg", laughs.as_bytes());
    assert!(error.to_string().contains("laughs.svg"), "{error}");
    let big = r#"<svg xmlns="http://www.w3.org/2000/svg" width="90000" height="90000"/>"#;
    assert!(
        prepare("big.svg", big.as_bytes(), &Limits::default()).is_ok(),
        "drawn smaller"
    );
    // Ends a test that hangs; the limit is five seconds for each file.
    assert!(start.elapsed().as_secs() < 60);
}
