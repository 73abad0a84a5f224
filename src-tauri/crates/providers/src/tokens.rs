//! How many tokens a picture costs, by the formulas that providers publish.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

/// A formula for the tokens of one picture. Sides are pixels.
///
/// Every kind but `fixed` first makes the picture smaller as the provider does,
/// never larger.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case", deny_unknown_fields)]
pub enum Tokens {
    /// Pixels over a divisor: Ark (784), Qwen (784 or 1024), Mistral (784),
    /// Anthropic (750).
    Area {
        /// Pixels of one token.
        divisor: u32,
        /// Both sides are rounded to a multiple of this.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        grid: Option<u32>,
        /// The longer side is brought down to this.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        side: Option<u32>,
        /// Tokens besides, once a picture.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        extra: Option<u32>,
        /// At most so many tokens.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        max: Option<u32>,
        /// At most so many with this `detail`.
        #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
        max_by_detail: BTreeMap<String, u32>,
    },
    /// OpenAI's older models: a base, and so many for each tile; with `detail`
    /// `low` the base alone.
    Tile {
        /// Tokens of any picture.
        base: u32,
        /// Tokens of one tile.
        per_tile: u32,
        /// Side of a tile.
        tile: u32,
        /// The picture is brought down to fit a square of this side,
        fit: u32,
        /// and then its shorter side to this.
        short: u32,
    },
    /// OpenAI's newer models: patches, of which a picture has at most so many.
    Patch {
        /// Side of a patch.
        patch: u32,
        /// Tokens of one patch.
        factor: f64,
        /// At most so many patches.
        max: u32,
        /// At most so many with this `detail`.
        #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
        max_by_detail: BTreeMap<String, u32>,
    },
    /// Gemini 2: small pictures cost one tile; others are cut into tiles whose
    /// side is two thirds of the shorter side.
    Crop {
        /// Tokens of one tile.
        per_tile: u32,
        /// Largest sides of a picture of one tile.
        small: u32,
        /// Least side of a tile.
        least: u32,
        /// Greatest side of a tile.
        most: u32,
    },
    /// Any picture costs the same: Gemini 3.
    Fixed {
        /// Tokens of a picture.
        tokens: u32,
        /// Tokens with this `detail`.
        #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
        by_detail: BTreeMap<String, u32>,
    },
}

impl Tokens {
    /// Tokens of a picture of this size, looked at with this `detail`.
    pub fn of(&self, width: u32, height: u32, detail: Option<&str>) -> u32 {
        let (w, h) = (f64::from(width.max(1)), f64::from(height.max(1)));
        let by = |map: &BTreeMap<String, u32>| detail.and_then(|name| map.get(name).copied());
        match self {
            Self::Area {
                divisor,
                grid,
                side,
                extra,
                max,
                max_by_detail,
            } => {
                let scale = side.map_or(1.0, |side| shrink(f64::from(side), w.max(h)));
                let snap = |side: f64| match grid {
                    Some(grid) => multiple(side * scale, f64::from(*grid)),
                    None => side * scale,
                };
                let tokens = whole((snap(w) * snap(h) / f64::from((*divisor).max(1))).ceil());
                let most = by(max_by_detail).or(*max).unwrap_or(u32::MAX);
                tokens.min(most).saturating_add(extra.unwrap_or(0))
            }
            Self::Tile {
                base,
                per_tile,
                tile,
                fit,
                short,
            } => {
                if detail == Some("low") {
                    return *base;
                }
                let fitted = shrink(f64::from(*fit), w.max(h));
                let (w, h) = (w * fitted, h * fitted);
                let scale = shrink(f64::from(*short), w.min(h));
                let tiles = steps(w * scale, *tile) * steps(h * scale, *tile);
                base.saturating_add(whole(tiles * f64::from(*per_tile)))
            }
            Self::Patch {
                patch,
                factor,
                max,
                max_by_detail,
            } => {
                let most = by(max_by_detail).unwrap_or(*max);
                whole((patches(w, h, *patch, most) * factor).ceil())
            }
            Self::Crop {
                per_tile,
                small,
                least,
                most,
            } => {
                if width.max(height) <= *small {
                    return *per_tile;
                }
                let unit = (w.min(h) / 1.5).floor();
                let unit = unit.max(f64::from(*least)).min(f64::from(*most)).max(1.0);
                whole((w / unit).ceil() * (h / unit).ceil() * f64::from(*per_tile))
            }
            Self::Fixed { tokens, by_detail } => by(by_detail).unwrap_or(*tokens),
        }
    }

    /// Pixels above which this `detail` shows the model nothing more.
    pub fn useful_pixels(&self, detail: Option<&str>) -> Option<u64> {
        let by = |map: &BTreeMap<String, u32>| detail.and_then(|name| map.get(name).copied());
        match self {
            Self::Area {
                divisor,
                max,
                max_by_detail,
                ..
            } => {
                let most = by(max_by_detail).or(*max)?;
                Some(u64::from(most) * u64::from(*divisor))
            }
            Self::Patch {
                patch,
                max,
                max_by_detail,
                ..
            } => {
                let most = by(max_by_detail).unwrap_or(*max);
                Some(u64::from(most) * u64::from(*patch) * u64::from(*patch))
            }
            _ => None,
        }
    }
}

/// The factor that brings `side` down to `most`; 1 where it is no larger.
fn shrink(most: f64, side: f64) -> f64 {
    (most / side).min(1.0)
}

/// How many of `step` cover a side.
fn steps(side: f64, step: u32) -> f64 {
    // What scaling leaves of a rounding error must not cost another tile.
    ((side / f64::from(step.max(1))) - 1e-9).ceil().max(1.0)
}

