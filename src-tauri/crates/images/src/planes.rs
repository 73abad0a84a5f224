//! JPEG as it is stored: brightness and colours in planes of their own, shrunk
//! as they come out of the file.
//!
//! Nothing is turned into red, green and blue and back, colours that are stored
//! at half the size are handled at half the size, and of the picture only a band
//! is held at a time.

use std::time::Instant;

use fast_image_resize::images::{Image, ImageRef};
use fast_image_resize::{FilterType, PixelType, ResizeAlg, ResizeOptions, Resizer};
use image::metadata::Orientation;
use image::{DynamicImage, GrayImage, RgbImage};
use zune_jpeg::zune_core::bytestream::ZCursor;
use zune_jpeg::zune_core::colorspace::ColorSpace;
use zune_jpeg::zune_core::options::DecoderOptions;
use zune_jpeg::{CancelCheck, JpegDecoder, PlaneInfo, RawImcuRowStatus};

use crate::deadline::DECODING;
use crate::profile::ToSrgb;
use crate::survey::Survey;

/// One component.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Plane {
    pub(crate) width: u32,
    pub(crate) height: u32,
    pub(crate) data: Vec<u8>,
}

/// The components of a picture, the first at its full size.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Planes {
    pub(crate) planes: Vec<Plane>,
    pub(crate) colours: ColorSpace,
}

/// How much of the colours is wanted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Colours {
    /// As much as the file has of them, which is what a JPEG takes.
    Stored,
    /// As much as of the brightness.
    Full,
}

/// Bytes of a component that are shrunk at a time: few enough to stay in a
/// processor's cache, enough not to work out the same weights over and over.
const BAND: usize = 6 << 20;

/// Times too much from which on rows are halved before they are filtered.
const HALVED: f64 = 3.5;

struct Deadline(Instant);

impl CancelCheck for Deadline {
    fn is_cancelled(&self) -> bool {
        self.0.elapsed() > DECODING
    }
}

/// Decodes a JPEG to `width` × `height` pixels, no more than it has; `None` when
/// it does not decode, or has another size than was surveyed.
pub(crate) fn decode(
    bytes: &[u8],
    survey: &Survey,
    (width, height): (u32, u32),
    filter: FilterType,
    wanted: Colours,
) -> Option<Planes> {
    let options = DecoderOptions::default()
        .set_max_width(usize::from(u16::MAX))
        .set_max_height(usize::from(u16::MAX))
        // Small faults are forgiven where the file is whole; without that the
        // lower part of one that was cut off would be grey, and nobody told.
        .set_strict_mode(!survey.ended);
    let mut decoder = JpegDecoder::new_with_options(ZCursor::new(bytes), options);
    decoder.set_cancel(Deadline(Instant::now()));
    decoder.decode_headers().ok()?;
    let (w, h) = decoder.dimensions()?;
    if (w, h) != (survey.width as usize, survey.height as usize) {
        return None;
    }
    let colours = decoder.input_colorspace()?;
    let mut session = decoder.raw_output();
    let count = session.num_components()?;
    let layout = session.layout()?;
    let layout = layout.get(..count)?;
    // Colours may be stored finer than brightness, which no encoder here writes.
    let first_is_whole = layout
        .first()
        .is_some_and(|y| (y.width, y.height) == (w, h));
    let wanted = if first_is_whole {
        wanted
    } else {
        Colours::Full
    };
    let mut bands: Vec<Band> = layout
        .iter()
        .map(|plane| Band::new(plane, (w, h), (width, height), filter, wanted))
        .collect::<Option<_>>()?;
    let mut rows: Vec<Vec<u8>> = layout
        .iter()
        .map(|plane| vec![0; plane.stride * plane.vertical_sampling_factor * 8])
        .collect();
    let strides: Vec<usize> = layout.iter().map(|plane| plane.stride).collect();
    loop {
        let mut into: Vec<&mut [u8]> = rows.iter_mut().map(Vec::as_mut_slice).collect();
        match session.decode_next_imcu_row(&mut into, &strides).ok()? {
            RawImcuRowStatus::RowReady { rows_written } => {
                for ((band, rows), n) in bands.iter_mut().zip(&rows).zip(rows_written) {
                    band.take(rows, n)?;
                }
            }
            RawImcuRowStatus::Complete => break,
            _ => return None,
        }
    }
    let planes = bands.into_iter().map(Band::finish).collect::<Option<_>>()?;
    Some(Planes { planes, colours })
}

