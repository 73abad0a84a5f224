//! What is transparent is laid on a ground: servers that drop the transparency show
//! what lies under it, black or noise, and models are trained on pictures without.

use image::{DynamicImage, RgbImage, Rgba, RgbaImage};

/// Grounds in the order they are taken: paper, a dark screen, and for what is both
/// dark and light, grey.
const GROUNDS: [u8; 3] = [255, 24, 128];
/// Steps of brightness below which nobody tells two greys apart with ease.
const NEAR: f32 = 48.0;
/// Part of what is seen that may vanish on paper before another ground is looked for.
const LOST: f32 = 0.1;

/// The picture on a ground that contrasts with what is seen in it, and whether there
/// was anything transparent.
pub(crate) fn laid(image: DynamicImage) -> (DynamicImage, bool) {
    match image {
        DynamicImage::ImageRgba8(image) => {
            let ground = ground(&image);
            (DynamicImage::ImageRgb8(on(&image, ground)), true)
        }
        other => (other, false),
    }
}

fn on(image: &RgbaImage, ground: u8) -> RgbImage {
    let (width, height) = image.dimensions();
    let mut flat = RgbImage::new(width, height);
    for (to, Rgba([r, g, b, a])) in flat.pixels_mut().zip(image.pixels()) {
        let mix = |v: u8| {
            let (v, a) = (u32::from(v), u32::from(*a));
            ((v * a + u32::from(ground) * (255 - a) + 127) / 255) as u8
        };
        to.0 = [mix(*r), mix(*g), mix(*b)];
    }
    flat
}

/// Paper, if what is seen is seen on it; else the ground on which least is lost.
fn ground(image: &RgbaImage) -> u8 {
    let edges = Seen::of(image, true);
    // Without a solid edge, as in a film over everything, all of it counts.
    let seen = if edges.all > 0.0 {
        edges
    } else {
        Seen::of(image, false)
    };
    let [paper, ..] = GROUNDS;
    if seen.lost(paper) <= LOST {
        return paper;
    }
    let least = |best: u8, next: u8| {
        if seen.lost(next) < seen.lost(best) {
            next
        } else {
            best
        }
    };
    GROUNDS.into_iter().reduce(least).unwrap_or(paper)
}

/// How much is seen of each brightness, weighed by how solid it is.
struct Seen {
    by: Vec<[f32; 4]>,
    all: f32,
}

impl Seen {
    /// Of all pixels, or of those that are solid and lie beside one that is not: what
    /// is within contrasts with these, and not with the ground.
    fn of(image: &RgbaImage, edges: bool) -> Self {
        let mut by = vec![[0.0; 4]; 256];
        let mut all = 0.0;
        let clear = |alpha: Option<&u8>| alpha.is_some_and(|alpha| *alpha < SOLID);
        let row = image.width() as usize * 4;
        let bytes = image.as_raw();
        for (n, [r, g, b, a]) in bytes.as_chunks::<4>().0.iter().enumerate() {
            let at = n * 4 + 3;
            let near = || {
                let before = |step: usize| at.checked_sub(step).and_then(|at| bytes.get(at));
                clear(before(4))
                    || clear(bytes.get(at + 4))
                    || clear(before(row))
                    || clear(bytes.get(at + row))
            };
            if *a == 0 || (edges && (*a < SOLID || !near())) {
                continue;
            }
            let light = (u32::from(*r) * 54 + u32::from(*g) * 183 + u32::from(*b) * 19) >> 8;
            // Four steps of solidity are enough.
            let part = usize::from(*a >> 6);
            if let Some(seen) = by.get_mut(light as usize).and_then(|by| by.get_mut(part)) {
                *seen += f32::from(*a);
                all += f32::from(*a);
            }
        }
        Self { by, all }
    }

    /// The part that is hardly seen on a ground.
    fn lost(&self, ground: u8) -> f32 {
        let lost = (0..=u8::MAX).zip(&self.by).flat_map(|(light, by)| {
            let off = f32::from(light.abs_diff(ground));
            (1_u8..)
                .zip(by)
                .filter(move |(part, _)| off * f32::from(*part) / 4.0 < NEAR)
                .map(|(_, seen)| *seen)
        });
        lost.sum::<f32>() / self.all.max(1.0)
    }
}

/// Opacity from which a pixel counts as solid.
const SOLID: u8 = 128;

#[cfg(test)]
mod tests {
    use super::*;

    /// Strokes of colours on nothing, noise under it.
    fn strokes(colours: &[[u8; 3]]) -> RgbaImage {
        RgbaImage::from_fn(64, 64, |x, y| {
            let [r, g, b] = colours[(y / 8) as usize % colours.len()];
            if x % 8 < 3 && y % 8 > 1 {
                Rgba([r, g, b, 255])
            } else {
                Rgba([(x * 31) as u8, (y * 57) as u8, 90, 0])
            }
        })
    }

    #[test]
    fn the_ground_contrasts_with_what_is_seen() {
        let cases: [(&[[u8; 3]], u8); 7] = [
            (&[[0; 3]], 255),
            (&[[90; 3]], 255),
            (&[[200, 30, 30]], 255),
            (&[[255; 3]], 24),
            (&[[255, 255, 0]], 24),
            (&[[0; 3], [255; 3]], 128),
            (&[[30, 60, 200], [250, 250, 250]], 128),
        ];
        for (colours, right) in cases {
            assert_eq!(ground(&strokes(colours)), right, "{colours:?}");
        }
    }

    #[test]
    fn what_is_within_an_edge_needs_no_ground() {
        // White letters on a black sign, as in a sticker.
        let sign = RgbaImage::from_fn(64, 64, |x, y| {
            let inside =
                |edge: u32| (edge..64 - edge).contains(&x) && (edge..64 - edge).contains(&y);
            match (inside(8), inside(12)) {
                (_, true) => Rgba([255; 4]),
                (true, _) => Rgba([0, 0, 0, 255]),
                _ => Rgba([9, 9, 9, 0]),
            }
        });
        assert_eq!(ground(&sign), 255);
        // A film over everything, and nothing at all.
        assert_eq!(
            ground(&RgbaImage::from_pixel(9, 9, Rgba([250, 250, 250, 90]))),
            24
        );
        assert_eq!(
            ground(&RgbaImage::from_pixel(9, 9, Rgba([250, 250, 250, 0]))),
            255
        );
    }

    #[test]
    fn nothing_hidden_is_left() {
        let (flat, was) = laid(DynamicImage::ImageRgba8(strokes(&[[0; 3]])));
        assert!(was);
        let flat = flat.into_rgb8();
        assert!(flat.pixels().all(|p| p.0 == [255; 3] || p.0 == [0; 3]));
    }
}
