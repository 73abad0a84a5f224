//! Rows of pixels shrunk as they come out of a decoder, so that of the picture
//! only a band is held at a time, and the shrinking is done beside the decoding.

use std::sync::mpsc::sync_channel;
use std::thread;

use crate::pixels::planes::Plane;
use crate::pixels::shrink::{Shrink, WORTH};

/// Bytes of source rows that are shrunk at a time: few enough to stay in a
/// processor's cache, enough not to work out the same weights over and over.
const BAND: usize = 6 << 20;

/// Bytes that are handed over at once.
const BATCH: usize = 1 << 20;

/// Batches under way: one in each hand and one between.
const BATCHES: usize = 3;

/// Fills the room for a row that it is given.
pub(crate) type Fill<'a> = dyn FnMut(&mut [u8]) -> Option<()> + 'a;

/// Makes a row.
pub(crate) type MakeRow<'a> = dyn FnMut(&mut Fill<'_>) -> Option<()> + 'a;

/// Shrinks the rows that `decode` makes. It is called with a way to make one: that
/// gives it room for a row and hands on what it fills. `None` from it, or fewer
/// rows than the picture has, give `None`.
pub(crate) fn shrunk(
    shrink: Shrink,
    decode: impl FnOnce(&mut MakeRow<'_>) -> Option<()>,
) -> Option<Plane> {
    let stride = shrink.source.0 * shrink.channels;
    let room = (BATCH / stride.max(1)).clamp(1, shrink.source.1.max(1)) * stride;
    let mut band = Band::new(shrink)?;
    let mut batch = Vec::with_capacity(room);
    if stride * shrink.source.1 < WORTH {
        decode(&mut |fill| {
            row(&mut batch, stride, fill)?;
            band.take(&batch)?;
            batch.clear();
            Some(())
        })?;
        return band.finish();
    }
    thread::scope(|scope| {
        let (filled, to_shrink) = sync_channel::<Vec<u8>>(BATCHES - 2);
        let (emptied, to_fill) = sync_channel::<Vec<u8>>(BATCHES);
        let shrinking = scope.spawn(move || {
            for mut batch in to_shrink {
                band.take(&batch)?;
                batch.clear();
                // Whoever decodes may have ended.
                let _ = emptied.try_send(batch);
            }
            band.finish()
        });
        let mut made = 1;
        let mut whole = decode(&mut |fill| {
            row(&mut batch, stride, fill)?;
            if batch.len() < room {
                return Some(());
            }
            let next = if made < BATCHES {
                made += 1;
                Vec::with_capacity(room)
            } else {
                to_fill.recv().ok()?
            };
            filled.send(std::mem::replace(&mut batch, next)).ok()
        });
        if whole.is_some() {
            whole = filled.send(batch).ok();
        }
        drop(filled);
        let plane = shrinking.join().ok().flatten();
        whole.and(plane)
    })
}

fn row(batch: &mut Vec<u8>, stride: usize, fill: &mut Fill<'_>) -> Option<()> {
    let at = batch.len();
    batch.resize(at + stride, 0);
    fill(batch.get_mut(at..)?)
}

/// A picture on its way to its new size.
struct Band {
    shrink: Shrink,
    /// Rows that still wait; the first is row `first`.
    rows: Vec<u8>,
    first: usize,
    stride: usize,
    /// Rows of the target that are made.
    done: u32,
    target: Plane,
}

impl Band {
    fn new(shrink: Shrink) -> Option<Self> {
        Some(Self {
            shrink,
            rows: Vec::new(),
            first: 0,
            stride: shrink.source.0 * shrink.channels,
            done: 0,
            target: shrink.room()?,
        })
    }

    fn take(&mut self, rows: &[u8]) -> Option<()> {
        if self.shrink.is_copy() {
            let at = self.first * self.stride;
            self.target
                .data
                .get_mut(at..at + rows.len())?
                .copy_from_slice(rows);
            self.first += rows.len() / self.stride.max(1);
            return Some(());
        }
        self.rows.extend_from_slice(rows);
        if self.rows.len() >= BAND {
            self.make(false)?;
        }
        Some(())
    }

    /// How many rows there have been.
    fn have(&self) -> usize {
        self.first + self.rows.len() / self.stride.max(1)
    }

    /// Makes all the target rows that the waiting source rows suffice for.
    fn make(&mut self, last: bool) -> Option<()> {
        let (per_row, reach) = (self.shrink.per_row(), self.shrink.reach());
        let have = self.have();
        let until = if last {
            self.target.height
        } else {
            (((have as f64 - reach) / per_row) as u32).min(self.target.height)
        };
        if until <= self.done {
            return Some(());
        }
        let row = self.shrink.row();
        let into = self
            .target
            .data
            .get_mut(self.done as usize * row..until as usize * row)?;
        self.shrink
            .rows(&self.rows, self.stride, self.first, self.done, into)?;
        self.done = until;
        // What reaches into the next row stays.
        let keep = (f64::from(until) * per_row - reach).max(0.0) as usize;
        let gone = keep.saturating_sub(self.first).min(have - self.first);
        self.rows.drain(..gone * self.stride);
        self.first += gone;
        Some(())
    }

    fn finish(mut self) -> Option<Plane> {
        if self.have() != self.shrink.source.1 {
            return None;
        }
        if !self.shrink.is_copy() {
            self.make(true)?;
        }
        Some(self.target)
    }
}