/// Averages rows in squares of two by two, of an odd side the last alone.
fn halved(rows: &[u8], stride: usize, out: &mut Vec<u8>) {
    let mut pairs = rows.chunks(stride);
    while let Some(above) = pairs.next() {
        let below = pairs.next().unwrap_or(above);
        let (a, b) = (above.as_chunks::<2>(), below.as_chunks::<2>());
        out.extend(a.0.iter().zip(b.0).map(|([a, b], [c, d])| {
            let sum = u16::from(*a) + u16::from(*b) + u16::from(*c) + u16::from(*d);
            ((sum + 2) / 4) as u8
        }));
        if let ([a], [b]) = (a.1, b.1) {
            out.push(a.midpoint(*b));
        }
    }
}

/// A component on its way to its new size.
struct Band {
    /// Rows from the decoder are halved first, as there is more than twice too much.
    halve: bool,
    /// Bytes of a row as decoded, and rows that wait to be halved.
    decoded: usize,
    odd: Vec<u8>,
    /// Rows that still wait, `stride` bytes each; the first is row `first`.
    rows: Vec<u8>,
    first: usize,
    stride: usize,
    source: (usize, usize),
    /// Part of the source that the target shows: odd sizes leave half a sample over.
    shown: (f64, f64),
    done: u32,
    target: Plane,
    options: ResizeOptions,
    resizer: Resizer,
    /// Source rows that reach into a target row, beyond it.
    reach: f64,
}

impl Band {
    fn new(
        plane: &PlaneInfo,
        whole: (usize, usize),
        target: (u32, u32),
        filter: FilterType,
        wanted: Colours,
    ) -> Option<Self> {
        let (w, h) = (plane.width, plane.height);
        let part = |side: usize, whole: usize, target: u32| match wanted {
            // A quarter, too, becomes a half: what is coded next knows no other.
            Colours::Stored if side < whole => target.div_ceil(2),
            _ => target,
        };
        let (tw, th) = (part(w, whole.0, target.0), part(h, whole.1, target.1));
        let scale = |side: usize, whole: usize, t: u32, target: u32| {
            let per = side as f64 / whole as f64 * (whole as f64 / f64::from(target));
            let factor = if t == target { 1.0 } else { 2.0 };
            // Samples of a component sit in the middle of the pixels they stand for.
            let exact = match wanted {
                Colours::Stored => f64::from(t) * per * factor,
                Colours::Full => side as f64,
            };
            exact.min(side as f64).max(1.0)
        };
        let shown = (
            scale(w, whole.0, tw, target.0),
            scale(h, whole.1, th, target.1),
        );
        // What is left to the filter is still nearly twice too much, so that it and
        // not the average decides how sharp the picture is.
        let halve = shown.0 >= f64::from(tw) * HALVED && shown.1 >= f64::from(th) * HALVED;
        let (decoded, odd) = (w, Vec::new());
        let (w, h, shown) = if halve {
            (w.div_ceil(2), h.div_ceil(2), (shown.0 / 2.0, shown.1 / 2.0))
        } else {
            (w, h, shown)
        };
        let support = match filter {
            FilterType::Box => 0.5,
            FilterType::Bilinear => 1.0,
            _ => 3.0,
        };
        let per_row = shown.1 / f64::from(th);
        let size = (tw as usize).checked_mul(th as usize)?;
        Some(Self {
            halve,
            decoded,
            odd,
            rows: Vec::new(),
            first: 0,
            stride: w,
            source: (w, h),
            shown,
            done: 0,
            target: Plane {
                width: tw,
                height: th,
                data: vec![0; size],
            },
            options: ResizeOptions::new().resize_alg(ResizeAlg::Convolution(filter)),
            resizer: Resizer::new(),
            reach: support * per_row.max(1.0) + 2.0,
        })
    }

