//! Thousands of damaged files: no panic of ours, and what is taken is good.

use std::sync::{Mutex, Once};

use images::{Caps, Limits, Mime, master, prepare};
use protocol::Done;

use crate::damage::{Came, check, damaged};
use crate::fixtures::*;
use crate::kinds::{TIFFS, seeds};

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

/// The quarters with other first values of some tags, and with bytes at the end where
/// their strip is then.
fn tiff_coded(tags: &[(u16, u32)], strip: &[u8]) -> Vec<u8> {
    tiff_changed(tiff_with(&quarters(), 1, &[]), tags, strip)
}

fn tiff_changed(mut bytes: Vec<u8>, tags: &[(u16, u32)], strip: &[u8]) -> Vec<u8> {
    let end = bytes.len() as u32;
    let first = u32::from_le_bytes(bytes[4..8].try_into().unwrap()) as usize;
    let count = u16::from_le_bytes(bytes[first..first + 2].try_into().unwrap());
    let moved = [(273, end), (279, strip.len() as u32)];
    let moved = moved.iter().filter(|_| !strip.is_empty());
    for (tag, value) in tags.iter().chain(moved) {
        let entry = (0..usize::from(count))
            .map(|n| first + 2 + n * 12)
            .find(|at| bytes[*at..at + 2] == tag.to_le_bytes());
        let at = entry.unwrap() + 8;
        bytes[at..at + 4].copy_from_slice(&value.to_le_bytes());
    }
    bytes.extend(strip);
    bytes
}

/// A stream of xz whose blocks have a dictionary and bytes each, as they are.
fn xz(blocks: &[(u8, &[u8])]) -> Vec<u8> {
    let mut out = b"\xfd7zXZ\0\0\0".to_vec();
    out.extend(crc(&[0, 0]).to_le_bytes());
    for (dictionary, data) in blocks {
        let head = [2, 0, 0x21, 1, *dictionary, 0, 0, 0];
        out.extend(head);
        out.extend(crc(&head).to_le_bytes());
        out.push(1);
        out.extend((data.len() as u16 - 1).to_be_bytes());
        out.extend(*data);
        out.push(0);
        out.resize(out.len().next_multiple_of(4), 0);
    }
    out.extend([0; 8]);
    out
}

#[test]
fn no_block_of_xz_gets_more_than_64_mb() {
    let image = quarters();
    let (start, rest) = image.as_raw().split_at(100);
    let whole = xz(&[(28, image.as_raw())]);
    let parts = image.as_raw().chunks(image.as_raw().len() / 9);
    let nine: Vec<(u8, &[u8])> = parts.map(|part| (0, part)).collect();
    let streams = [xz(&[(0, start)]), xz(&[(40, rest)])].concat();
    let cases = [
        ("one block", whole.clone(), true),
        ("two blocks", xz(&[(0, start), (28, rest)]), true),
        ("nine blocks", xz(&nine), false),
        ("a strip that goes on", [&whole[..], &[7; 9]].concat(), true),
        ("4 GB", xz(&[(40, image.as_raw())]), false),
        (
            "4 GB in the second block",
            xz(&[(0, start), (40, rest)]),
            false,
        ),
        ("4 GB in the second stream", streams, false),
        ("cut off", whole[..200].to_vec(), false),
    ];
    for (name, strip, taken) in cases {
        let bytes = tiff_coded(&[(259, 34_925)], &strip);
        let done = prepare("p.tif", &bytes, &Limits::default());
        assert_eq!(done.is_ok(), taken, "{name}");
    }
}

#[test]
fn a_jpeg_2000_of_other_samples_than_its_page_is_refused() {
    let (_, bytes) = TIFFS.iter().find(|(name, _)| *name == "jpeg2000").unwrap();
    assert!(prepare("p.tif", bytes, &Limits::default()).is_ok());
    // Grey, of which it stores three.
    let said = tiff_changed(bytes.to_vec(), &[(277, 1), (262, 1)], &[]);
    assert!(prepare("p.tif", &said, &Limits::default()).is_err());
}

