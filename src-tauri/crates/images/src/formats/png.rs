//! PNG row by row, so that a screenshot is never held whole; and written in two
//! halves.

use std::io::Cursor;
use std::thread;

use ::png::chunk::IDAT;
use ::png::{BitDepth, ColorType, Decoder, Encoder, Limits, Reader, Transformations};
use flate2::{Compress, Compression, FlushCompress, Status};
use image::{DynamicImage, GrayImage, RgbImage};
use simd_adler32::adler32;

use crate::pixels::band::shrunk;
use crate::pixels::nature::{Nature, Neighbours};
use crate::pixels::shrink::{Shrink, WORTH};
use crate::survey::facts::Survey;

/// Room for what stands before the pixels, in bytes.
const ROOM: usize = 64 << 20;

fn reader<'a>(bytes: &'a [u8], survey: &Survey) -> Option<Reader<Cursor<&'a [u8]>>> {
    let mut decoder = Decoder::new_with_limits(Cursor::new(bytes), Limits { bytes: ROOM });
    // As `image` does, whose decoder reads what this one does not.
    decoder.set_transformations(Transformations::EXPAND);
    let reader = decoder.read_info().ok()?;
    let info = reader.info();
    ((info.width, info.height) == (survey.width, survey.height)).then_some(reader)
}

/// Decodes the first frame, keeps nothing of it, and says whether something in it is
/// transparent; of a frame that is only wanted opaque, up to the first row that is not.
/// `None` when it does not decode.
pub(crate) fn check(bytes: &[u8], survey: &Survey, only_opaque: bool) -> Option<bool> {
    let mut reader = reader(bytes, survey)?;
    let mut all = u8::MAX;
    let (colour, depth) = reader.output_color_type();
    while let Some(row) = reader.next_row().ok()? {
        let row = row.data();
        // A pass of an interlaced picture ends in the middle of a row, after a pixel.
        let least = |all: u8, alpha: &u8| all & alpha;
        all = match (colour, depth) {
            (ColorType::GrayscaleAlpha, BitDepth::Eight) => {
                let pixels = row.as_chunks::<2>().0.iter();
                pixels.map(|[_, alpha]| alpha).fold(all, least)
            }
            (ColorType::GrayscaleAlpha, _) => {
                let pixels = row.as_chunks::<4>().0.iter();
                pixels.map(|[.., alpha, _]| alpha).fold(all, least)
            }
            (ColorType::Rgba, BitDepth::Eight) => {
                let pixels = row.as_chunks::<4>().0.iter();
                pixels.map(|[.., alpha]| alpha).fold(all, least)
            }
            (ColorType::Rgba, _) => {
                let pixels = row.as_chunks::<8>().0.iter();
                pixels.map(|[.., alpha, _]| alpha).fold(all, least)
            }
            _ => all,
        };
        if only_opaque && all != u8::MAX {
            break;
        }
    }
    Some(all != u8::MAX)
}

/// The picture at `size`, shrunk as it is read, and what it is; `None` where that
/// is not for this way: it is interlaced, transparent, of 16 bits, or broken.
///
/// The colours are as they are stored.
pub(crate) fn small(
    bytes: &[u8],
    survey: &Survey,
    size: (u32, u32),
) -> Option<(DynamicImage, Nature)> {
    let mut reader = reader(bytes, survey)?;
    let (colour, depth) = reader.output_color_type();
    if reader.info().interlaced || depth != BitDepth::Eight {
        return None;
    }
    let (width, height) = (survey.width as usize, survey.height as usize);
    let channels = match colour {
        ColorType::Grayscale => 1,
        ColorType::Rgb | ColorType::Rgba => 3,
        _ => return None,
    };
    let mut neighbours = Neighbours::new(survey.height);
    let shrink = Shrink::image((width, height), size, channels);
    let plane = shrunk(shrink, |hand_on| {
        for y in 0..survey.height {
            let row = reader.next_row().ok()??;
            hand_on(&mut |into| {
                match colour {
                    ColorType::Rgba => opaque(row.data(), into)?,
                    _ => into.copy_from_slice(row.data().get(..into.len())?),
                }
                neighbours.see(y, into, channels);
                Some(())
            })?;
        }
        Some(())
    })?;
    let (width, height) = (plane.width, plane.height);
    let image = match channels {
        1 => GrayImage::from_raw(width, height, plane.data).map(DynamicImage::ImageLuma8),
        _ => RgbImage::from_raw(width, height, plane.data).map(DynamicImage::ImageRgb8),
    };
    Some((image?, neighbours.nature()))
}

