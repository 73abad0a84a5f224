//! A file of which bytes are overwritten.

use std::ops::Range;

/// A file that is changed where it is.
pub(super) struct File<'b> {
    pub bytes: &'b mut [u8],
    /// Something was lost.
    pub changed: bool,
    /// How much may still be overwritten: what lies over one another in a hostile file
    /// would take for ever.
    spare: usize,
}

impl<'b> File<'b> {
    pub fn new(bytes: &'b mut [u8]) -> Self {
        Self {
            spare: bytes.len().saturating_mul(4),
            bytes,
            changed: false,
        }
    }

    pub fn len(&self) -> usize {
        self.bytes.len()
    }

    pub fn get(&self, at: usize, count: usize) -> Option<&[u8]> {
        self.bytes.get(at..at.checked_add(count)?)
    }

    pub fn byte(&self, at: usize) -> Option<u8> {
        self.bytes.get(at).copied()
    }

    pub fn array<const N: usize>(&self, at: usize) -> Option<[u8; N]> {
        self.get(at, N)?.try_into().ok()
    }

    pub fn u32(&self, at: usize) -> Option<u32> {
        self.array(at).map(u32::from_be_bytes)
    }

    pub fn u64(&self, at: usize) -> Option<u64> {
        self.array(at).map(u64::from_be_bytes)
    }

    /// Writes these bytes there.
    pub fn put(&mut self, at: usize, new: &[u8]) -> Option<()> {
        let place = self.bytes.get_mut(at..at.checked_add(new.len())?)?;
        if place != new {
            place.copy_from_slice(new);
            self.changed = true;
        }
        Some(())
    }

    /// Zeros there.
    pub fn clear(&mut self, range: Range<usize>) -> Option<()> {
        self.spare = self.spare.checked_sub(range.len())?;
        let place = self.bytes.get_mut(range)?;
        if place.iter().any(|byte| *byte != 0) {
            place.fill(0);
            self.changed = true;
        }
        Some(())
    }
}
