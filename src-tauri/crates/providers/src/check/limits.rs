//! Limits and formulas of tokens.

use protocol::ManifestReason;

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
        ensure(
            value != Some(0),
            field(name),
            ManifestReason::AtLeast { least: 1 },
        )?;
    }
    if let (Some(least), Some(most)) = (limits.image_side_min, limits.image_side) {
        ensure(
            least <= most,
            field("image_side_min"),
            ManifestReason::Over {
                other: "image_side",
            },
        )?;
    }
    ensure(
        limits.image_ratio.is_none_or(|ratio| ratio >= 1.0),
        field("image_ratio"),
        ManifestReason::AtLeast { least: 1 },
    )?;
    ensure(
        limits.video_seconds.is_none_or(|seconds| seconds > 0.0),
        field("video_seconds"),
        ManifestReason::Positive,
    )?;
    if let Some(fps) = limits.video_fps {
        ensure(
            fps.min > 0.0,
            field("video_fps.min"),
            ManifestReason::Positive,
        )?;
        ensure(
            fps.min <= fps.max,
            field("video_fps.min"),
            ManifestReason::Over { other: "max" },
        )?;
    }
    kinds(&field("mime"), "image/", "image/png", limits.mime.as_ref())?;
    kinds(
        &field("video_mime"),
        "video/",
        "video/mp4",
        limits.video_mime.as_ref(),
    )?;
    for (at, detail) in limits.detail.iter().flatten().enumerate() {
        let field = field(&format!("detail[{at}]"));
        ensure(!detail.is_empty(), field, ManifestReason::Empty)?;
    }
    match &limits.tokens {
        Some(formula) => tokens(&field("tokens"), formula),
        None => Ok(()),
    }
}

/// MIME types that begin so.
fn kinds(
    field: &str,
    start: &str,
    example: &'static str,
    mimes: Option<&Vec<String>>,
) -> Result<(), Error> {
    for (at, mime) in mimes.into_iter().flatten().enumerate() {
        let kind = mime.strip_prefix(start).unwrap_or_default();
        let good = !kind.is_empty()
            && kind
                .chars()
                .all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || "+.-".contains(c));
        ensure(
            good,
            format!("{field}[{at}]"),
            ManifestReason::Form {
                what: "a type",
                example,
            },
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
            ensure(
                *factor > 0.0,
                format!("{at}.factor"),
                ManifestReason::Positive,
            )?;
            vec![("patch", *patch), ("max", *max)]
        }
        Tokens::Crop { least, most, .. } => {
            ensure(
                least <= most,
                format!("{at}.least"),
                ManifestReason::Over { other: "most" },
            )?;
            vec![("least", *least)]
        }
        Tokens::Fixed { .. } => Vec::new(),
    };
    for (name, value) in named {
        ensure(
            value > 0,
            format!("{at}.{name}"),
            ManifestReason::AtLeast { least: 1 },
        )?;
    }
    Ok(())
}