/// Grey strips of a row each, with values of the tags 273 and 279 of 32 bits, and the
/// further tags.
fn strips(size: (u32, u32), at: &[u32], lengths: &[u32], more: &[(u16, u16, &[u8])]) -> Vec<u8> {
    let words = |values: &[u32]| -> Vec<u8> {
        values
            .iter()
            .flat_map(|value| value.to_le_bytes())
            .collect()
    };
    let (at, lengths) = (words(at), words(lengths));
    let tags = [
        (256, 4, &words(&[size.0])[..]),
        (257, 4, &words(&[size.1])),
        (258, 3, &[8, 0]),
        (262, 3, &[1, 0]),
        (273, 4, &at),
        (277, 3, &[1, 0]),
        (278, 4, &words(&[1])),
        (279, 4, &lengths),
    ];
    let mut tags: Vec<(u16, u16, &[u8])> = tags.into_iter().chain(more.iter().copied()).collect();
    tags.sort();
    let mut out = b"II*\0\x08\0\0\0".to_vec();
    out.extend((tags.len() as u16).to_le_bytes());
    let mut extra = Vec::new();
    let after = 8 + 2 + tags.len() * 12 + 4;
    for (tag, kind, data) in tags {
        out.extend(tag.to_le_bytes());
        out.extend(kind.to_le_bytes());
        let size = [1, 1, 1, 2, 4, 8, 1, 1][usize::from(kind)];
        out.extend((data.len() as u32 / size).to_le_bytes());
        if data.len() > 4 {
            out.extend(((after + extra.len()) as u32).to_le_bytes());
            extra.extend_from_slice(data);
        } else {
            out.extend(data);
            out.resize(out.len().next_multiple_of(2), 0);
            out.extend(vec![0; 4 - data.len().next_multiple_of(2)]);
        }
    }
    out.extend([0; 4]);
    out.extend(extra);
    out
}

#[test]
fn strips_of_a_tiff_may_share_bytes_but_not_be_much_more_than_the_file() {
    let rows = 300;
    let made = |at: u32, length: u32, more: &[(u16, u16, &[u8])]| {
        let mut bytes = strips((16, rows), &vec![at; 300], &vec![length; 300], more);
        bytes.resize(1 << 20, 77);
        bytes
    };
    let turned: (u16, u16, &[u8]) = (266, 3, &[2, 0]);
    // All the same row.
    let done = prepare("p.tif", &made(900_000, 16, &[turned]), &Limits::default());
    assert_eq!(done.unwrap().picture.original_height, rows);
    // Each to the end of the file, or as good as that.
    for (at, length) in [(0, 0), (0, u32::MAX), (90_000, 900_000)] {
        let error = refusal("p.tif", &made(at, length, &[turned]));
        let error = protocol::IpcError::from(error);
        assert!(error.message.contains("overlap"), "{}", error.message);
    }
}

#[test]
fn strips_without_lengths_end_where_the_next_begins() {
    // In no order, and more than the file would hold, if each went on to its end.
    let at: Vec<u32> = (0..900)
        .map(|n| (1 << 20) - 14_400 + (n * 7 % 900) * 16)
        .collect();
    let mut bytes = strips((16, 900), &at, &[0; 900], &[]);
    bytes.resize(1 << 20, 77);
    assert_eq!(prepared(&bytes).picture.original_height, 900);
}

#[test]
fn tables_of_jpeg_are_bounded_in_a_tiff() {
    let (_, bytes) = TIFFS
        .iter()
        .find(|(name, _)| *name == "jpeg ycbcr")
        .unwrap();
    let tables = bytes
        .windows(4)
        .position(|part| part == [0x5b, 1, 7, 0])
        .unwrap();
    let place = u32::from_le_bytes(bytes[tables + 8..tables + 12].try_into().unwrap()) as usize;
    let count = u32::from_le_bytes(bytes[tables + 4..tables + 8].try_into().unwrap()) as usize;
    let own = bytes[place..place + count].to_vec();
    let (soi, rest) = own.split_at(2);
    for (filler, taken) in [(200, true), (70_000, false)] {
        let mut said = bytes.to_vec();
        // Comments, of which one may have 65,533 bytes.
        let mut longer = soi.to_vec();
        for part in vec![0; filler].chunks(60_000) {
            longer.extend([0xff, 0xfe]);
            longer.extend((part.len() as u16 + 2).to_be_bytes());
            longer.extend(part);
        }
        longer.extend(rest);
        said[tables + 4..tables + 8].copy_from_slice(&(longer.len() as u32).to_le_bytes());
        let end = (said.len() as u32).to_le_bytes();
        said[tables + 8..tables + 12].copy_from_slice(&end);
        said.extend(longer);
        let done = prepare("p.tif", &said, &Limits::default());
        assert_eq!(done.is_ok(), taken, "{filler}");
    }
}
