//! Limits and formulas of tokens.

use super::field::ensure;
use crate::{Error, Limits, Tokens};

pub(super) fn limits(at: &str, limits: &Limits) -> Result<(), Error> {
    let field = |name: &str| format!("{at}.{name}");
    let positive = [
        ("image_bytes", limits.image_bytes),
        ("image_pixels", limits.image_pixels),
        ("image_side", limits.image_side.map(u64::from)),
        ("image_side_min", limits.image_side_min.map(u64::from)),
        ("body_bytes", limits.body_bytes),
        ("video_bytes", limits.video_bytes),
    ];
    for (name, value) in positive {
        ensure(value != Some(0), field(name), "must be at least 1")?;
    }
    if let (Some(least), Some(most)) = (limits.image_side_min, limits.image_side) {
        ensure(least <= most, field("image_side_min"), "is over image_side")?;
    }
    ensure(
        limits.image_ratio.is_none_or(|ratio| ratio >= 1.0),
        field("image_ratio"),
        "must be at least 1: the longer side over the shorter",
    )?;
    ensure(
        limits.video_seconds.is_none_or(|seconds| seconds > 0.0),
        field("video_seconds"),
        "must be over 0",
    )?;
    if let Some(fps) = limits.video_fps {
        ensure(fps.min > 0.0, field("video_fps.min"), "must be over 0")?;
        ensure(fps.min <= fps.max, field("video_fps.min"), "is over max")?;
    }
    kinds(&field("mime"), "image/", limits.mime.as_ref())?;
    kinds(&field("video_mime"), "video/", limits.video_mime.as_ref())?;
    for detail in limits.detail.iter().flatten() {
        ensure(!detail.is_empty(), field("detail"), "holds an empty value")?;
    }
    match &limits.tokens {
        Some(formula) => tokens(&field("tokens"), formula),
        None => Ok(()),
    }
}

/// MIME types that begin so.
fn kinds(field: &str, start: &str, mimes: Option<&Vec<String>>) -> Result<(), Error> {
    for mime in mimes.into_iter().flatten() {
        let kind = mime.strip_prefix(start).unwrap_or_default();
        let good = !kind.is_empty()
            && kind
                .chars()
                .all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || "+.-".contains(c));
        ensure(
            good,
            field,
            format!("holds {mime:?}, which is no type such as {start}…"),
        )?;
    }
    Ok(())
}

fn tokens(at: &str, formula: &Tokens) -> Result<(), Error> {
    let named: Vec<(&str, u32)> = match formula {
        Tokens::Area {
            divisor,
            grid,
            side,
            ..
        } => vec![
            ("divisor", *divisor),
            ("grid", grid.unwrap_or(1)),
            ("side", side.unwrap_or(1)),
        ],
        Tokens::Tile {
            tile, fit, short, ..
        } => vec![("tile", *tile), ("fit", *fit), ("short", *short)],
        Tokens::Patch {
            patch, factor, max, ..
        } => {
            ensure(*factor > 0.0, format!("{at}.factor"), "must be over 0")?;
            vec![("patch", *patch), ("max", *max)]
        }
        Tokens::Crop { least, most, .. } => {
            ensure(least <= most, format!("{at}.least"), "is over most")?;
            vec![("least", *least)]
        }
        Tokens::Fixed { .. } => Vec::new(),
    };
    for (name, value) in named {
        ensure(value > 0, format!("{at}.{name}"), "must be at least 1")?;
    }
    Ok(())
}
