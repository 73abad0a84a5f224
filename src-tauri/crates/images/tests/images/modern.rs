//! Files that are cut, glued, sampled or described as programs do now and then.

use image::RgbImage;
use images::{Caps, Limits, page, prepare};
use protocol::{Done, ErrorCode, IpcError};

use crate::fixtures::*;
use crate::kinds::pdf_of;

/// Mean difference of a channel from what was coded.
fn off(bytes: &[u8], image: &RgbImage) -> f32 {
    let sent = pixels(&prepared(bytes)).into_rgb8();
    assert_eq!(sent.dimensions(), image.dimensions());
    let sum: u32 = sent
        .iter()
        .zip(image.iter())
        .map(|(a, b)| u32::from(a.abs_diff(*b)))
        .sum();
    sum as f32 / sent.len() as f32
}

fn coded(image: &RgbImage, how: impl Fn(&mut jpeg_encoder::Encoder<&mut Vec<u8>>)) -> Vec<u8> {
    let mut bytes = Vec::new();
    let mut encoder = jpeg_encoder::Encoder::new(&mut bytes, 90);
    how(&mut encoder);
    let (width, height) = (image.width() as u16, image.height() as u16);
    let kind = jpeg_encoder::ColorType::Rgb;
    encoder.encode(image.as_raw(), width, height, kind).unwrap();
    bytes
}

/// One of each way to write one.
fn ways(image: &RgbImage) -> [Vec<u8>; 4] {
    [
        coded(image, |_| {}),
        coded(image, |encoder| encoder.set_progressive(true)),
        coded(image, |encoder| encoder.set_restart_interval(7)),
        coded(image, |encoder| {
            encoder.set_sampling_factor(jpeg_encoder::SamplingFactor::R_4_1_1);
        }),
    ]
}

#[test]
fn a_jpeg_without_its_end_is_whole_if_its_pixels_are() {
    let image = photo(300, 200);
    for (n, whole) in ways(&image).iter().enumerate() {
        let right = off(whole, &image);
        let open = &whole[..whole.len() - 2];
        // Nothing, half of the mark, what a disk leaves in its last block.
        for rest in [b"".as_slice(), b"\xff", &[0; 900]] {
            let bytes = [open, rest].concat();
            let off = off(&bytes, &image);
            assert!((off - right).abs() < 1.5, "{n}: {off} for {right}");
            let kept = images::master("p", &bytes, &Caps::default()).unwrap();
            assert!(prepare("p", &kept.bytes, &Limits::default()).is_ok());
        }
        for more in [b"\0\0\0".as_slice(), b"<html>gone</html>", whole] {
            let off = off(&[whole.as_slice(), more].concat(), &image);
            assert!((off - right).abs() < 0.01, "{n}: {off}");
        }
    }
}

#[test]
fn a_part_of_a_jpeg_is_not_a_whole_one_whatever_its_end() {
    let image = photo(300, 200);
    for (n, whole) in ways(&image).iter().enumerate() {
        for tenths in [3, 5, 7, 9] {
            let part = &whole[..whole.len() * tenths / 10];
            for end in [b"".as_slice(), b"\xff\xd9", b"\0\0\0\0\xff\xd9"] {
                let bytes = [part, end].concat();
                let code = IpcError::from(refusal("p.jpg", &bytes)).code;
                assert_eq!(code, ErrorCode::BrokenPicture, "{n}: {tenths}, {end:?}");
                assert!(images::master("p", &bytes, &Caps::default()).is_err());
            }
        }
        // A bad byte in the middle is a small fault.
        let mut bytes = whole.clone();
        let middle = bytes.len() * 2 / 3;
        bytes[middle] ^= 0x10;
        if bytes[middle] != 0xff && bytes[middle - 1] != 0xff && n == 2 {
            assert!(off(&bytes, &image) < 20.0);
        }
    }
}

#[test]
fn a_progressive_jpeg_cut_between_its_scans_is_a_coarser_picture() {
    let image = photo(300, 200);
    let whole = coded(&image, |encoder| encoder.set_progressive_scans(8));
    let scans: Vec<usize> = (0..whole.len() - 1)
        .filter(|at| whole[*at..].starts_with(&[0xff, 0xda]))
        .collect();
    assert!(scans.len() > 3);
    let cut = &whole[..scans[scans.len() - 2]];
    let is_told = |bytes: &[u8]| {
        let made = images::prepare("a.jpg", bytes, &Limits::default()).unwrap();
        made.picture.done.contains(&Done::CutOff)
    };
    for end in [b"".as_slice(), b"\xff\xd9"] {
        let cut = [cut, end].concat();
        assert!(off(&cut, &image) < 30.0);
        assert!(is_told(&cut), "{} bytes", cut.len());
    }
    // What lacks nothing but its end is as it was.
    assert!(!is_told(&whole) && !is_told(&whole[..whole.len() - 2]));
    assert!(!is_told(
        &coded(&image, |encoder| encoder.set_progressive(false))
    ));
}

