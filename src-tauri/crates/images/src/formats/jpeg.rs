//! JPEG by libjpeg-turbo, through its safe wrapper: into planes as they are
//! stored, and out of them.

mod blocks;

use std::borrow::Cow;
use std::io::Cursor;

use fast_image_resize::FilterType;
use image::codecs::jpeg::JpegDecoder;
use image::{DynamicImage, ImageDecoder};
use turbojpeg::{
    Colorspace, Compressor, DecompressHeader, Decompressor, Image, PixelFormat, ScalingFactor,
    Subsamp, YuvImage, YuvPlanesImage, yuv_pixels_len,
};

use crate::pixels::planes::{Colours, Kind, Plane, Planes};
use crate::pixels::shrink::Shrink;
use crate::survey::facts::Survey;

/// Times as many pixels a side as are wanted that are left to the filter, at
/// least, where blocks are decoded at a part of their size.
const SPARE: f64 = 1.75;

/// Decodes a JPEG to `size`, no more pixels than it has; `None` when it does not
/// decode, or has another size than was surveyed.
pub(crate) fn planes(
    bytes: &[u8],
    survey: &Survey,
    size: (u32, u32),
    filter: FilterType,
    wanted: Colours,
) -> Option<Planes> {
    let whole = read(bytes, survey, size)?;
    let planes = whole.parts.iter().map(|part| {
        let rows = whole.samples.get(part.from..)?;
        let rows = rows.get(..part.stride * part.rows)?;
        Shrink::plane(part.size, whole.size, size, filter, wanted).whole(rows, part.stride)
    });
    Some(Planes {
        planes: planes.collect::<Option<_>>()?,
        kind: whole.kind,
    })
}

/// Decodes all of it at the least size, and says what it is made of; `None` when
/// it does not decode.
pub(crate) fn check(bytes: &[u8], survey: &Survey) -> Option<Kind> {
    read(bytes, survey, (1, 1)).map(|whole| whole.kind)
}

/// Small faults are forgiven where all pixels are there; without that the lower part
/// of one that was cut off would be grey, and nobody told.
fn read(bytes: &[u8], survey: &Survey, size: (u32, u32)) -> Option<Decoded> {
    let bytes = ended(bytes, survey);
    decoded(&bytes, survey, size)
        .or_else(|| blocks::are_there(&bytes, survey.ended).then(|| forgiven(&bytes, survey))?)
}

/// The file with the mark of its end, without which every decoder complains: a program
/// that was cut short leaves it out, and no pixel hangs on it.
fn ended<'a>(bytes: &'a [u8], survey: &Survey) -> Cow<'a, [u8]> {
    match survey.scanned.and_then(|until| bytes.get(..until)) {
        Some(scanned) if !survey.ended => Cow::Owned([scanned, &[0xff, 0xd9]].concat()),
        _ => Cow::Borrowed(bytes),
    }
}

/// Samples as they come out of the file.
struct Decoded {
    kind: Kind,
    samples: Vec<u8>,
    parts: Vec<Part>,
    /// Width and height.
    size: (usize, usize),
}

/// Where a component is among the samples.
struct Part {
    from: usize,
    /// Bytes from one row to the next, and rows, those beyond its size counted.
    stride: usize,
    rows: usize,
    size: (usize, usize),
}

fn decoded(bytes: &[u8], survey: &Survey, size: (u32, u32)) -> Option<Decoded> {
    let mut decompressor = Decompressor::new().ok()?;
    let header = decompressor.read_header(bytes).ok()?;
    if (header.width, header.height) != (survey.width as usize, survey.height as usize) {
        return None;
    }
    let part = part(&header, size);
    decompressor.set_scaling_factor(part).ok()?;
    let header = header.scaled(part);
    match header.colorspace {
        Colorspace::Gray | Colorspace::YCbCr if header.subsamp != Subsamp::Unknown => {
            yuv(bytes, &header, &mut decompressor)
        }
        // What is sampled in no usual way comes as pixels only.
        Colorspace::RGB | Colorspace::Gray | Colorspace::YCbCr => {
            let pixels = pixels::<3>(bytes, &header, &mut decompressor, PixelFormat::RGB)?;
            Some(apart::<3>(
                Kind::Rgb,
                &pixels,
                (header.width, header.height),
            ))
        }
        Colorspace::CMYK | Colorspace::YCCK => {
            let pixels = pixels::<4>(bytes, &header, &mut decompressor, PixelFormat::CMYK)?;
            Some(apart::<4>(
                Kind::Cmyk,
                &pixels,
                (header.width, header.height),
            ))
        }
    }
}

