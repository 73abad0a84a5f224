//! How much is decoded at once.

use std::sync::Arc;

use tokio::sync::{OwnedSemaphorePermit, Semaphore};

/// Pictures that are decoded at once.
const SLOTS: usize = 2;

/// Megabytes that decoding may take together.
const MEGABYTES: u32 = 800;

/// Bytes that a pixel takes on its way: as it was decoded, turned, and shrunk.
const A_PIXEL: u64 = 12;

/// Pixels of what does not say how many it has, or is no picture.
const UNKNOWN: u64 = 24_000_000;

/// As much, where the page of a PDF is drawn.
pub(crate) const A_PAGE: u64 = UNKNOWN;

/// A bound on the pictures that are in work. Cheap to clone; clones are one.
#[derive(Clone)]
pub(crate) struct Load {
    slots: Arc<Semaphore>,
    memory: Arc<Semaphore>,
}

/// Leave to work on one picture, until it is dropped. `None` after the end of the
/// app only.
pub(crate) type Leave = Option<OwnedSemaphorePermit>;

impl Load {
    pub fn new() -> Self {
        Self {
            slots: Arc::new(Semaphore::new(SLOTS)),
            memory: Arc::new(Semaphore::new(MEGABYTES as usize)),
        }
    }

    /// Waits for its turn.
    pub async fn slot(&self) -> Leave {
        Arc::clone(&self.slots).acquire_owned().await.ok()
    }

    /// A second slot, where nobody waits for it.
    pub fn spare(&self) -> Leave {
        Arc::clone(&self.slots).try_acquire_owned().ok()
    }

    /// Waits until there is memory for this many pixels; for more than there ever
    /// is, until there is nobody else. Whoever waits here has a slot.
    pub async fn memory(&self, pixels: u64) -> Leave {
        let megabytes = pixels.saturating_mul(A_PIXEL) / 1_000_000 + 1;
        let share = u32::try_from(megabytes).map_or(MEGABYTES, |share| share.min(MEGABYTES));
        Arc::clone(&self.memory)
            .acquire_many_owned(share)
            .await
            .ok()
    }
}

/// Pixels of a file, as it says itself; blocking.
pub(crate) fn pixels(bytes: &[u8]) -> u64 {
    images::outline(bytes).map_or(UNKNOWN, |outline| outline.pixels)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn two_at_once_and_a_giant_alone() {
        let load = Load::new();
        let (first, second) = (load.slot().await, load.spare());
        assert!(first.is_some() && second.is_some());
        assert!(load.spare().is_none(), "a third would be decoded");
        drop(first);
        assert!(load.spare().is_some());

        let giant = load.memory(u64::MAX).await;
        let mut small = Box::pin(load.memory(1));
        assert!(futures_util::poll!(&mut small).is_pending());
        drop(giant);
        assert!(small.await.is_some());
    }
}
