//! What comes of a PDF.

use std::sync::Arc;

use image::RgbImage;

/// A page that was drawn.
#[derive(Clone)]
pub(crate) struct Page {
    pub(crate) pixels: Arc<RgbImage>,
    /// Pages of the file.
    pub(crate) of: u32,
}

impl std::fmt::Debug for Page {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "a page of {}", self.of)
    }
}

/// Why there is no page.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Failure {
    /// No PDF that can be read, or one without that page.
    Broken,
    /// It is encrypted.
    Protected,
    /// It would take too long, or too much memory.
    TooMuch,
}
