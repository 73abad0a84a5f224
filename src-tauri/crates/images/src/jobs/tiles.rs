//! A long picture in parts that can be read.

use drawing::format::Format;
use drawing::{Error, Limits, Rect, Tile, is_long};

use super::prepare::prepare;
use crate::fit;
use crate::pixels::ground;
use crate::pixels::nature::Nature;
use crate::source::{Source, guarded};

/// Parts at most; a longer picture is cut into larger ones.
const MOST: u32 = 24;

/// Cuts a long picture into parts in reading order, from the top down or from
/// left to right, each within `limits` and overlapping the next by a tenth, so
/// that no line is cut in both. A picture that is not long comes in one part.
///
/// # Errors
/// As [`crate::prepare`].
pub fn tiles(name: &str, bytes: &[u8], limits: &Limits) -> Result<Vec<Tile>, Error> {
    let source = Source::admit(name, bytes, limits.caps())?;
    let (width, height) = source.upright();
    if !is_long(width, height, limits) {
        let prepared = prepare(name, bytes, limits)?;
        let place = Rect::whole(width, height);
        return Ok(vec![Tile { place, prepared }]);
    }
    guarded(name, source.format, || {
        let (image, flattened) = ground::laid(source.pixels()?);
        // A long photo is a panorama: noise tells.
        let nature = match source.format {
            Format::Jpeg | Format::Heif => Nature::Photo,
            _ => Nature::of(&image),
        };
        places(width, height, limits)
            .into_iter()
            .map(|place| {
                let part = image.crop_imm(place.x, place.y, place.width, place.height);
                let (w, h) = limits.fit(place.width, place.height);
                let part = fit::resize(part, w, h).ok_or_else(|| source.broken())?;
                let part = fit::pad(part, limits.canvas(w, h));
                let coded = fit::code(part, (nature, flattened), limits);
                let coded = coded.ok_or_else(|| Error::CannotFit {
                    name: name.to_owned(),
                    limit: limits.out_bytes,
                })?;
                let prepared = source.part(place, coded);
                Ok(Tile { place, prepared })
            })
            .collect()
    })
}

/// Where the parts lie.
fn places(width: u32, height: u32, limits: &Limits) -> Vec<Rect> {
    let (long, short) = (width.max(height), width.min(height).max(1));
    // The longest part that is sent as it is; of a very wide one, a square's worth.
    let side = limits.long_side.min(limits.out_pixels / short);
    let length = side.max(short).max(long.div_ceil(MOST) * 10 / 9 + 1);
    let length = length.min(long);
    let overlap = length / 10;
    let count = (long - overlap).div_ceil((length - overlap).max(1)).max(1);
    (0..count)
        .map(|n| {
            // Evenly, so that the last is as long as the others.
            let room = u64::from(long - length);
            let at = room * u64::from(n) / u64::from(count.max(2) - 1);
            let at = u32::try_from(at).unwrap_or(0);
            if height > width {
                Rect::new(0, at, width, length)
            } else {
                Rect::new(at, 0, length, height)
            }
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parts_cover_the_whole_in_order_and_overlap() {
        let limits = Limits::default();
        for (w, h) in [
            (1080, 12_000),
            (12_000, 1080),
            (15, 65_535),
            (3000, 30_000),
            (1, 100_000),
            (700, 2200),
        ] {
            let parts = places(w, h, &limits);
            assert!(parts.len() <= MOST as usize + 1, "{w}x{h}: {}", parts.len());
            let ends: Vec<(u32, u32)> = parts
                .iter()
                .map(|p| {
                    if h > w {
                        (p.y, p.y + p.height)
                    } else {
                        (p.x, p.x + p.width)
                    }
                })
                .collect();
            assert_eq!(ends[0].0, 0);
            assert_eq!(ends.last().unwrap().1, w.max(h));
            for pair in ends.windows(2) {
                assert!(pair[1].0 < pair[0].1, "{w}x{h}: {pair:?} leave a gap");
                assert!(pair[1].0 > pair[0].0);
            }
        }
    }
}
