//! `prepare`: nothing private leaves.

use std::io::Cursor;

use images::{Limits, prepare};
use protocol::Done;

use crate::fixtures::*;
use crate::kinds::{TURNED_AVIF, TURNED_HEIC, old_icon, pdf};

const XMP: &[u8] = b"<x:xmpmeta><rdf:Description exif:GPSLatitude=\"31,14N\"/></x:xmpmeta>";
const SECRETS: &[&[u8]] = &[
    b"Exif",
    b"GPS",
    b"xmpmeta",
    b"ns.adobe.com/xap",
    b"Photoshop 3.0",
    b"8BIM",
    b"Pinhole",
    b"secret",
    b"eXIf",
    b"tEXt",
    b"iTXt",
    b"EXIF",
    b"XMP ",
    b"ftypmp42",
];

/// Nothing that any reader takes for metadata, by an independent reader and by eye.
fn is_clean(bytes: &[u8]) {
    let read = exif::Reader::new().read_from_container(&mut Cursor::new(bytes));
    assert!(read.is_err(), "EXIF is still there");
    for secret in SECRETS {
        let found = bytes.windows(secret.len()).any(|window| window == *secret);
        assert!(!found, "{} is still there", String::from_utf8_lossy(secret));
    }
}

fn full_jpeg(orientation: u16, w: u32, h: u32) -> Vec<u8> {
    let xmp = [b"http://ns.adobe.com/xap/1.0/\0", XMP].concat();
    let exif = [b"Exif\0\0".as_slice(), &exif_block(orientation, true, true)].concat();
    let iptc = b"Photoshop 3.0\08BIM\x04\x04\0\0\0\0\0\x0bsecret town".to_vec();
    let segments = [
        (1, exif),
        (1, xmp),
        (13, iptc),
        (2, b"MPF\0secret".to_vec()),
    ];
    let mut bytes = jpeg_with(&photo(w, h), false, &segments);
    // A comment after the first segment, and a film after the picture, as phones do it.
    let comment = [b"\xff\xfe\0\x0esecret words".as_slice()].concat();
    bytes.splice(2..2, comment);
    bytes.extend_from_slice(b"\0\0\0\x18ftypmp42 secret film");
    bytes
}

#[test]
fn takes_everything_out_of_a_jpeg_and_leaves_its_pixels() {
    let bytes = full_jpeg(1, 90, 60);
    assert!(
        exif::Reader::new()
            .read_from_container(&mut Cursor::new(&bytes))
            .is_ok()
    );
    let done = prepared(&bytes);
    is_clean(&done.bytes);
    assert_eq!(
        done.picture.done,
        [Done::LocationRemoved, Done::MetadataRemoved]
    );
    // Not coded anew: the very file that had no metadata in the first place.
    assert!(done.bytes == jpeg(&photo(90, 60)));
}

#[test]
fn takes_everything_out_of_what_is_coded_anew() {
    for (orientation, w, h) in [(6, 90, 60), (1, 2100, 40), (8, 30, 2100)] {
        let done = prepared(&full_jpeg(orientation, w, h));
        is_clean(&done.bytes);
        let told = &done.picture.done;
        assert!(
            told.starts_with(&[Done::LocationRemoved, Done::MetadataRemoved]),
            "{told:?}"
        );
    }
}

#[test]
fn tells_a_place_from_other_metadata() {
    let told = |maker, place| {
        prepared(&jpeg_exif(&photo(40, 40), &exif_block(1, maker, place)))
            .picture
            .done
    };
    assert_eq!(
        told(true, true),
        [Done::LocationRemoved, Done::MetadataRemoved]
    );
    assert_eq!(told(true, false), [Done::MetadataRemoved]);
    assert_eq!(told(false, true), [Done::LocationRemoved]);
    assert_eq!(told(false, false), []);
    is_clean(&prepared(&jpeg_exif(&photo(40, 40), &exif_block(1, false, false))).bytes);
}

#[test]
fn takes_metadata_out_of_png_webp_and_gif() {
    let exif = exif_block(1, true, true);
    let xmp = [b"XML:com.adobe.xmp\0\0\0\0\0".as_slice(), XMP].concat();
    let plain = png(screenshot(50, 40));
    let mut in_png = png_with(
        &plain,
        &[
            (b"eXIf", &exif),
            (b"tEXt", b"Author\0secret"),
            (b"iTXt", &xmp),
            (b"prVt", b"secret"),
        ],
    );
    in_png.extend_from_slice(b"secret after the end");
    let shot = rgba(&screenshot(50, 40));
    let in_webp = webp_with(
        &shot,
        0x0c,
        &[(b"EXIF", &exif), (b"XMP ", XMP), (b"secr", b"secret")],
    );
    for bytes in [&in_png, &in_webp] {
        let done = prepared(bytes);
        is_clean(&done.bytes);
        assert_eq!(
            done.picture.done,
            [Done::LocationRemoved, Done::MetadataRemoved]
        );
        assert_eq!(pixels(&done).into_rgb8(), screenshot(50, 40));
        assert_eq!(
            prepared(&done.bytes).picture.done,
            [],
            "a clean copy is clean"
        );
        let coded_anew = Limits {
            long_side: 25,
            ..Limits::default()
        };
        is_clean(&prepare("p", bytes, &coded_anew).unwrap().bytes);
    }
    assert!(prepared(&in_png).bytes == plain);

    let mut in_gif = gif(&[shot]);
    let plain = prepared(&in_gif).bytes;
    let start = plain.windows(3).position(|w| w == [0x21, 0xf9, 4]).unwrap();
    in_gif.splice(start..start, b"\x21\xfe\x06secret\0".iter().copied());
    let done = prepared(&in_gif);
    is_clean(&done.bytes);
    assert_eq!(done.picture.done, [Done::MetadataRemoved]);
    assert_eq!(pixels(&done).into_rgb8(), screenshot(50, 40));
}

