//! TIFF as scanners and offices write it.

mod codes;
mod colours;
mod fax;
mod jpeg;
mod samples;
mod sheet;
mod xz;

use image::DynamicImage;

use self::samples::Chunk;
use self::sheet::Sheet;
use crate::survey::facts::Survey;
use crate::survey::tiff::coding::Coding;
use crate::survey::tiff::page::{Colours, Page};

/// The page that was surveyed, its inks by the profile that it carries; `None` when it
/// does not decode, or pixels are missing.
pub(crate) fn decode(bytes: &[u8], survey: &Survey) -> Option<DynamicImage> {
    let mut page = crate::survey::tiff::page(bytes)?;
    if (page.width, page.height) != (survey.width, survey.height) {
        return None;
    }
    let coded = match page.colours {
        // JPEG stores brightness and colours itself, of all samples together.
        Colours::YCbCr { .. } if page.coding.is_picture() && !page.planar => {
            std::mem::replace(&mut page.colours, Colours::Rgb)
        }
        _ => page.colours.clone(),
    };
    let mut sheet = Sheet::new(&page)?;
    if let Coding::OldJpeg(old) = &page.coding {
        let chunk = jpeg::old(bytes, &page, old, &coded)?;
        // Its strips, if it has any, were one picture.
        page.chunk = (page.width, page.height);
        sheet.put(&chunk, &page, (0, 0), 0)?;
    } else {
        let (across, down) = page.grid();
        let mut chunks = page.chunks.iter();
        for plane in 0..page.samples / page.together() {
            for row in 0..down {
                for column in 0..across {
                    let place = (column * page.chunk.0, row * page.chunk.1);
                    let stored = bytes.get(chunks.next()?.clone())?;
                    if page.planar && !sheet.keeps(plane) {
                        continue;
                    }
                    let size = size(&page, place.1, plane);
                    let chunk = chunk(bytes, stored, &page, size, &coded)?;
                    sheet.put(&chunk, &page, place, plane)?;
                }
            }
        }
    }
    colours::pixels(sheet, &page, &survey.space)
}

/// Width and height of the chunk at row `y` as it is stored: a tile is always whole, the
/// last strip has the rows that are left, and colours may have fewer samples.
fn size(page: &Page, y: u32, plane: usize) -> (u32, u32) {
    let (width, rows) = page.chunk;
    let rows = if page.tiled {
        rows
    } else {
        rows.min(page.height - y)
    };
    match page.colours {
        Colours::YCbCr { share, .. } if page.planar && (plane == 1 || plane == 2) => {
            (width.div_ceil(share.0), rows.div_ceil(share.1))
        }
        _ => (width, rows),
    }
}

/// The samples of a chunk.
fn chunk(
    bytes: &[u8],
    stored: &[u8],
    page: &Page,
    size: (u32, u32),
    coded: &Colours,
) -> Option<Chunk> {
    match &page.coding {
        Coding::Jpeg(tables) => jpeg::chunk(stored, bytes.get(tables.clone())?, page, size, coded),
        Coding::Webp => codes::webp(stored, size),
        Coding::Jpeg2000 => codes::jpeg2000(stored, size, page.together()),
        Coding::Fax(fax) => fax::chunk(stored, *fax, size, page.reversed),
        coding => {
            let mut chunk = Chunk::room(page, size)?;
            let stored = match coding {
                Coding::Plain => stored.get(..chunk.data.len())?,
                _ => stored,
            };
            let reversed = page.reversed.then(|| codes::reversed(stored));
            let stored = reversed.as_deref().unwrap_or(stored);
            codes::expand(coding, stored, &mut chunk.data)?;
            samples::undo(&mut chunk, page)?;
            match page.shared() {
                Some(share) => chunk.apart(size, share),
                None => Some(chunk),
            }
        }
    }
}
