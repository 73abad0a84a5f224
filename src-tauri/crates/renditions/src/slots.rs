//! How much is decoded at once, and who goes first.

use std::sync::Arc;

use drawing::Draw;
use drawing::format::{Format, Sniffed, sniff};
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
pub const A_PAGE: u64 = UNKNOWN;

/// For whom a picture is decoded.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Priority {
    /// A person waits for just this: goes before all that is only queued.
    Person,
    /// It was dropped with others, or is fitted anew because the model changed.
    Queue,
}

/// A bound on the pictures that are in work. Cheap to clone; clones are one.
#[derive(Clone)]
pub struct Slots {
    /// The head of the queue: only who holds one of these waits for a slot, so that a
    /// person waits for few.
    queue: Arc<Semaphore>,
    slots: Arc<Semaphore>,
    memory: Arc<Semaphore>,
}

/// Leave to work on one picture, until it is dropped. `None` after the end of the
/// app only.
pub type Leave = Option<OwnedSemaphorePermit>;

/// A slot, and the place in the queue that led to it.
pub struct Slot {
    _slot: Leave,
    _queued: Leave,
}

impl Default for Slots {
    fn default() -> Self {
        Self {
            queue: Arc::new(Semaphore::new(SLOTS)),
            slots: Arc::new(Semaphore::new(SLOTS)),
            memory: Arc::new(Semaphore::new(MEGABYTES as usize)),
        }
    }
}

impl Slots {
    /// Waits for its turn.
    pub async fn slot(&self, who: Priority) -> Slot {
        let queued = match who {
            Priority::Person => None,
            Priority::Queue => Arc::clone(&self.queue).acquire_owned().await.ok(),
        };
        Slot {
            _slot: Arc::clone(&self.slots).acquire_owned().await.ok(),
            _queued: queued,
        }
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

/// Bytes within which nearly every file says how large its picture is.
const HEAD: usize = 128 << 10;

/// Pixels of a file, as it says itself; blocking.
pub fn pixels(draw: &Draw, bytes: &[u8]) -> u64 {
    // These list several pictures, and may have the one that counts at the end.
    let is_list = matches!(sniff(bytes), Sniffed::Known(Format::Tiff | Format::Ico));
    let head = bytes.get(..HEAD).filter(|_| !is_list);
    let head = head.and_then(|head| draw.outline(head));
    head.or_else(|| draw.outline(bytes))
        .map_or(UNKNOWN, |outline| outline.pixels)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A TIFF of a small copy, and of the picture behind 128 KB.
    fn small_copy_first() -> Vec<u8> {
        let page = |kind: u32, side: u32, next: u32| {
            let mut out = 10_u16.to_le_bytes().to_vec();
            for (tag, value) in [
                (254_u16, kind),
                (256, side),
                (257, side),
                (258, 8),
                (259, 1),
                (262, 1),
                (273, 8),
                (277, 1),
                (278, side),
                (279, 100),
            ] {
                out.extend(tag.to_le_bytes());
                out.extend([4, 0, 1, 0, 0, 0]);
                out.extend(value.to_le_bytes());
            }
            out.extend(next.to_le_bytes());
            out
        };
        let behind = HEAD as u32 + 100;
        let mut out = b"II*\0\x08\0\0\0".to_vec();
        out.extend(page(1, 10, behind));
        out.resize(behind as usize, 0);
        out.extend(page(0, 3000, 0));
        out
    }

    /// An icon of a PNG of 16 pixels a side, and one of 256 behind 128 KB.
    fn small_icon_first() -> Vec<u8> {
        let png = |side: u32| {
            let side = side.to_be_bytes();
            [
                &b"\x89PNG\r\n\x1a\n\0\0\0\x0dIHDR"[..],
                &side,
                &side,
                &[8, 6],
            ]
            .concat()
        };
        let mut out = b"\0\0\x01\0\x02\0".to_vec();
        for at in [100, HEAD as u32 + 100] {
            out.extend([0, 0, 0, 0, 1, 0, 32, 0, 99, 0, 0, 0]);
            out.extend(at.to_le_bytes());
        }
        out.resize(100, 0);
        out.extend(png(16));
        out.resize(HEAD + 100, 0);
        out.extend(png(256));
        out
    }

    #[test]
    fn a_small_copy_at_the_start_is_not_taken_for_the_picture() {
        let draw = Draw::beside();
        assert!(pixels(&draw, &small_copy_first()) >= 9_000_000);
        assert_eq!(pixels(&draw, &small_icon_first()), 256 * 256);
    }

    #[tokio::test]
    async fn two_at_once_and_a_giant_alone() {
        let slots = Slots::default();
        let (first, second) = (slots.slot(Priority::Queue).await, slots.spare());
        assert!(second.is_some());
        assert!(slots.spare().is_none(), "a third would be decoded");
        drop(first);
        assert!(slots.spare().is_some());

        drop(second);
        let giant = slots.memory(u64::MAX).await;
        let mut small = Box::pin(slots.memory(1));
        assert!(futures_util::poll!(&mut small).is_pending());
        drop(giant);
        assert!(small.await.is_some());
    }

    #[tokio::test]
    async fn a_person_passes_what_is_queued() {
        let slots = Slots::default();
        let working = [
            slots.slot(Priority::Queue).await,
            slots.slot(Priority::Queue).await,
        ];
        let mut queued: Vec<_> = (0..200)
            .map(|_| Box::pin(slots.slot(Priority::Queue)))
            .collect();
        for one in &mut queued {
            assert!(futures_util::poll!(one).is_pending());
        }
        let mut person = Box::pin(slots.slot(Priority::Person));
        assert!(futures_util::poll!(&mut person).is_pending());
        // The first that ends makes room for the person, not for the queue.
        let [first, _second] = working;
        drop(first);
        assert!(futures_util::poll!(&mut person).is_ready());
    }
}
