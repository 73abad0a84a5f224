//! PNG chunks (W3C PNG, third edition, section 5).

use std::io::Cursor;

use super::facts::{Space, Survey};
use drawing::raw::{array, be32};

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
            Use::Profile => survey.keep_profile(at..end),
            Use::Frame => {
                if &kind == b"acTL" {
                    survey.animated = be32(data, 0).is_some_and(|frames| frames > 1);
                }
                // Frames that are not shown are not passed on either.
                survey.dirty = true;
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
    survey.space = space(bytes);
    Some(())
}

/// What the colours mean: the chunk that counts most of those there are (PNG,
/// section 4.3).
fn space(bytes: &[u8]) -> Space {
    // Bounds what a profile may grow to when it is unpacked.
    let limits = png::Limits { bytes: 8 << 20 };
    let Ok(reader) = png::Decoder::new_with_limits(Cursor::new(bytes), limits).read_info() else {
        return Space::Srgb;
    };
    let info = reader.info();
    if let Some(coded) = &info.coding_independent_code_points {
        return Space::Coded(coded.color_primaries, coded.transfer_function);
    }
    if let Some(profile) = &info.icc_profile {
        return Space::Icc(profile.to_vec());
    }
    match (info.srgb, info.gama_chunk) {
        (None, Some(gamma)) if gamma.into_value() > 0.0 => {
            let points = info.chrm_chunk.map(|c| {
                let pairs = [c.white, c.red, c.green, c.blue];
                let mut flat = [0.0; 8];
                let values = pairs.iter().flat_map(|(x, y)| [x, y]);
                for (to, from) in flat.iter_mut().zip(values) {
                    *to = from.into_value();
                }
                flat
            });
            Space::Gamma(1.0 / gamma.into_value(), points)
        }
        _ => Space::Srgb,
    }
}

enum Use {
    /// The picture is not the same without it.
    Needed,
    /// Says what the colours mean.
    Profile,
    /// Belongs to an animation.
    Frame,
    /// Helps some reader, tells nothing; not true any more once others are gone.
    Hint,
    /// All else, what is not known included.
    Metadata,
}

fn use_of(kind: &[u8; 4]) -> Use {
    match kind {
        b"IHDR" | b"PLTE" | b"IDAT" | b"IEND" | b"tRNS" | b"sBIT" | b"bKGD" | b"pHYs" => {
            Use::Needed
        }
        b"gAMA" | b"cHRM" | b"sRGB" | b"iCCP" | b"cICP" | b"mDCV" | b"cLLI" => Use::Profile,
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
