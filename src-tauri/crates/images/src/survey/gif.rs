//! GIF blocks (GIF89a specification).

use super::facts::Survey;
use drawing::raw::le16;

/// Ends the file.
pub(super) const TRAILER: u8 = 0x3b;
const EXTENSION: u8 = 0x21;
const FRAME: u8 = 0x2c;

pub(super) fn survey(bytes: &[u8], survey: &mut Survey) -> Option<()> {
    survey.width = le16(bytes, 6)?.into();
    survey.height = le16(bytes, 8)?.into();
    let mut at = 13 + palette(*bytes.get(10)?);
    if at > bytes.len() {
        return Some(());
    }
    survey.keep(0..at);
    let mut frames = 0;
    loop {
        let start = at;
        at = match bytes.get(at) {
            Some(&EXTENSION) => {
                let Some(end) = blocks_end(bytes, at + 2) else {
                    break;
                };
                extension(bytes.get(start..end)?, start, frames, survey);
                end
            }
            Some(&FRAME) => {
                let Some(&flags) = bytes.get(at + 9) else {
                    break;
                };
                // The byte after the palette is the size of a code.
                let Some(end) = blocks_end(bytes, at + 11 + palette(flags)) else {
                    break;
                };
                if frames == 0 {
                    survey.no_palette = palette(flags) == 0 && palette(*bytes.get(10)?) == 0;
                    let area = u64::from(le16(bytes, at + 5)?) * u64::from(le16(bytes, at + 7)?);
                    survey.frame_pixels = area;
                    survey.keep(start..end);
                }
                frames += 1;
                end
            }
            Some(&TRAILER) => {
                survey.whole = frames > 0;
                survey.saw_rest(bytes.get(at + 1..)?);
                break;
            }
            _ => break,
        };
    }
    survey.animated = frames > 1;
    // Only the first frame is taken of several, so what follows may be broken.
    survey.whole |= frames > 1;
    // What every reader has its own colours for is not passed on.
    survey.whole &= !survey.no_palette;
    Some(())
}

/// Bytes of the palette that the flags announce.
fn palette(flags: u8) -> usize {
    if flags & 0x80 == 0 {
        0
    } else {
        3 << ((flags & 7) + 1)
    }
}

/// Where the chain of blocks that begins at `at` ends.
fn blocks_end(bytes: &[u8], mut at: usize) -> Option<usize> {
    loop {
        let length = usize::from(*bytes.get(at)?);
        at += 1 + length;
        if length == 0 {
            return Some(at);
        }
    }
}

/// Notes an extension; `block` is all of it and begins at `start`.
fn extension(block: &[u8], start: usize, frames: u32, survey: &mut Survey) {
    let keep = match (block.get(1), block.get(3..14)) {
        // How the next frame is shown: transparency.
        (Some(0xf9), _) => true,
        (Some(0xff), Some(b"ICCRGBG1012")) => true,
        // How often an animation is repeated.
        (Some(0xff), Some(b"NETSCAPE2.0" | b"ANIMEXTS1.0")) => false,
        (Some(0xff), Some(b"XMP DataXMP")) => {
            survey.saw_xmp(block);
            false
        }
        _ => {
            survey.saw_metadata();
            false
        }
    };
    if keep && frames == 0 {
        survey.keep(start..start + block.len());
    }
}
