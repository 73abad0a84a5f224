//! JPEG markers and segments (ITU-T T.81, annex B).

use super::Survey;
use crate::raw::be16;

const SOI: u8 = 0xd8;
const EOI: u8 = 0xd9;
const SOS: u8 = 0xda;

pub(super) fn survey(bytes: &[u8], survey: &mut Survey) -> Option<()> {
    survey.keep(0..2);
    let mut at = 2;
    // False as soon as a byte stands where none belongs: then only decoding cleans.
    let mut tidy = true;
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
        }
        if marker == SOS {
            at = scan_end(bytes, at);
        }
        if is_needed(marker, data) {
            survey.keep(start..at);
        } else {
            note(marker, data, survey);
        }
    }
    Some(())
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
/// those JFIF without a preview, Adobe's colour transform and the ICC profile.
fn is_needed(marker: u8, data: &[u8]) -> bool {
    match marker {
        0xe0 => data.starts_with(b"JFIF\0") && data.len() == 14,
        0xe2 => data.starts_with(b"ICC_PROFILE\0"),
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