#[test]
fn a_form_is_drawn_with_its_values() {
    let form = |fields: &[&str]| {
        let annotations: Vec<String> = (0..fields.len())
            .map(|n| format!("{} 0 R", 5 + n))
            .collect();
        let annotations = annotations.join(" ");
        let mut out = format!(
            "%PDF-1.7\n1 0 obj<</Type/Catalog/Pages 2 0 R/AcroForm<</Fields[{annotations}]\
             /NeedAppearances true/DA(/Helv 0 Tf 0 g)>>>>endobj\n\
             2 0 obj<</Type/Pages/Kids[3 0 R]/Count 1>>endobj\n\
             3 0 obj<</Type/Page/Parent 2 0 R/MediaBox[0 0 144 72]/Annots[{annotations}]>>endobj\n"
        );
        for (n, field) in fields.iter().enumerate() {
            out += &format!(
                "{} 0 obj<</Type/Annot/Subtype/Widget{field}>>endobj\n",
                5 + n
            );
        }
        out += "trailer<</Root 1 0 R>>\nstartxref\n0\n%%EOF\n";
        out.into_bytes()
    };
    let ink = |fields: &[&str]| {
        let png = page("p", &form(fields), 1, &Caps::default()).unwrap();
        let image = image::load_from_memory(&png).unwrap().into_luma8();
        let dark = |(x, y, p): (u32, u32, &image::Luma<u8>)| (p.0[0] < 110).then_some((x, y));
        image
            .enumerate_pixels()
            .filter_map(dark)
            .collect::<Vec<_>>()
    };
    let rect = "/Rect[10 20 134 60]";
    for field in [
        "/FT/Tx/V(Wilhelmine)/DA(/F 14 Tf 0 g)",
        "/FT/Tx/V(Wilhelmine)",
        "/FT/Tx/V<FEFF00570069006C00680065006C006D>",
        "/FT/Tx/Ff 4096/V(Two lines\\nof words that are so long that they do not fit)",
        "/FT/Tx/Ff 16777216/MaxLen 8/V(12345678)",
        "/FT/Ch/Ff 131072/V(Berlin)/Opt[(Bonn)(Berlin)]",
        "/FT/Ch/V(b)/Opt[[(a)(Bonn)][(b)(Berlin)]]",
        "/FT/Btn/V/Yes/AS/Yes",
        "/FT/Btn/Ff 32768/V/Yes",
    ] {
        let dark = ink(&[&format!("{field}{rect}")]);
        assert!(dark.len() > 60, "{field}: {}", dark.len());
        // Within the field, at 200 dots an inch.
        let within = |(x, y): &(u32, u32)| (27..374).contains(x) && (32..146).contains(y);
        assert!(dark.iter().all(within), "{field}");
    }
    for field in [
        "/FT/Tx/V()",
        "/FT/Tx",
        "/FT/Btn/V/Off/AS/Off",
        "/FT/Btn/Ff 65536",
        "/FT/Tx/V(hidden)/F 2",
    ] {
        assert_eq!(ink(&[&format!("{field}{rect}")]), [], "{field}");
    }
    // What stands to the right ends there.
    let right = ink(&[&format!("/FT/Tx/Q 2/V(x1)/DA(/F 12 Tf 0 g){rect}")]);
    assert!(right.iter().all(|(x, _)| *x > 300));
}

#[test]
fn a_pdf_with_more_behind_its_end_is_read_and_one_that_is_cut_off_is_not() {
    let whole = pdf_of(&[("", b"1 0 0 rg 0 0 144 72 re f")], &[]);
    let red = |bytes: &[u8]| {
        let png = page("p", bytes, 1, &Caps::default()).unwrap();
        let image = image::load_from_memory(&png).unwrap().into_rgb8();
        image.get_pixel(5, 5).0 == [255, 0, 0]
    };
    for rest in [
        vec![0; 100_000],
        b"<html>object var obj</html>".repeat(3000),
        vec![0x30; 60_000],
    ] {
        assert!(red(&[whole.as_slice(), &rest].concat()));
    }
    assert!(red(&[b"\r\nX-Mail: 1\r\n\r\n".as_slice(), &whole].concat()));
    // Made for the web, such a file has the mark also near its beginning.
    let early = [b"%PDF-1.7\nstartxref\n0\n%%EOF\n".as_slice(), &whole[9..]].concat();
    let cut = &early[..early.len() / 2];
    assert!(page("p", cut, 1, &Caps::default()).is_err());
}

#[test]
fn an_animation_says_that_it_is_one() {
    let bytes = include_bytes!("reports/heic_sequence_only.heics");
    let done = prepared(bytes);
    assert!(done.picture.done.contains(&Done::FirstFrame));
    assert_eq!((done.picture.width, done.picture.height), (96, 64));
}
