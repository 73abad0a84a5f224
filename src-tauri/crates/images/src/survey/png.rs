//! PNG chunks (W3C PNG, third edition, section 5).

use super::Survey;
use crate::raw::{array, be32};

pub(super) fn survey(bytes: &[u8], survey: &mut Survey) -> Option<()> {
    if bytes.get(12..16)? != b"IHDR" {
        return None;
    }
    survey.width = be32(bytes, 16)?;
    survey.height = be32(bytes, 20)?;
    survey.keep(0..8);
    let mut at = 8;
    while let Some(length) = be32(bytes, at) {
        let end = at.checked_add(12)?.checked_add(length as usize)?;
        let Some(kind) = array::<4>(bytes, at + 4) else {
            break;
        };
        if end > bytes.len() {
            break;
        }
        let data = bytes.get(at + 8..end - 4)?;
        match use_of(&kind) {
            Use::Needed => survey.keep(at..end),
            Use::Frame => {
                if &kind == b"acTL" {
                    survey.animated = be32(data, 0).is_some_and(|frames| frames > 1);
                }
            }
            Use::Hint => {}
            Use::Metadata => note(&kind, data, survey),
        }
        at = end;
        if &kind == b"IEND" {
            survey.whole = true;
            survey.saw_rest(bytes.get(at..)?);
            break;
        }
    }
    Some(())
}

enum Use {
    /// The picture is not the same without it.
    Needed,
    /// Belongs to an animation.
    Frame,
    /// Helps some reader, tells nothing; not true any more once others are gone.
    Hint,
    /// All else, what is not known included.
    Metadata,
}

fn use_of(kind: &[u8; 4]) -> Use {
    match kind {
        b"IHDR" | b"PLTE" | b"IDAT" | b"IEND" | b"tRNS" | b"gAMA" | b"cHRM" | b"sRGB" | b"iCCP"
        | b"sBIT" | b"cICP" | b"mDCV" | b"cLLI" | b"bKGD" | b"pHYs" => Use::Needed,
        b"acTL" | b"fcTL" | b"fdAT" => Use::Frame,
        b"iDOT" | b"hIST" | b"sPLT" | b"oFFs" | b"vpAg" | b"sTER" => Use::Hint,
        _ => Use::Metadata,
    }
}

fn note(kind: &[u8; 4], data: &[u8], survey: &mut Survey) {
    match kind {
        b"eXIf" => survey.saw_exif(data),
        b"iTXt" | b"tEXt" => survey.saw_xmp(data),
        _ => survey.saw_metadata(),
    }
}
