//! JPEG inside of TIFF, as it is stored today (Adobe's technical note 2 of 1995) and as
//! it was before.

use drawing::format::Format;
use drawing::raw::holds;
use fast_image_resize::FilterType;

use super::samples::Chunk;
use crate::formats::jpeg;
use crate::pixels::planes::{Colours as Wanted, Kind};
use crate::survey;
use crate::survey::tiff::coding::OldJpeg;
use crate::survey::tiff::page::{Colours, Page};

const SOI: [u8; 2] = [0xff, 0xd8];
const EOI: [u8; 2] = [0xff, 0xd9];

/// A strip or a tile, with the tables that all of them share.
pub(super) fn chunk(
    stored: &[u8],
    tables: &[u8],
    page: &Page,
    size: (u32, u32),
    coded: &Colours,
) -> Option<Chunk> {
    let tables = tables.strip_prefix(&SOI).unwrap_or_default();
    let tables = tables.strip_suffix(&EOI).unwrap_or(tables);
    let own = stored.strip_prefix(&SOI)?;
    let stream = [&SOI, tables, own].concat();
    // The rows that are shown have to be there.
    let least = (size.0.min(page.width), size.1.min(page.height));
    samples(&stream, size, least, coded)
}

/// The samples of a stream, brightness and colours as red, green and blue.
fn samples(stream: &[u8], most: (u32, u32), least: (u32, u32), coded: &Colours) -> Option<Chunk> {
    let survey = survey::of(Format::Jpeg, stream)?;
    let (width, height) = (survey.width, survey.height);
    // Blocks of up to 32 pixels may end beyond the chunk.
    let fits = |side: u32, least: u32, most: u32| (least..=most.saturating_add(32)).contains(&side);
    if survey.coding.is_some()
        || !fits(width, least.0, most.0)
        || !fits(height, least.1, most.1)
        || u64::from(survey.scans) > 64
    {
        return None;
    }
    let mut planes = jpeg::planes(
        stream,
        &survey,
        (width, height),
        FilterType::Bilinear,
        Wanted::Full,
    )?;
    let says = survey.adobe || holds(stream.get(..64).unwrap_or(stream), b"JFIF\0");
    if planes.kind == Kind::YCbCr && !says && !matches!(coded, Colours::YCbCr { .. }) {
        // By the names of its components it was taken for what it is not.
        planes.kind = Kind::Rgb;
    }
    if planes.kind == Kind::Cmyk {
        let mut data = vec![0; width as usize * height as usize * 4];
        for (n, plane) in planes.planes.iter().enumerate() {
            let into = data.iter_mut().skip(n).step_by(4);
            for (to, from) in into.zip(&plane.data) {
                // Adobe's programs write what is left of the light.
                *to = if survey.adobe { 255 - from } else { *from };
            }
        }
        return Some(Chunk::bytes(data, width as usize, 4));
    }
    let channels = planes.planes.len();
    let image = planes.pixels(None, false)?;
    Some(Chunk::bytes(image.into_bytes(), width as usize, channels))
}

/// All of a page of the old kind: a whole stream, one whose data is in the strips, or
/// tables and strips without any.
pub(super) fn old(bytes: &[u8], page: &Page, old: &OldJpeg, coded: &Colours) -> Option<Chunk> {
    let size = (page.width, page.height);
    let read = |stream: &[u8]| samples(stream, size, size, coded);
    let stream = bytes.get(old.stream.clone()).unwrap_or_default();
    if stream.starts_with(&SOI) {
        if let Some(chunk) = read(stream) {
            return Some(chunk);
        }
        // Many name a length that is too short.
        let rest = bytes.get(old.stream.start..)?;
        if let Some(chunk) = read(rest) {
            return Some(chunk);
        }
        let head = stream.strip_suffix(&EOI).unwrap_or(stream);
        if let Some(chunk) = read(&joined(head, bytes, page, false)) {
            return Some(chunk);
        }
    }
    let head = head(bytes, page, old)?;
    read(&joined(&head, bytes, page, true))
}

/// A head, the data of the strips, and the mark of the end.
fn joined(head: &[u8], bytes: &[u8], page: &Page, restarts: bool) -> Vec<u8> {
    let mut stream = head.to_vec();
    for (n, range) in page.chunks.iter().enumerate() {
        if restarts && n > 0 {
            stream.extend([0xff, 0xd0 | ((n - 1) & 7) as u8]);
        }
        stream.extend(bytes.get(range.clone()).unwrap_or_default());
    }
    stream.extend(EOI);
    stream
}

/// What a stream begins with, of the tables that the tags name (TIFF 6.0, section 22).
fn head(bytes: &[u8], page: &Page, old: &OldJpeg) -> Option<Vec<u8>> {
    let side = |side: u32| Some(u16::try_from(side).ok()?.to_be_bytes());
    let components = page.samples.min(4) as u8;
    let (across, down) = if page.samples == 3 { old.share } else { (1, 1) };
    if !matches!((across, down), (1 | 2 | 4, 1 | 2 | 4)) {
        return None;
    }
    let mut head = SOI.to_vec();
    let mut segment = |marker: u8, data: &[u8]| {
        head.extend([0xff, marker]);
        head.extend(u16::try_from(data.len() + 2).unwrap_or(0).to_be_bytes());
        head.extend(data);
    };
    for n in 0..components {
        let place = |tables: &[usize]| tables.get(usize::from(n)).copied();
        let table = place(&old.quantisation)?;
        let values = bytes.get(table..table.checked_add(64)?)?;
        segment(0xdb, &[&[n], values].concat());
        for (class, at) in [(0, place(&old.dc)?), (0x10, place(&old.ac)?)] {
            let counts = bytes.get(at..at.checked_add(16)?)?;
            let codes: usize = counts.iter().map(|count| usize::from(*count)).sum();
            let table = bytes.get(at..at.checked_add(16 + codes)?)?;
            segment(0xc4, &[&[class | n], table].concat());
        }
    }
    let mut frame = [
        &[8][..],
        &side(page.height)?,
        &side(page.width)?,
        &[components],
    ]
    .concat();
    let mut scan = vec![components];
    for n in 0..components {
        let share = if n == 0 { across << 4 | down } else { 0x11 };
        frame.extend([n + 1, share as u8, n]);
        scan.extend([n + 1, n << 4 | n]);
    }
    scan.extend([0, 63, 0]);
    segment(0xc0, &frame);
    // Each strip begins anew.
    let blocks = page.width.div_ceil(8 * across) * page.chunk.1.div_ceil(8 * down);
    segment(0xdd, &u16::try_from(blocks).unwrap_or(0).to_be_bytes());
    segment(0xda, &scan);
    Some(head)
}