/// The least part of the size that leaves the filter enough; the parts that
/// libjpeg-turbo has fast code for.
fn part(header: &DecompressHeader, (width, height): (u32, u32)) -> ScalingFactor {
    let spare = (header.width as f64 / f64::from(width.max(1)))
        .min(header.height as f64 / f64::from(height.max(1)));
    [8_usize, 4, 2]
        .into_iter()
        .find(|part| spare >= *part as f64 * SPARE)
        .map_or(ScalingFactor::ONE, |part| ScalingFactor::new(1, part))
}

fn yuv(
    bytes: &[u8],
    header: &DecompressHeader,
    decompressor: &mut Decompressor,
) -> Option<Decoded> {
    let DecompressHeader {
        width,
        height,
        subsamp,
        ..
    } = *header;
    let mut image = YuvImage {
        pixels: vec![0; yuv_pixels_len(width, 1, height, subsamp).ok()?],
        width,
        align: 1,
        height,
        subsamp,
    };
    decompressor
        .decompress_to_yuv(bytes, image.as_deref_mut())
        .ok()?;
    let (across, down) = (subsamp.width(), subsamp.height());
    // Brightness is padded so that its colours come out even.
    let light = Part {
        from: 0,
        stride: width.next_multiple_of(across),
        rows: height.next_multiple_of(down),
        size: (width, height),
    };
    let colour = |from| {
        let size = (width.div_ceil(across), height.div_ceil(down));
        Part {
            from,
            stride: size.0,
            rows: size.1,
            size,
        }
    };
    let first = colour(light.stride * light.rows);
    let second = colour(first.from + first.stride * first.rows);
    let (kind, parts) = if subsamp == Subsamp::Gray {
        (Kind::Grey, vec![light])
    } else {
        (Kind::YCbCr, vec![light, first, second])
    };
    Some(Decoded {
        kind,
        samples: image.pixels,
        parts,
        size: (width, height),
    })
}

fn pixels<const N: usize>(
    bytes: &[u8],
    header: &DecompressHeader,
    decompressor: &mut Decompressor,
    format: PixelFormat,
) -> Option<Vec<u8>> {
    let (width, height) = (header.width, header.height);
    let mut image = Image {
        pixels: vec![0; width.checked_mul(height)?.checked_mul(N)?],
        width,
        pitch: width * N,
        height,
        format,
    };
    decompressor.decompress(bytes, image.as_deref_mut()).ok()?;
    Some(image.pixels)
}

/// Planes of what comes pixel by pixel.
fn apart<const N: usize>(kind: Kind, pixels: &[u8], size: (usize, usize)) -> Decoded {
    let mut samples = Vec::with_capacity(pixels.len());
    let pixels = pixels.as_chunks::<N>().0;
    let parts = (0..N).map(|n| {
        let from = samples.len();
        samples.extend(pixels.iter().flat_map(|pixel| pixel.get(n)));
        Part {
            from,
            stride: size.0,
            rows: size.1,
            size,
        }
    });
    let parts = parts.collect();
    Decoded {
        kind,
        samples,
        parts,
        size,
    }
}

