//! Thousands of damaged files: no panic of ours, and what is taken is good.

use std::sync::{Mutex, Once};

use images::{Caps, Limits, Mime, master, prepare};
use protocol::Done;

use crate::damage::{Came, check, damaged};
use crate::fixtures::*;
use crate::kinds::seeds;

static OURS: Mutex<Vec<String>> = Mutex::new(Vec::new());

/// `prepare` outlives a decoder that panics; a panic of its own would be hidden
/// with it, so each is noted by the file it comes from.
fn watch() {
    static ONCE: Once = Once::new();
    ONCE.call_once(|| {
        let before = std::panic::take_hook();
        std::panic::set_hook(Box::new(move |info| {
            let file = info.location().map_or("", |at| at.file());
            if file.contains("crates/images/src") {
                OURS.lock().unwrap().push(info.to_string());
            }
            // The decoders' own are caught, and not worth a line each.
            if !file.contains("registry") {
                before(info);
            }
        }));
    });
}

#[test]
fn damaged_files_never_panic_and_never_get_out_of_bounds() {
    watch();
    let seeds = seeds();
    let mut noise = Noise(0x5eed);
    for turn in 0..6000 {
        let (kind, whole) = &seeds[noise.below(seeds.len())];
        let bytes = damaged(whole, &mut noise);
        if let Err(fault) = check(&bytes, turn) {
            panic!("{kind}, turn {turn}: {fault}");
        }
    }
    let ours = OURS.lock().unwrap();
    assert!(ours.is_empty(), "{:?}", *ours);
}

#[test]
fn every_seed_is_taken_whole() {
    for (kind, bytes) in seeds() {
        assert_eq!(check(&bytes, 1), Ok(Came::Taken), "{kind}");
    }
}

/// A TIFF file of the quarters with another value of a tag, which is in its entry.
fn tiff_but(tag: u16, value: u32) -> Vec<u8> {
    let mut bytes = tiff_with(&quarters(), 1, &[]);
    let entry = [tag.to_le_bytes(), 4_u16.to_le_bytes()].concat();
    let at = bytes
        .windows(4)
        .rposition(|window| window == entry)
        .unwrap();
    bytes[at + 8..at + 12].copy_from_slice(&value.to_le_bytes());
    bytes
}

#[test]
fn a_tiff_that_lies_of_its_strips_is_refused_in_words() {
    let (at, length, rows) = (273, 279, 278);
    for (tag, value) in [(at, 1 << 30), (at, 4000), (length, 17), (rows, 1)] {
        let error = protocol::IpcError::from(refusal("p.tif", &tiff_but(tag, value)));
        assert_eq!(
            error.code,
            protocol::ErrorCode::BrokenPicture,
            "{tag}: {value}"
        );
        assert!(
            error.message.contains("damaged or cut off"),
            "{}",
            error.message
        );
    }
    // No length said, and more rows than there are, as some writers have it.
    for (tag, value) in [(length, 0), (rows, u32::MAX), (rows, 0)] {
        let done = prepared(&tiff_but(tag, value));
        assert_eq!(done.picture.height, 32, "{tag}: {value}");
    }
}

#[test]
fn a_tiff_whose_pages_go_in_a_circle_has_those_it_has() {
    let mut bytes = tiff_with(&quarters(), 1, &[]);
    let first = u32::from_le_bytes(bytes[4..8].try_into().unwrap()) as usize;
    let count = usize::from(u16::from_le_bytes(
        bytes[first..first + 2].try_into().unwrap(),
    ));
    let next = first + 2 + count * 12;
    bytes[next..next + 4].copy_from_slice(&(first as u32).to_le_bytes());
    assert!(!prepared(&bytes).picture.done.contains(&Done::FirstFrame));
}

#[test]
fn a_tile_larger_than_any_picture_is_refused() {
    let side = |side: u32| side.to_le_bytes();
    let tiles = [
        (322, 4, &side(60_000)[..]),
        (323, 4, &side(60_000)),
        (324, 4, &side(8)),
    ];
    let bytes = tiff_with(&quarters(), 1, &tiles);
    let error = protocol::IpcError::from(refusal("p.tif", &bytes));
    assert_eq!(error.code, protocol::ErrorCode::BrokenPicture);
}

#[test]
fn differences_that_a_coding_cannot_have_are_passed_over() {
    let said = tiff_with(&quarters(), 1, &[(317, 3, &[2, 0])]);
    let limits = Limits {
        mimes: vec![Mime::Png],
        ..Limits::default()
    };
    let got = pixels(&prepare("p.tif", &said, &limits).unwrap()).into_rgb8();
    assert_eq!(got, quarters());
}

#[test]
fn a_transparent_png_that_lacks_rows_is_refused_whatever_is_made_of_it() {
    let mut image = rgba(&photo(64, 64));
    image.put_pixel(0, 0, image::Rgba([9, 9, 9, 0]));
    let whole = png(image);
    assert!(prepared(&whole).picture.done.contains(&Done::Flattened));
    let at = whole.windows(4).position(|part| part == b"IDAT").unwrap();
    let data = &whole[at + 4..whole.len() - 16];
    let cut = [
        &whole[..at - 4],
        &png_chunk(b"IDAT", &data[..data.len() / 2]),
        &png_chunk(b"IEND", &[]),
    ]
    .concat();
    assert!(prepare("p.png", &cut, &Limits::default()).is_err());
    assert!(master("p.png", &cut, &Caps::default()).is_err());
}