#[test]
fn a_colour_profile_is_no_metadata() {
    // One that cannot be read says nothing: it goes, and nobody needs to be told.
    let icc = [b"ICC_PROFILE\0\x01\x01".as_slice(), &[7; 40]].concat();
    let bytes = jpeg_with(&photo(40, 30), false, &[(2, icc)]);
    let done = prepared(&bytes);
    assert!(done.bytes == jpeg(&photo(40, 30)));
    assert_eq!(done.picture.done, []);
}

#[test]
fn takes_everything_out_of_what_has_to_be_decoded() {
    let exif = exif_block(1, true, true);
    let image = quarters();
    let metadata = heifer::Metadata {
        exif: Some(exif.clone()),
        xmp: Some(XMP.to_vec()),
        ..heifer::Metadata::default()
    };
    let heic = heifer::encode_with_metadata(
        &heifer::decode(&heic(&image)).unwrap(),
        &metadata,
        &heifer::EncodeOptions::default(),
    )
    .unwrap();
    let read = exif::Reader::new().read_from_container(&mut Cursor::new(&heic));
    assert!(read.is_ok(), "the fixture has EXIF");
    let done = prepared(&heic);
    is_clean(&done.bytes);
    assert_eq!(
        done.picture.done,
        [
            Done::LocationRemoved,
            Done::MetadataRemoved,
            Done::Reencoded
        ]
    );
    let tiff = tiff_with(
        &image,
        1,
        &[
            (270, 2, b"secret words\0"),
            (271, 2, b"Pinhole\0"),
            (700, 1, XMP),
            (33_723, 7, b"8BIM secret town"),
        ],
    );
    let read = exif::Reader::new().read_from_container(&mut Cursor::new(&tiff));
    assert!(read.is_ok(), "the fixture has EXIF");
    let done = prepared(&tiff);
    is_clean(&done.bytes);
    assert!(done.picture.done.contains(&Done::MetadataRemoved));
}

#[test]
fn takes_everything_out_of_avif_drawings_and_pages() {
    // The one that was turned carries EXIF.
    let heic = TURNED_HEIC[5];
    assert!(heic.windows(4).any(|part| part == b"Exif"));
    is_clean(&prepared(heic).bytes);
    let avif = TURNED_AVIF[5].to_vec();
    is_clean(&prepared(&avif).bytes);
    let drawing = b"<svg xmlns='http://www.w3.org/2000/svg' width='40' height='30'>\
        <metadata>secret Pinhole</metadata><!-- secret --><desc>secret</desc>\
        <rect width='40' height='30' fill='#123456'/></svg>";
    is_clean(&prepared(drawing).bytes);
    let told = String::from_utf8(pdf(&[[9, 99, 200]])).unwrap();
    let told = told.replace("/Root 1 0 R", "/Root 1 0 R/Info<</Author(secret Pinhole)>>");
    assert!(told.contains("Pinhole"));
    is_clean(&prepared(told.as_bytes()).bytes);
    for bytes in [bmp(photo(30, 20)), old_icon()] {
        is_clean(&prepared(&bytes).bytes);
    }
}

#[test]
fn what_is_kept_is_clean_too() {
    for (orientation, side) in [(1, false), (6, true)] {
        let bytes = full_jpeg(orientation, 90, 60);
        let kept = images::master("p", &bytes, &images::Caps::default()).unwrap();
        for secret in SECRETS.iter().filter(|secret| **secret != b"Exif") {
            let found = kept.bytes.windows(secret.len()).any(|part| part == *secret);
            assert!(!found, "{} is still there", String::from_utf8_lossy(secret));
        }
        // At most one tag is left, which says how the picture lies.
        let read = exif::Reader::new().read_from_container(&mut Cursor::new(&kept.bytes));
        assert_eq!(read.is_ok(), side);
        if let Ok(read) = read {
            let tags: Vec<_> = read.fields().map(|field| field.tag).collect();
            assert_eq!(tags, [exif::Tag::Orientation]);
        }
    }
}

#[test]
fn cuts_off_what_follows_the_picture() {
    let shot = rgba(&screenshot(30, 20));
    let files = [
        jpeg(&photo(30, 20)),
        png(screenshot(30, 20)),
        webp(&shot),
        gif(&[shot]),
    ];
    for plain in files {
        let done = prepared(&[plain.as_slice(), b"\0\0\0\x18ftypmp42 secret film"].concat());
        assert!(done.bytes == plain, "{:?}", done.picture);
        assert_eq!(done.picture.done, [Done::MetadataRemoved]);
    }
}