    /// No pixel changes: the rows go where they belong at once.
    fn is_copy(&self) -> bool {
        self.source == (self.target.width as usize, self.target.height as usize)
    }

    /// Takes `count` rows as the decoder wrote them.
    fn take(&mut self, rows: &[u8], count: usize) -> Option<()> {
        let padded = self.decoded.next_multiple_of(8);
        for row in rows.chunks(padded).take(count) {
            let row = row.get(..self.decoded)?;
            if self.is_copy() {
                let at = self.first * self.stride;
                self.target
                    .data
                    .get_mut(at..at + self.stride)?
                    .copy_from_slice(row);
                self.first += 1;
            } else if self.halve {
                self.odd.extend_from_slice(row);
                if self.odd.len() > self.decoded {
                    halved(&self.odd, self.decoded, &mut self.rows);
                    self.odd.clear();
                }
            } else {
                self.rows.extend_from_slice(row);
            }
        }
        if self.rows.len() >= BAND {
            self.shrink(false)?;
        }
        Some(())
    }

    /// Makes all the target rows that the waiting source rows suffice for.
    fn shrink(&mut self, last: bool) -> Option<()> {
        let per_row = self.shown.1 / f64::from(self.target.height);
        let have = self.first + self.rows.len() / self.stride.max(1);
        let until = if last {
            self.target.height
        } else {
            (((have as f64 - self.reach) / per_row) as u32).min(self.target.height)
        };
        if until <= self.done {
            return Some(());
        }
        let width = u32::try_from(self.stride).ok()?;
        let height = u32::try_from(have - self.first).ok()?;
        let source = ImageRef::new(width, height, &self.rows, PixelType::U8).ok()?;
        let tw = self.target.width as usize;
        let into = self
            .target
            .data
            .get_mut(self.done as usize * tw..until as usize * tw)?;
        let mut into =
            Image::from_slice_u8(self.target.width, until - self.done, into, PixelType::U8).ok()?;
        let top = f64::from(self.done) * per_row - self.first as f64;
        let tall = (f64::from(until - self.done) * per_row).min(f64::from(height) - top);
        let options = self.options.crop(0.0, top, self.shown.0, tall);
        self.resizer.resize(&source, &mut into, &options).ok()?;
        self.done = until;
        // What reaches into the next row stays.
        let keep = (f64::from(until) * per_row - self.reach).max(0.0) as usize;
        let gone = keep.saturating_sub(self.first).min(have - self.first);
        self.rows.drain(..gone * self.stride);
        self.first += gone;
        Some(())
    }

    fn finish(mut self) -> Option<Plane> {
        if self.is_copy() {
            return (self.first == self.source.1).then_some(self.target);
        }
        halved(&self.odd, self.decoded, &mut self.rows);
        self.shrink(true)?;
        Some(self.target)
    }
}

impl Planes {
    /// Width and height in pixels.
    pub(crate) fn size(&self) -> (u32, u32) {
        self.planes
            .first()
            .map_or((0, 0), |plane| (plane.width, plane.height))
    }

    /// Can a JPEG be made of the planes as they are?
    pub(crate) fn can_be_coded(&self) -> bool {
        matches!(
            (self.colours, self.planes.len()),
            (ColorSpace::Luma, 1) | (ColorSpace::YCbCr, 3)
        )
    }

    /// The planes upright.
    pub(crate) fn turned(self, turn: Orientation) -> Self {
        if turn == Orientation::NoTransforms {
            return self;
        }
        let planes = self.planes.into_iter().map(|plane| {
            let (width, height) = (plane.width, plane.height);
            let Some(image) = GrayImage::from_raw(width, height, plane.data) else {
                return Plane {
                    width,
                    height,
                    data: Vec::new(),
                };
            };
            let mut image = DynamicImage::ImageLuma8(image);
            image.apply_orientation(turn);
            Plane {
                width: image.width(),
                height: image.height(),
                data: image.into_luma8().into_raw(),
            }
        });
        Self {
            planes: planes.collect(),
            colours: self.colours,
        }
    }