/// The nearest multiple of `grid`, at least one.
fn multiple(side: f64, grid: f64) -> f64 {
    let grid = grid.max(1.0);
    (side / grid).round().max(1.0) * grid
}

/// Patches of a picture after OpenAI made it small enough: its guide scales by
/// the square root of what is too much, and then so that the patches of one side
/// come out whole.
fn patches(w: f64, h: f64, patch: u32, most: u32) -> f64 {
    let count = steps(w, patch) * steps(h, patch);
    let most = f64::from(most);
    if count <= most {
        return count;
    }
    let side = f64::from(patch.max(1));
    let scale = (side * side * most / (w * h)).sqrt();
    let (across, down) = (w * scale / side, h * scale / side);
    let fit = (across.floor() / across).min(down.floor() / down);
    let fit = if fit > 0.0 { fit } else { 1.0 };
    let count = steps(across * fit * side, patch) * steps(down * fit * side, patch);
    count.min(most)
}

/// A count as a whole number, the greatest there is where it is too large:
/// `as` saturates.
fn whole(count: f64) -> u32 {
    count as u32
}

#[cfg(test)]
mod tests {
    use super::*;

    fn formula(json: &str) -> Tokens {
        serde_json::from_str(json).unwrap()
    }

    #[test]
    fn ark_divides_the_area_and_caps_it_by_detail() {
        let ark = formula(
            r#"{"kind": "area", "divisor": 784, "max": 1312, "max_by_detail": {"high": 5120}}"#,
        );
        assert_eq!(ark.of(1000, 1000, None), 1276);
        assert_eq!(ark.of(4000, 3000, Some("low")), 1312);
        assert_eq!(ark.of(4000, 3000, Some("auto")), 1312);
        assert_eq!(ark.of(1500, 2000, Some("high")), 3827);
        assert_eq!(ark.of(6000, 6000, Some("high")), 5120);
        assert_eq!(ark.useful_pixels(Some("high")), Some(4_014_080));
    }

    /// The table of the page on vision of Anthropic: about w·h/750.
    #[test]
    fn anthropic_divides_the_area() {
        let claude = formula(r#"{"kind": "area", "divisor": 750, "side": 1568}"#);
        assert_eq!(claude.of(200, 200, None), 54);
        assert_eq!(claude.of(1000, 1000, None), 1334);
        assert_eq!(claude.of(1092, 1092, None), 1590);
    }

    #[test]
    fn qwen_rounds_to_its_grid_and_mistral_fits_its_side() {
        let qwen = formula(r#"{"kind": "area", "divisor": 784, "grid": 28, "extra": 2}"#);
        // 1008 × 1008 is 36 × 36 cells, and two tokens around them.
        assert_eq!(qwen.of(1000, 1000, None), 36 * 36 + 2);
        assert_eq!(qwen.of(1, 1, None), 3);
        let mistral = formula(r#"{"kind": "area", "divisor": 784, "side": 1540, "max": 3025}"#);
        assert_eq!(mistral.of(1540, 1540, None), 3025);
        assert_eq!(mistral.of(6000, 6000, None), 3025);
        assert_eq!(mistral.of(3080, 1540, None), 1513);
    }

    /// The examples of OpenAI's guide: 765, 1105, and 85 with low detail.
    #[test]
    fn openai_counts_tiles() {
        let tile = formula(
            r#"{"kind": "tile", "base": 85, "per_tile": 170, "tile": 512, "fit": 2048, "short": 768}"#,
        );
        assert_eq!(tile.of(1024, 1024, Some("high")), 765);
        assert_eq!(tile.of(2048, 4096, None), 1105);
        assert_eq!(tile.of(4096, 8192, Some("low")), 85);
        assert_eq!(tile.of(100, 100, Some("auto")), 255);
    }

    /// The examples of OpenAI's guide: 1,024 and 1,452 patches.
    #[test]
    fn openai_counts_patches() {
        let patch = formula(r#"{"kind": "patch", "patch": 32, "factor": 1, "max": 1536}"#);
        assert_eq!(patch.of(1024, 1024, None), 1024);
        assert_eq!(patch.of(1800, 2400, None), 1452);
        let mini = formula(r#"{"kind": "patch", "patch": 32, "factor": 1.62, "max": 1536}"#);
        assert_eq!(mini.of(1024, 1024, None), 1659);
        assert!(mini.of(u32::MAX, 1, None) <= 2489);
    }

    /// The example of Gemini's page: 960 × 540 is cut by 360 into 3 × 2 tiles.
    #[test]
    fn gemini_cuts_tiles() {
        let crop = formula(
            r#"{"kind": "crop", "per_tile": 258, "small": 384, "least": 256, "most": 768}"#,
        );
        assert_eq!(crop.of(384, 384, None), 258);
        assert_eq!(crop.of(960, 540, None), 6 * 258);
        assert_eq!(crop.of(1536, 1536, None), 4 * 258);
        let fixed = formula(r#"{"kind": "fixed", "tokens": 1120}"#);
        assert_eq!(fixed.of(1, 9000, Some("high")), 1120);
    }

    #[test]
    fn no_size_overflows() {
        for json in [
            r#"{"kind": "area", "divisor": 1, "extra": 4294967295}"#,
            r#"{"kind": "tile", "base": 4294967295, "per_tile": 9, "tile": 1, "fit": 4294967295, "short": 4294967295}"#,
            r#"{"kind": "patch", "patch": 1, "factor": 1e300, "max": 4294967295}"#,
            r#"{"kind": "crop", "per_tile": 4294967295, "small": 1, "least": 1, "most": 1}"#,
        ] {
            let tokens = formula(json);
            assert_eq!(tokens.of(u32::MAX, u32::MAX, None), u32::MAX, "{json}");
            tokens.of(0, 0, None);
        }
    }
}
