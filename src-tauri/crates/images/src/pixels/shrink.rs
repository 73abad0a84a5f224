//! Samples in rows made fewer, on two threads where there are many.

use std::thread;

use fast_image_resize::{FilterType, ResizeAlg, ResizeOptions};

use crate::pixels::planes::{Colours, Plane};
use crate::pixels::resample::resample;

/// Samples from which on a second thread is worth its start.
pub(crate) const WORTH: usize = 1_000_000;

/// How a plane becomes smaller.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Shrink {
    /// Width and height of what comes, in pixels.
    pub(crate) source: (usize, usize),
    /// Part of it that the target shows: odd sizes leave half a sample over.
    pub(crate) shown: (f64, f64),
    /// Width and height of what is made.
    pub(crate) target: (u32, u32),
    pub(crate) filter: FilterType,
    /// Bytes a pixel: 1 or 3.
    pub(crate) channels: usize,
}

impl Shrink {
    /// All of a picture, of one or three channels.
    pub(crate) fn image(source: (usize, usize), target: (u32, u32), channels: usize) -> Self {
        Self {
            source,
            shown: (source.0 as f64, source.1 as f64),
            target,
            filter: FilterType::Lanczos3,
            channels,
        }
    }

    /// A component of `source` samples, in a picture of `whole` pixels that is
    /// made `target` pixels.
    pub(crate) fn plane(
        source: (usize, usize),
        whole: (usize, usize),
        target: (u32, u32),
        filter: FilterType,
        wanted: Colours,
    ) -> Self {
        let part = |side: usize, whole: usize, target: u32| match wanted {
            // A quarter, too, becomes a half: what is coded next knows no other.
            Colours::Stored if side < whole => target.div_ceil(2),
            _ => target,
        };
        let made = (
            part(source.0, whole.0, target.0),
            part(source.1, whole.1, target.1),
        );
        let scale = |side: usize, whole: usize, made: u32, target: u32| {
            let per = side as f64 / whole as f64 * (whole as f64 / f64::from(target));
            let factor = if made == target { 1.0 } else { 2.0 };
            // Samples of a component sit in the middle of the pixels they stand for.
            let exact = match wanted {
                Colours::Stored => f64::from(made) * per * factor,
                Colours::Full => side as f64,
            };
            exact.min(side as f64).max(1.0)
        };
        Self {
            source,
            shown: (
                scale(source.0, whole.0, made.0, target.0),
                scale(source.1, whole.1, made.1, target.1),
            ),
            target: made,
            filter,
            channels: 1,
        }
    }

    /// Source rows that one row of the target stands for.
    pub(crate) fn per_row(&self) -> f64 {
        self.shown.1 / f64::from(self.target.1.max(1))
    }

    /// Source rows that reach into a target row, beyond it.
    pub(crate) fn reach(&self) -> f64 {
        let support = match self.filter {
            FilterType::Box => 0.5,
            FilterType::Bilinear => 1.0,
            _ => 3.0,
        };
        support * self.per_row().max(1.0) + 2.0
    }

    /// Bytes of a row of the target.
    pub(crate) fn row(&self) -> usize {
        self.target.0 as usize * self.channels
    }

    /// Nothing to do but to copy.
    pub(crate) fn is_copy(&self) -> bool {
        self.source == (self.target.0 as usize, self.target.1 as usize)
    }

    /// Room for what is made.
    pub(crate) fn room(&self) -> Option<Plane> {
        let size = self.row().checked_mul(self.target.1 as usize)?;
        Some(Plane {
            width: self.target.0,
            height: self.target.1,
            data: vec![0; size],
        })
    }

    /// Makes it of all its rows, `stride` bytes from one to the next.
    pub(crate) fn whole(&self, rows: &[u8], stride: usize) -> Option<Plane> {
        let mut plane = self.room()?;
        if self.is_copy() {
            let row = self.row();
            let into = plane.data.chunks_exact_mut(row.max(1));
            for (into, from) in into.zip(rows.chunks(stride.max(1))) {
                into.copy_from_slice(from.get(..row)?);
            }
            return Some(plane);
        }
        // Both halves see all of the source, so that no seam shows.
        let half = self.target.1 / 2;
        let (above, below) = plane.data.split_at_mut(self.row() * half as usize);
        let part = |from: u32, into: &mut [u8]| self.rows(rows, stride, 0, from, into);
        let done = if rows.len() < WORTH || half == 0 {
            part(0, above).and(part(half, below))
        } else {
            thread::scope(|scope| {
                let other = scope.spawn(|| part(half, below));
                let first = part(0, above);
                other.join().ok().flatten().and(first)
            })
        };
        done.map(|()| plane)
    }

    /// Makes the rows of the target from `done` on that `into` has room for, of
    /// source rows of which `first` is the number of the first.
    pub(crate) fn rows(
        &self,
        rows: &[u8],
        stride: usize,
        first: usize,
        done: u32,
        into: &mut [u8],
    ) -> Option<()> {
        let count = u32::try_from(into.len() / self.row().max(1)).ok()?;
        if count == 0 {
            return Some(());
        }
        let height = rows.len() / stride.max(1);
        let wide = u32::try_from(stride / self.channels).ok()?;
        let tall = u32::try_from(height).ok()?;
        let source = (rows.get(..stride * height)?, wide, tall);
        let top = f64::from(done) * self.per_row() - first as f64;
        let shown = (f64::from(count) * self.per_row()).min(f64::from(tall) - top);
        let options = ResizeOptions::new()
            .resize_alg(ResizeAlg::Convolution(self.filter))
            .crop(0.0, top, self.shown.0, shown);
        resample(
            self.channels,
            source,
            (into, self.target.0, count),
            &options,
        )
    }
}
