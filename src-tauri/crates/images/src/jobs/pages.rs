//! Pages of a PDF.

use std::sync::Arc;

use drawing::format::{Format, Sniffed, sniff};
use drawing::{Caps, Error};
use image::DynamicImage;

use crate::fit;
use crate::formats::pdf::{self, page::Failure};

/// Pages of a file, if it is a PDF.
///
/// # Errors
/// [`Error::TooLarge`], [`Error::Broken`] also where there is no page,
/// [`Error::Protected`], [`Error::TooSlow`].
pub fn pages(name: &str, bytes: &[u8], caps: &Caps) -> Result<Option<u32>, Error> {
    if sniff(bytes) != Sniffed::Known(Format::Pdf) {
        return Ok(None);
    }
    caps.admit(name, bytes)?;
    let count = pdf::worked(bytes, None).map_err(|failure| pdf::refused(name, failure))?;
    Ok(Some(count.of))
}

/// A page of a PDF as a picture, on white, at 200 dots an inch where that is not
/// more than six megapixels; the first is 1. PNG, which goes the way of every
/// other picture.
///
/// # Errors
/// As [`pages`].
pub fn page(name: &str, bytes: &[u8], number: u32, caps: &Caps) -> Result<Vec<u8>, Error> {
    caps.admit(name, bytes)?;
    let drawn = pdf::worked(bytes, Some(number)).map_err(|failure| pdf::refused(name, failure))?;
    let pixels = Arc::unwrap_or_clone(drawn.pixels);
    fit::fast_png(&DynamicImage::ImageRgb8(pixels))
        .ok_or_else(|| pdf::refused(name, Failure::Broken))
}
