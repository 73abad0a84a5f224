//! PDF, drawn by `hayro` page by page: nothing outside of the file is opened, and
//! no script is run.
//!
//! A page may ask for any amount of work and memory, and whoever draws it cannot
//! be stopped. So it is drawn by a process of its own where there is one, see
//! [`crate::apart`], and by a thread that is given up where there is none.

mod draw;

use std::sync::Arc;

use image::{DynamicImage, RgbImage};

use crate::apart;
use crate::deadline::{self, Outcome};
use crate::fit;
use crate::format::{Format, Sniffed, sniff};
use crate::raw::holds;
use crate::{Caps, Error};

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

impl PartialEq for Page {
    fn eq(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.pixels, &other.pixels)
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

/// Pages of a file, if it is a PDF.
///
/// # Errors
/// [`Error::TooLarge`], [`Error::Broken`] also where there is no page,
/// [`Error::Protected`], [`Error::TooSlow`].
pub fn pages(name: &str, bytes: &[u8], caps: &Caps) -> Result<Option<u32>, Error> {
    if sniff(bytes) != Sniffed::Known(Format::Pdf) {
        return Ok(None);
    }
    crate::prepare::within_size(name, bytes, *caps)?;
    let count = worked(bytes, None).map_err(|failure| refused(name, failure))?;
    Ok(Some(count.of))
}

/// A page of a PDF as a picture, on white, at 200 dots an inch where that is not
/// more than six megapixels; the first is 1. PNG, which goes the way of every
/// other picture.
///
/// # Errors
/// As [`pages`].
pub fn page(name: &str, bytes: &[u8], number: u32, caps: &Caps) -> Result<Vec<u8>, Error> {
    crate::prepare::within_size(name, bytes, *caps)?;
    let drawn = draw(bytes, number).map_err(|failure| refused(name, failure))?;
    let pixels = Arc::unwrap_or_clone(drawn.pixels);
    fit::fast_png(&DynamicImage::ImageRgb8(pixels)).ok_or_else(|| refused(name, Failure::Broken))
}

/// Draws a page; the first is 1.
pub(crate) fn draw(bytes: &[u8], number: u32) -> Result<Page, Failure> {
    worked(bytes, Some(number))
}

pub(crate) fn refused(name: &str, failure: Failure) -> Error {
    let (name, format) = (name.to_owned(), "PDF");
    match failure {
        Failure::Broken => Error::Broken { name, format },
        Failure::Protected => Error::Protected { name },
        Failure::TooMuch => Error::TooSlow { name, format },
    }
}

/// Bytes among which the mark of the end stands, with what mail and web servers
/// append to it.
const END: usize = 8 << 10;

/// The page, or only how many there are.
fn worked(bytes: &[u8], number: Option<u32>) -> Result<Page, Failure> {
    // Of a file that is cut off, what is left would be drawn: an empty page, perhaps.
    let end = bytes.get(bytes.len().saturating_sub(END)..);
    let marked = |end: &[u8]| holds(end, b"startxref") || holds(end, b"%%EOF");
    if !end.is_some_and(marked) {
        return Err(Failure::Broken);
    }
    if let Some(done) = apart::page(bytes, number) {
        return done;
    }
    let owned = bytes.to_vec();
    match deadline::within(deadline::DRAWING, move || draw::page(owned, number)) {
        Outcome::Done(page) => page,
        Outcome::Panicked => Err(Failure::Broken),
        Outcome::TooLong => Err(Failure::TooMuch),
    }
}

/// What the process for it does.
pub(crate) fn in_process(bytes: Vec<u8>, number: Option<u32>) -> Result<Page, Failure> {
    draw::page(bytes, number)
}
