//! WebP's RIFF chunks (RFC 9649, section 2).

use super::facts::{Space, Survey};
use drawing::raw::{array, le16, le24, le32};

/// Bits of the first byte of `VP8X`.
const EXIF: u8 = 0x08;
const XMP: u8 = 0x04;
const ANIMATION: u8 = 0x02;
const PROFILE: u8 = 0x20;

pub(super) fn survey(bytes: &[u8], survey: &mut Survey) -> Option<()> {
    let end = (le32(bytes, 4)? as usize).checked_add(8)?.min(bytes.len());
    survey.keep(0..12);
    let mut at = 12;
    let (mut extended, mut transparent) = (false, false);
    while let Some(kind) = array::<4>(bytes, at).filter(|_| at + 8 <= end) {
        let length = le32(bytes, at + 4)? as usize;
        let Some(data) = bytes.get(at + 8..(at + 8).checked_add(length)?) else {
            survey.whole = false;
            break;
        };
        // A chunk of odd length is followed by one byte more.
        let next = (at + 8 + length).checked_add(length % 2)?.min(bytes.len());
        match &kind {
            b"VP8X" => {
                extended = true;
                survey.animated = data.first()? & ANIMATION != 0;
                (survey.width, survey.height) = (le24(data, 4)? + 1, le24(data, 7)? + 1);
            }
            b"VP8 " | b"VP8L" => {
                let (width, height) = if &kind == b"VP8 " {
                    lossy(data)?
                } else {
                    lossless(data)?
                };
                survey.frame_pixels = u64::from(width) * u64::from(height);
                if !extended {
                    (survey.width, survey.height) = (width, height);
                }
                survey.whole = true;
                survey.lossy = &kind == b"VP8 " && !transparent;
            }
            b"EXIF" => survey.saw_exif(data),
            b"XMP " => survey.saw_xmp(data),
            b"ICCP" => {
                survey.space = Space::Icc(data.to_vec());
                survey.keep_profile(at..next);
            }
            b"ALPH" => transparent = true,
            b"ANIM" | b"ANMF" => {}
            _ => survey.saw_metadata(),
        }
        if matches!(&kind, b"VP8X" | b"VP8 " | b"VP8L" | b"ALPH") {
            survey.keep(at..next);
        }
        at = next;
    }
    survey.saw_rest(bytes.get(at.max(end)..).unwrap_or_default());
    Some(())
}

/// Width and height of a `VP8 ` key frame (RFC 6386, section 9.1).
fn lossy(data: &[u8]) -> Option<(u32, u32)> {
    if data.get(3..6)? != [0x9d, 0x01, 0x2a] {
        return None;
    }
    Some((
        u32::from(le16(data, 6)? & 0x3fff),
        u32::from(le16(data, 8)? & 0x3fff),
    ))
}

/// Width and height of a `VP8L` picture (RFC 9649, section 3.4).
fn lossless(data: &[u8]) -> Option<(u32, u32)> {
    if *data.first()? != 0x2f {
        return None;
    }
    let bits = le32(data, 1)?;
    Some(((bits & 0x3fff) + 1, (bits >> 14 & 0x3fff) + 1))
}

/// Makes the header of a copy true again.
pub(super) fn mend(copy: &mut Vec<u8>, profile: bool) -> Option<()> {
    if copy.len() % 2 == 1 {
        copy.push(0);
    }
    let size = u32::try_from(copy.len().checked_sub(8)?).ok()?;
    copy.get_mut(4..8)?.copy_from_slice(&size.to_le_bytes());
    if copy.get(12..16)? == b"VP8X" {
        let gone = if profile {
            EXIF | XMP
        } else {
            EXIF | XMP | PROFILE
        };
        *copy.get_mut(20)? &= !gone;
    }
    Some(())
}