    /// Pixels of planes that are all of one size, in sRGB where `way` leads there.
    pub(crate) fn pixels(self, way: Option<&ToSrgb>, adobe: bool) -> Option<DynamicImage> {
        let (width, height) = self.size();
        let mut planes = self.planes.into_iter().map(|plane| plane.data);
        let first = planes.next()?;
        let rest: Vec<Vec<u8>> = planes.collect();
        let image = match (self.colours, rest.as_slice()) {
            (ColorSpace::Luma, []) => {
                DynamicImage::ImageLuma8(GrayImage::from_raw(width, height, first)?)
            }
            (ColorSpace::YCbCr, [cb, cr]) => rgb(width, height, &first, cb, cr, to_rgb)?,
            (ColorSpace::RGB, [g, b]) => rgb(width, height, &first, g, b, |r, g, b| [r, g, b])?,
            (space @ (ColorSpace::CMYK | ColorSpace::YCCK), [a, b, k]) => {
                let inks = inks([&first, a, b, k], space == ColorSpace::YCCK, adobe);
                let pixels = way
                    .and_then(|way| way.inks(&inks))
                    .unwrap_or_else(|| plain_inks(&inks));
                return RgbImage::from_raw(width, height, pixels).map(DynamicImage::ImageRgb8);
            }
            _ => return None,
        };
        Some(match way {
            Some(way) => way.apply(image),
            None => image,
        })
    }
}

fn rgb(
    width: u32,
    height: u32,
    a: &[u8],
    b: &[u8],
    c: &[u8],
    to: impl Fn(u8, u8, u8) -> [u8; 3],
) -> Option<DynamicImage> {
    let mut pixels = vec![0; a.len() * 3];
    let parts = a.iter().zip(b).zip(c);
    for (pixel, ((a, b), c)) in pixels.as_chunks_mut::<3>().0.iter_mut().zip(parts) {
        *pixel = to(*a, *b, *c);
    }
    RgbImage::from_raw(width, height, pixels).map(DynamicImage::ImageRgb8)
}

/// JFIF 1.02: full-range BT.601, in 16 bits of fraction.
fn to_rgb(y: u8, cb: u8, cr: u8) -> [u8; 3] {
    let y = (i32::from(y) << 16) + (1 << 15);
    let (cb, cr) = (i32::from(cb) - 128, i32::from(cr) - 128);
    let clamp = |v: i32| (v >> 16).clamp(0, 255) as u8;
    [
        clamp(y + 91_881 * cr),
        clamp(y - 22_554 * cb - 46_802 * cr),
        clamp(y + 116_130 * cb),
    ]
}

/// Cyan, magenta, yellow and black, 255 the most of each.
fn inks([a, b, c, k]: [&[u8]; 4], converted: bool, upside_down: bool) -> Vec<u8> {
    let mut inks = vec![0; a.len() * 4];
    let parts = a.iter().zip(b).zip(c).zip(k);
    for (ink, (((a, b), c), k)) in inks.as_chunks_mut::<4>().0.iter_mut().zip(parts) {
        let [c, m, y] = if converted {
            to_rgb(*a, *b, *c).map(|v| 255 - v)
        } else {
            [*a, *b, *c]
        };
        // Adobe's programs write what is left of the light.
        *ink = if upside_down {
            [c, m, y, *k].map(|v| 255 - v)
        } else {
            [c, m, y, *k]
        };
    }
    inks
}

/// Inks on white paper, where no profile says how they look.
fn plain_inks(inks: &[u8]) -> Vec<u8> {
    let mut pixels = vec![0; inks.len() / 4 * 3];
    let colours = pixels.as_chunks_mut::<3>().0;
    for (pixel, [c, m, y, k]) in colours.iter_mut().zip(inks.as_chunks::<4>().0) {
        let left = |ink: &u8| {
            let light = u16::from(255 - ink) * u16::from(255 - k);
            ((light + 127) / 255) as u8
        };
        *pixel = [left(c), left(m), left(y)];
    }
    pixels
}