/// By a decoder that passes over small faults.
fn forgiven(bytes: &[u8], survey: &Survey) -> Option<Decoded> {
    let decoder = JpegDecoder::new(Cursor::new(bytes)).ok()?;
    if decoder.dimensions() != (survey.width, survey.height) {
        return None;
    }
    let size = (survey.width as usize, survey.height as usize);
    Some(match DynamicImage::from_decoder(decoder).ok()? {
        DynamicImage::ImageLuma8(grey) => apart::<1>(Kind::Grey, grey.as_raw(), size),
        other => apart::<3>(Kind::Rgb, other.into_rgb8().as_raw(), size),
    })
}

/// A JPEG of pixels, its colours at half the size where `halved`.
pub(crate) fn of_pixels(image: &DynamicImage, quality: u8, halved: bool) -> Option<Vec<u8>> {
    let (format, subsamp) = match image {
        DynamicImage::ImageLuma8(_) => (PixelFormat::GRAY, Subsamp::Gray),
        DynamicImage::ImageRgba8(_) => (PixelFormat::RGBA, colours(halved)),
        DynamicImage::ImageRgb8(_) => (PixelFormat::RGB, colours(halved)),
        _ => return None,
    };
    let width = image.width() as usize;
    let image = Image {
        pixels: image.as_bytes(),
        width,
        pitch: width * format.size(),
        height: image.height() as usize,
        format,
    };
    compressor(quality, subsamp)?.compress_to_vec(image).ok()
}

fn colours(halved: bool) -> Subsamp {
    if halved {
        Subsamp::Sub2x2
    } else {
        Subsamp::None
    }
}

/// A JPEG of planes as they are; `None` for more or other than a JPEG has.
pub(crate) fn of_planes(planes: &Planes, quality: u8) -> Option<Vec<u8>> {
    let (width, height) = planes.size();
    let half = |plane: &Plane| (plane.width < width, plane.height < height);
    let subsamp = match planes.planes.get(1).map(half) {
        None => Subsamp::Gray,
        Some((true, true)) => Subsamp::Sub2x2,
        Some((true, false)) => Subsamp::Sub2x1,
        Some((false, true)) => Subsamp::Sub1x2,
        Some((false, false)) => Subsamp::None,
    };
    let (light, rest) = planes.planes.split_first()?;
    let [u, v]: [&[u8]; 2] = match rest {
        [] => [&[], &[]],
        [u, v] => [&u.data, &v.data],
        _ => return None,
    };
    let side = rest.first().map_or(0, |plane| plane.width as usize);
    let (light, stride) = padded(light, subsamp);
    let image = YuvPlanesImage {
        y_plane: &*light,
        u_plane: u,
        v_plane: v,
        width: width as usize,
        height: height as usize,
        y_stride: stride,
        u_stride: side,
        v_stride: side,
        subsamp,
    };
    compressor(quality, subsamp)?
        .compress_yuv_planes_to_vec(&image)
        .ok()
}

/// Brightness for whole squares of colour, its last column and row repeated, and
/// its new width.
fn padded(plane: &Plane, subsamp: Subsamp) -> (Cow<'_, [u8]>, usize) {
    let width = plane.width as usize;
    let wide = width.next_multiple_of(subsamp.width());
    let more = (plane.height as usize).next_multiple_of(subsamp.height()) - plane.height as usize;
    if (wide, more) == (width, 0) {
        return (Cow::Borrowed(&plane.data), width);
    }
    let rows = plane.data.chunks(width.max(1));
    let last = rows.clone().next_back();
    let mut data = Vec::with_capacity(wide * (plane.height as usize + more));
    for row in rows.chain(last.into_iter().cycle().take(more)) {
        data.extend_from_slice(row);
        data.extend(row.last().into_iter().cycle().take(wide - width));
    }
    (Cow::Owned(data), wide)
}

fn compressor(quality: u8, subsamp: Subsamp) -> Option<Compressor> {
    let mut compressor = Compressor::new().ok()?;
    compressor.set_quality(quality.clamp(1, 100).into()).ok()?;
    compressor.set_subsamp(subsamp).ok()?;
    // A twentieth to a seventh fewer bytes for a few milliseconds.
    compressor.set_optimize(true).ok()?;
    Some(compressor)
}
