use std::sync::Arc;

use hayro::hayro_interpret::InterpreterSettings;
use hayro::hayro_interpret::font::{FallbackFontQuery, FontData, FontQuery};
use hayro::hayro_interpret::hayro_cmap::CidFamily;
use hayro::hayro_syntax::{LoadPdfError, Pdf, page::Page as Sheet};
use hayro::vello_cpu::color::palette::css::{TRANSPARENT, WHITE};
use hayro::{PixmapSettings, RenderCache, RenderSettings, render};
use image::RgbImage;
use resvg::usvg::fontdb::{Query, Source, Weight};

use super::forms;
use super::page::{Failure, Page};
use crate::formats::fonts::{self, CHINESE, JAPANESE, KOREAN, TRADITIONAL, families};

/// Dots an inch: letters of six points are still read.
const DOTS: f64 = 200.0;
/// Units of a PDF in an inch.
const INCH: f64 = 72.0;
/// Most pixels of a page: A3 at 170 dots an inch.
const MOST: f64 = 6_000_000.0;
/// Longest side: a page is no roll of paper.
const SIDE: f64 = 8000.0;

/// Reads the file and draws the page; the first is 1. Without a number only the
/// pages are counted, and the picture is empty.
pub(crate) fn page(bytes: Vec<u8>, number: Option<u32>) -> Result<Page, Failure> {
    let pdf = Pdf::new(bytes).map_err(|error| match error {
        LoadPdfError::Decryption(_) => Failure::Protected,
        LoadPdfError::Invalid => Failure::Broken,
    })?;
    let pages = pdf.pages();
    let of = u32::try_from(pages.len()).unwrap_or(u32::MAX);
    if of == 0 {
        return Err(Failure::Broken);
    }
    let Some(number) = number else {
        let pixels = Arc::new(RgbImage::new(0, 0));
        return Ok(Page { pixels, of });
    };
    let at = (number as usize).checked_sub(1).ok_or(Failure::Broken)?;
    let page = pages.get(at).ok_or(Failure::Broken)?;
    let (width, height) = page.render_dimensions();
    let scale = scale(f64::from(width), f64::from(height)).ok_or(Failure::Broken)? as f32;
    let settings = InterpreterSettings {
        font_resolver: Arc::new(font),
        ..InterpreterSettings::default()
    };
    let on = |page: &Sheet<'_>, ground| {
        let pixels = PixmapSettings {
            x_scale: scale,
            y_scale: scale,
            bg_color: ground,
        };
        let all = RenderSettings::default();
        render(page, &RenderCache::new(), &settings, &all, &pixels)
    };
    let drawn = on(page, WHITE);
    let (width, height) = (u32::from(drawn.width()), u32::from(drawn.height()));
    // On white nothing is left that lets through.
    let rgb = drawn
        .data()
        .iter()
        .flat_map(|pixel| [pixel.r, pixel.g, pixel.b]);
    let pixels = RgbImage::from_raw(width, height, rgb.collect());
    let pixels = pixels.filter(|pixels| !pixels.is_empty());
    let mut pixels = pixels.ok_or(Failure::Broken)?;
    let values = forms::values(&pdf, page).and_then(|values| Pdf::new(values).ok());
    if let Some(values) = values
        && let Some(page) = values.pages().first()
    {
        let over = on(page, TRANSPARENT);
        if (u32::from(over.width()), u32::from(over.height())) == pixels.dimensions() {
            for (under, over) in pixels.pixels_mut().zip(over.data()) {
                // Its colours are multiplied by its alpha.
                let left = u16::from(u8::MAX - over.a);
                let shown = |under: u8, over: u8| {
                    over.saturating_add((u16::from(under) * left / 255) as u8)
                };
                let [r, g, b] = under.0;
                under.0 = [shown(r, over.r), shown(g, over.g), shown(b, over.b)];
            }
        }
    }
    let pixels = Arc::new(pixels);
    Ok(Page { pixels, of })
}

/// Pixels for a unit of the file; `None` for a page without size.
fn scale(width: f64, height: f64) -> Option<f64> {
    let area = width * height;
    let is_page = width.min(height) > 0.0 && area.is_finite();
    let most = (MOST / area).sqrt().min(SIDE / width.max(height));
    // Of the thinnest page one row is left.
    is_page
        .then(|| (DOTS / INCH).min(most).max(1.0 / width.min(height)))
        .filter(|scale| scale * width.max(height) < f64::from(u16::MAX))
}

/// A font for words whose own is not in the file: what the crate brings, and for
/// Chinese, Japanese and Korean one of the system's.
fn font(query: &FontQuery) -> Option<(FontData, u32)> {
    match query {
        FontQuery::Standard(font) => Some(font.get_font_data()),
        FontQuery::Fallback(wanted) => {
            system(wanted).or_else(|| Some(wanted.pick_standard_font().get_font_data()))
        }
    }
}

fn system(wanted: &FallbackFontQuery) -> Option<(FontData, u32)> {
    let collection = wanted.character_collection.as_ref()?;
    let names = match &collection.family {
        CidFamily::AdobeGB1 => CHINESE,
        CidFamily::AdobeCNS1 => TRADITIONAL,
        CidFamily::AdobeJapan1 => JAPANESE,
        CidFamily::AdobeKorea1 => KOREAN,
        _ => return None,
    };
    let fonts = fonts::all();
    let families: Vec<_> = families(names).collect();
    let id = fonts.query(&Query {
        families: &families,
        weight: if wanted.is_bold {
            Weight::BOLD
        } else {
            Weight::NORMAL
        },
        ..Query::default()
    })?;
    let (source, index) = fonts.face_source(id)?;
    let data: FontData = match source {
        Source::Binary(data) => Arc::new(data.as_ref().as_ref().to_vec()),
        Source::File(path) => Arc::new(std::fs::read(path).ok()?),
        Source::SharedFile(_, data) => Arc::new(data.as_ref().as_ref().to_vec()),
    };
    Some((data, index))
}

#[cfg(test)]
mod tests {
    use super::scale;

    #[test]
    fn a_page_is_drawn_to_be_read_and_never_without_bounds() {
        let size = |width: f64, height: f64| {
            let scale = scale(width, height).unwrap();
            (
                (width * scale).round() as u32,
                (height * scale).round() as u32,
            )
        };
        assert_eq!(size(595.0, 842.0), (1653, 2339));
        // A poster of two by three metres.
        let (width, height) = size(5669.0, 8504.0);
        assert!(
            width * height <= 6_010_000 && height < 3010,
            "{width} × {height}"
        );
        assert_eq!(size(10.0, 10.0), (28, 28));
        assert!(size(2.0, 14_000.0).1 <= 8000);
        for (width, height) in [
            (0.0, 9.0),
            (-3.0, 9.0),
            (f64::NAN, 9.0),
            (1e300, 1e300),
            (0.001, 9000.0),
        ] {
            assert_eq!(scale(width, height), None, "{width} × {height}");
        }
    }
}
