//! Photos and drawings.

use image::DynamicImage;

/// How a picture is coded best.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Nature {
    /// Every pixel differs from the next: JPEG.
    Photo,
    /// Flat areas and hard edges, which JPEG would blur: PNG where it fits.
    Drawing,
}

impl Nature {
    /// Tells a screenshot or drawing from a photo; see [`Neighbours`].
    pub(crate) fn of(image: &DynamicImage) -> Self {
        let channels = usize::from(image.color().bytes_per_pixel());
        let row = image.width() as usize * channels;
        let mut neighbours = Neighbours::new(image.height());
        for (y, row) in (0..).zip(image.as_bytes().chunks_exact(row.max(1))) {
            neighbours.see(y, row, channels);
        }
        neighbours.nature()
    }
}

/// Tells a screenshot or drawing from a photo: at least half of its pixels equal
/// the one left of them. Noise leaves a photo far below that, its blown-out skies
/// included.
#[derive(Debug)]
pub(crate) struct Neighbours {
    step: u32,
    same: usize,
    all: usize,
}

impl Neighbours {
    /// For a picture of so many rows.
    pub(crate) fn new(height: u32) -> Self {
        Self {
            // Two hundred rows tell as much as all of them.
            step: (height / 200).max(1),
            same: 0,
            all: 0,
        }
    }

    /// Looks at row `y`, of so many bytes a pixel.
    pub(crate) fn see(&mut self, y: u32, row: &[u8], channels: usize) {
        if !y.is_multiple_of(self.step) {
            return;
        }
        let (same, all) = match channels {
            1 => equal_neighbours::<1>(row),
            4 => equal_neighbours::<4>(row),
            _ => equal_neighbours::<3>(row),
        };
        self.same += same;
        self.all += all;
    }

    /// Is at least such a part the same?
    pub(crate) fn alike(&self, part: f64) -> bool {
        self.same as f64 >= self.all as f64 * part
    }

    pub(crate) fn nature(&self) -> Nature {
        if self.alike(0.5) {
            Nature::Drawing
        } else {
            Nature::Photo
        }
    }
}

/// How many pixels equal the one before, and how many have one before.
fn equal_neighbours<const N: usize>(row: &[u8]) -> (usize, usize) {
    let pixels = row.as_chunks::<N>().0;
    let pairs = pixels.iter().zip(pixels.iter().skip(1));
    (
        pairs.filter(|(a, b)| a == b).count(),
        pixels.len().saturating_sub(1),
    )
}