/// Leaves out the alpha of a row where there is nothing in it.
fn opaque(row: &[u8], into: &mut [u8]) -> Option<()> {
    let mut all = u8::MAX;
    let pixels = into.as_chunks_mut::<3>().0.iter_mut();
    for (to, [r, g, b, a]) in pixels.zip(row.as_chunks::<4>().0) {
        *to = [*r, *g, *b];
        all &= a;
    }
    (all == u8::MAX).then_some(())
}

/// How hard is tried to make a drawing small. More gains 2 %, and takes as long
/// again.
const EFFORT: u32 = 4;

/// A drawing as PNG: flat areas are smallest unfiltered. Two threads deflate a
/// half each, which costs some bytes where they meet.
pub(crate) fn drawing(image: &DynamicImage, colour: ColorType) -> Option<Vec<u8>> {
    let stride = image.width() as usize * usize::from(image.color().bytes_per_pixel());
    let mut rows = Vec::with_capacity(image.as_bytes().len() + image.height() as usize);
    for row in image.as_bytes().chunks_exact(stride.max(1)) {
        rows.push(UNFILTERED);
        rows.extend_from_slice(row);
    }
    let (above, below) = rows.split_at(if rows.len() < WORTH {
        0
    } else {
        rows.len() / 2
    });
    let (above, below, sum) = thread::scope(|scope| {
        let other = (!above.is_empty()).then(|| scope.spawn(|| deflated(above, false)));
        let below = deflated(below, true);
        let sum = adler32(&rows.as_slice());
        let above = match other {
            Some(other) => other.join().ok()?,
            None => Some(Vec::new()),
        };
        Some((above?, below?, sum))
    })?;
    let data = [&ZLIB[..], &above, &below, &sum.to_be_bytes()].concat();
    let mut bytes = Vec::with_capacity(data.len() + 64);
    let mut encoder = Encoder::new(&mut bytes, image.width(), image.height());
    encoder.set_color(colour);
    let mut writer = encoder.write_header().ok()?;
    writer.write_chunk(IDAT, &data).ok()?;
    writer.finish().ok()?;
    Some(bytes)
}

/// The filter of a row that has none (PNG, section 9.2).
const UNFILTERED: u8 = 0;
/// The head of a zlib stream with a window of 32 KB (RFC 1950, section 2.2).
const ZLIB: [u8; 2] = [0x78, 0x5e];

/// Deflated (RFC 1951), up to a whole byte after which more may follow, or to the
/// end.
fn deflated(bytes: &[u8], last: bool) -> Option<Vec<u8>> {
    let mut out = Vec::with_capacity(bytes.len() / 2 + 1024);
    let mut deflate = Compress::new(Compression::new(EFFORT), false);
    let flush = if last {
        FlushCompress::Finish
    } else {
        FlushCompress::Sync
    };
    loop {
        let read = usize::try_from(deflate.total_in()).ok()?;
        let status = deflate
            .compress_vec(bytes.get(read..)?, &mut out, flush)
            .ok()?;
        let all = usize::try_from(deflate.total_in()).ok()? == bytes.len();
        // With room left there is nothing more to come.
        if status == Status::StreamEnd || (!last && all && out.len() < out.capacity()) {
            return Some(out);
        }
        out.reserve(out.capacity().max(1024));
    }
}
