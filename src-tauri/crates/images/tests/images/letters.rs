//! Drawings that are packed, and drawings in other letters than UTF-8.

use std::io::Write;

use encoding_rs::Encoding;
use flate2::{Compression, write::GzEncoder};
use images::{Error, Limits, Prepared, prepare};

use crate::fixtures::pixels;

/// A drawing that is red where the name of its colour is read as it was written: once
/// it stands there in letters, and once in numbers.
fn svg(declared: &str, name: &str) -> String {
    let numbers: String = name.chars().map(|c| format!("&#{};", c as u32)).collect();
    format!(
        "<?xml version=\"1.0\" encoding='{declared}'?>\n\
         <svg xmlns='http://www.w3.org/2000/svg' width='60' height='60'>\
         <linearGradient id='{numbers}'><stop stop-color='#f00'/></linearGradient>\
         <rect width='60' height='60' fill='url(#{name}) #00f'/></svg>"
    )
}

fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut packed = GzEncoder::new(Vec::new(), Compression::best());
    packed.write_all(bytes).unwrap();
    packed.finish().unwrap()
}

fn drawn(name: &str, bytes: &[u8]) -> Result<Prepared, Error> {
    prepare(name, bytes, &Limits::default())
}

/// Is its name read as it was written?
fn is_read(name: &str, bytes: &[u8]) -> bool {
    let made = drawn(name, bytes).unwrap();
    match pixels(&made).into_rgb8().get_pixel(30, 30).0 {
        [200..=255, _, 0..=50] => true,
        [0..=50, _, 200..=255] => false,
        other => panic!("{other:?}"),
    }
}

#[test]
fn a_drawing_is_read_in_the_letters_that_it_names() {
    for (label, name) in [
        ("GBK", "图表联通"),
        ("gb2312", "图表"),
        ("GB18030", "图表"),
        ("Big5", "圖表"),
        ("Shift_JIS", "図表"),
        ("EUC-JP", "図表"),
        ("EUC-KR", "그림"),
        ("ISO-8859-1", "Größe"),
        ("latin1", "é"),
        ("windows-1252", "Größe€"),
        ("KOI8-R", "рисунок"),
    ] {
        let letters = Encoding::for_label(label.as_bytes()).unwrap();
        let whole = svg(label, name);
        let (bytes, _, lost) = letters.encode(&whole);
        assert!(!lost && std::str::from_utf8(&bytes).is_err(), "{label}");
        assert!(is_read("a.svg", &bytes), "{label}");
        assert!(is_read("a.svgz", &gzip(&bytes)), "{label}, packed");
    }
}

#[test]
fn a_name_that_is_wrong_loses_nothing() {
    // Left there by a program that writes UTF-8; unknown; of two bytes a letter; none.
    for label in ["ISO-8859-1", "windows-1252", "utf8", "UTF-16", "beans", ""] {
        assert!(
            is_read("a.svg", svg(label, "Größe图表").as_bytes()),
            "{label}"
        );
    }
    let marked = [b"\xef\xbb\xbf", svg("UTF-8", "é").as_bytes()].concat();
    assert!(is_read("a.svg", &marked));
    // Letters that stand in no such encoding.
    for label in ["GBK", "UTF-8"] {
        let broken = svg(label, "x").into_bytes();
        let broken: Vec<u8> = broken
            .iter()
            .map(|b| if *b == b'x' { 0xff } else { *b })
            .collect();
        assert!(matches!(
            drawn("a.svg", &broken),
            Err(Error::NotAPicture { .. } | Error::Broken { .. })
        ));
    }
}

#[test]
fn a_packed_drawing_is_unpacked() {
    let plain = svg("UTF-8", "Größe");
    let packed = gzip(plain.as_bytes());
    for name in ["a.svgz", "A.SVGZ", "a.svg"] {
        let made = drawn(name, &packed).unwrap();
        let wanted = drawn("a.svg", plain.as_bytes()).unwrap();
        assert_eq!(pixels(&made), pixels(&wanted), "{name}");
        assert_eq!(made.picture.original_bytes as usize, packed.len());
    }
}

#[test]
fn what_is_packed_is_bounded_and_told_apart() {
    // 40 MB of blanks in 40 KB.
    let mut bomb = svg("UTF-8", "").into_bytes();
    bomb.resize(40_000_000, b' ');
    let packed = gzip(&bomb);
    assert!(packed.len() < 100_000);
    let limit = 16 << 20;
    for (bytes, name) in [(&packed, "a.svgz"), (&bomb, "a.svg")] {
        let error = drawn(name, bytes).unwrap_err();
        let wanted = Error::TooLarge {
            name: name.into(),
            bytes: 40_000_000,
            limit,
        };
        assert_eq!(error, wanted);
    }
    let mut lying = packed.clone();
    let end = lying.len() - 4;
    lying[end..].fill(0);
    let error = drawn("a.svgz", &lying).unwrap_err();
    assert!(matches!(error, Error::TooLarge { bytes, .. } if bytes == limit + 1));

    let tar = gzip(b"no drawing at all");
    let error = drawn("a.svgz", &tar).unwrap_err().to_string();
    assert!(error.contains("is an archive"), "{error}");
    let nested = gzip(&gzip(svg("UTF-8", "").as_bytes()));
    assert!(matches!(drawn("a.svgz", &nested), Err(Error::Other { .. })));
    let whole = gzip(svg("UTF-8", "a").as_bytes());
    for cut in [2, 12, whole.len() - 9] {
        let error = drawn("a.svgz", &whole[..cut]).unwrap_err();
        assert!(matches!(error, Error::Broken { .. }), "{cut}: {error}");
    }
}
