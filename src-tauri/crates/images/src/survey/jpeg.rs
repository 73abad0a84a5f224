//! JPEG markers and segments (ITU-T T.81, annex B).

mod scans;

use std::collections::BTreeMap;

use self::scans::Scans;
use super::facts::{Space, Survey};
use drawing::raw::be16;

const SOI: u8 = 0xd8;
const EOI: u8 = 0xd9;
const SOS: u8 = 0xda;
const DQT: u8 = 0xdb;
const PROGRESSIVE: u8 = 0xc2;

pub(super) fn survey(bytes: &[u8], survey: &mut Survey) -> Option<()> {
    survey.keep(0..2);
    let mut profile = BTreeMap::new();
    let mut at = 2;
    // False as soon as a byte stands where none belongs: then only decoding cleans.
    let mut tidy = true;
    let mut scans = Scans::default();
    while let Some(marker) = next_marker(bytes, &mut at, &mut tidy) {
        let start = at - 2;
        match marker {
            EOI => {
                survey.keep(start..at);
                survey.ended = true;
                survey.whole = tidy;
                survey.saw_rest(bytes.get(at..)?);
                break;
            }
            SOI | 0x01 | 0xd0..=0xd7 => continue,
            _ => {}
        }
        let Some(data) = segment(bytes, at) else {
            break;
        };
        at += 2 + data.len();
        if is_frame(marker) && survey.width == 0 {
            survey.height = be16(data, 1)?.into();
            survey.width = be16(data, 3)?.into();
            if marker == PROGRESSIVE {
                scans = Scans::of(data);
            }
            survey.coding = coding(marker, *data.first()?).or_else(|| sampling(data.get(5..)?));
        }
        if marker == DQT && survey.quality.is_none() {
            survey.quality = quality(data);
        }
        if marker == SOS {
            survey.scans += 1;
            scans.saw(data);
            at = scan_end(bytes, at);
            survey.scanned = Some(at);
        }
        if let Some(part) = icc_part(marker, data) {
            // Parts come in any order; each says which it is (ICC.1, annex B.4).
            profile.insert(part.first().copied(), part.get(2..)?);
            survey.keep_profile(start..at);
        } else if is_needed(marker, data) {
            survey.adobe |= marker == 0xee;
            survey.keep(start..at);
        } else {
            note(marker, data, survey);
        }
    }
    survey.coarse = scans.lack();
    if !profile.is_empty() {
        survey.space = Space::Icc(profile.into_values().flatten().copied().collect());
    }
    Some(())
}

/// The quality of 1 to 100 that the first table of an 8-bit `DQT` stands for, as
/// the tables of T.81, annex K, are scaled by everyone.
fn quality(data: &[u8]) -> Option<u8> {
    /// What the table of annex K for brightness adds up to.
    const HALF: u32 = 3688;
    let (0, table) = data.split_first().map(|(head, rest)| (head >> 4, rest))? else {
        return None;
    };
    let sum: u32 = table.get(..64)?.iter().map(|v| u32::from(*v)).sum();
    let percent = sum * 100 / HALF;
    let quality = if percent <= 100 {
        (200 - percent) / 2
    } else {
        5000 / percent
    };
    u8::try_from(quality.clamp(1, 100)).ok()
}

fn icc_part(marker: u8, data: &[u8]) -> Option<&[u8]> {
    (marker == 0xe2)
        .then_some(data)?
        .strip_prefix(b"ICC_PROFILE\0")
}

/// Names what hardly anyone writes and no decoder here reads.
fn coding(marker: u8, depth: u8) -> Option<&'static str> {
    match (marker, depth) {
        (0xc9 | 0xca | 0xcb | 0xcd..=0xcf, _) => Some("JPEG with arithmetic coding"),
        (0xc3 | 0xc5..=0xc7, _) => Some("lossless JPEG"),
        (_, 8) => None,
        _ => Some("JPEG with more than 8 bits a channel"),
    }
}

/// Names colours that are sampled as libjpeg-turbo does not read them; `components` is
/// the end of a frame header, from their number on.
fn sampling(components: &[u8]) -> Option<&'static str> {
    let factors: Vec<(u8, u8)> = components
        .get(1..)?
        .as_chunks::<3>()
        .0
        .iter()
        .map(|[_, factors, _]| (factors >> 4, factors & 15))
        .collect();
    let across = factors.iter().map(|(across, _)| *across).max()?;
    let down = factors.iter().map(|(_, down)| *down).max()?;
    // Each sample stands for a whole number of pixels.
    let whole = |(h, v): &(u8, u8)| {
        let is = |most: u8, own: u8| own > 0 && most.is_multiple_of(own);
        is(across, *h) && is(down, *v)
    };
    let known = matches!(factors.len(), 1 | 3 | 4) && factors.iter().all(whole);
    (!known).then_some("JPEG with an uncommon sampling of colours")
}

/// The least that says which way is up: EXIF with one tag, 1 to 8.
pub(crate) fn orientation_segment(orientation: u8) -> Vec<u8> {
    let mut segment =
        b"\xff\xe1\0\x22Exif\0\0MM\0*\0\0\0\x08\0\x01\x01\x12\0\x03\0\0\0\x01\0".to_vec();
    segment.extend_from_slice(&[orientation, 0, 0, 0, 0, 0, 0]);
    segment
}

/// The marker at or after `at`, which is moved behind it.
fn next_marker(bytes: &[u8], at: &mut usize, tidy: &mut bool) -> Option<u8> {
    loop {
        let here = *at;
        match (*bytes.get(here)?, *bytes.get(here + 1)?) {
            (0xff, 0xff) => *at += 1,
            (0xff, 0x00) | (0..=0xfe, _) => {
                *tidy = false;
                *at += 1;
            }
            (0xff, marker) => {
                *at += 2;
                return Some(marker);
            }
        }
    }
}

/// The data of the segment whose length stands at `at`.
fn segment(bytes: &[u8], at: usize) -> Option<&[u8]> {
    let length = usize::from(be16(bytes, at)?);
    bytes.get(at + 2..at.checked_add(length)?)
}

/// Where the coded data that begin at `at` end: at the next marker that is
/// neither a stuffed byte nor a restart.
fn scan_end(bytes: &[u8], mut at: usize) -> usize {
    while let Some(rest) = bytes.get(at..) {
        let Some(found) = rest.iter().position(|byte| *byte == 0xff) else {
            break;
        };
        at += found;
        match bytes.get(at + 1) {
            Some(0x00 | 0xd0..=0xd7) => at += 2,
            Some(0xff) => at += 1,
            Some(_) => return at,
            None => break,
        }
    }
    bytes.len()
}

fn is_frame(marker: u8) -> bool {
    matches!(marker, 0xc0..=0xcf) && !matches!(marker, 0xc4 | 0xc8 | 0xcc)
}

/// Needed to show the picture: all but application data and comments, and of
/// those JFIF without a preview and Adobe's colour transform.
fn is_needed(marker: u8, data: &[u8]) -> bool {
    match marker {
        0xe0 => data.starts_with(b"JFIF\0") && data.len() == 14,
        0xee => data.starts_with(b"Adobe"),
        0xe0..=0xef | 0xfe => false,
        _ => true,
    }
}

fn note(marker: u8, data: &[u8], survey: &mut Survey) {
    match marker {
        0xe1 if data.starts_with(b"Exif\0") => survey.saw_exif(data),
        0xe1 => survey.saw_xmp(data),
        _ => survey.saw_metadata(),
    }
}
