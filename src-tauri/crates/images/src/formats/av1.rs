//! AV1 by `re_rav1d`, which is dav1d in Rust.

use image::DynamicImage;
use re_rav1d::dav1d::{Decoder, Picture, PixelLayout, PlanarImageComponent, Plane, Settings};

use super::yuv::{self, Frame, Meaning};

/// Frames of a stream at most: a still picture has one, a layered one up to four.
const FRAMES: usize = 4;

/// A frame in pixels, and the primaries and transfer that the stream says.
pub(crate) type Decoded = (DynamicImage, (u8, u8));

/// The first frame of an AV1 stream, 8 bits a channel; its pixels come off `left`,
/// so that the tiles of a grid cannot be more than the grid. What the samples mean
/// the stream says where the container does not.
pub(crate) fn frame(data: &[u8], left: &mut u64, said: Option<Meaning>) -> Option<Decoded> {
    // The decoder takes no data for a mistake of the caller's.
    if data.is_empty() || frames(data) > FRAMES {
        return None;
    }
    let mut settings = Settings::new();
    // A panic on a thread of its own would leave it waiting for ever.
    settings.set_n_threads(1);
    settings.set_max_frame_delay(1);
    settings.set_frame_size_limit(u32::try_from(*left).unwrap_or(u32::MAX).max(1));
    let mut decoder = Decoder::with_settings(&settings).ok()?;
    let mut sent = decoder.send_data(data.to_vec(), None, None, None);
    for _ in 0..64 {
        match decoder.get_picture() {
            Ok(picture) => {
                let area = u64::from(picture.width()) * u64::from(picture.height());
                *left = left.checked_sub(area)?;
                let meaning = said.unwrap_or_else(|| Meaning {
                    matrix: picture.matrix_coefficients() as u16,
                    full: format!("{:?}", picture.color_range()) == "Full",
                });
                let space = (
                    picture.color_primaries() as u8,
                    picture.transfer_characteristic() as u8,
                );
                return Some((yuv::pixels(&Planes::of(&picture)?, meaning)?, space));
            }
            Err(error) if error.is_again() => {
                if sent.as_ref().is_err_and(|error| error.is_again()) {
                    sent = decoder.send_pending_data();
                } else if sent.is_err() {
                    return None;
                }
            }
            Err(_) => return None,
        }
    }
    None
}

/// Frames that a stream codes, shown or not (AV1, section 5.3): each may cost as
/// much as the whole picture, and takes a few bytes.
fn frames(mut data: &[u8]) -> usize {
    let mut frames = 0;
    while let Some((header, rest)) = data.split_first() {
        // FRAME_HEADER, REDUNDANT_FRAME_HEADER is no new one, FRAME.
        if matches!(header >> 3 & 15, 3 | 6) {
            frames += 1;
        }
        let extended = usize::from(header >> 2 & 1);
        let Some(rest) = rest.get(extended..) else {
            break;
        };
        // Without a size it goes on to the end.
        if header >> 1 & 1 == 0 {
            break;
        }
        let Some((size, length)) = leb128(rest) else {
            break;
        };
        let Some(next) = size.checked_add(length).and_then(|end| rest.get(end..)) else {
            break;
        };
        data = next;
    }
    frames
}

/// A number and the bytes that it takes (AV1, section 4.10.5).
fn leb128(data: &[u8]) -> Option<(usize, usize)> {
    let mut value = 0_usize;
    for (n, byte) in data.iter().take(8).enumerate() {
        value |= usize::from(byte & 0x7f).checked_shl(7 * n as u32)?;
        if byte & 0x80 == 0 {
            return Some((value, n + 1));
        }
    }
    None
}

/// A frame and its planes.
struct Planes<'a> {
    picture: &'a Picture,
    planes: [Samples; 3],
}

impl<'a> Planes<'a> {
    fn of(picture: &'a Picture) -> Option<Self> {
        use PlanarImageComponent::{U, V, Y};
        let wide = picture.width() as usize;
        let (dx, _) = halved(picture).unwrap_or_default();
        let grey = picture.pixel_layout() == PixelLayout::I400;
        let plane = |part, length: usize| {
            let stride = picture.stride(part) as usize;
            (stride > 0).then(|| Samples {
                data: picture.plane(part),
                stride,
                length,
            })
        };
        let colour = |part| match grey {
            true => plane(Y, 0),
            false => plane(part, wide.div_ceil(1 << dx)),
        };
        Some(Self {
            picture,
            planes: [plane(Y, wide)?, colour(U)?, colour(V)?],
        })
    }
}

fn halved(picture: &Picture) -> Option<(u32, u32)> {
    match picture.pixel_layout() {
        PixelLayout::I400 => None,
        PixelLayout::I420 => Some((1, 1)),
        PixelLayout::I422 => Some((1, 0)),
        _ => Some((0, 0)),
    }
}

/// A plane and how its samples lie.
struct Samples {
    data: Plane,
    stride: usize,
    /// Samples in a row.
    length: usize,
}

impl Frame for Planes<'_> {
    fn size(&self) -> (u32, u32) {
        (self.picture.width(), self.picture.height())
    }

    fn depth(&self) -> u32 {
        self.picture.bit_depth() as u32
    }

    fn halved(&self) -> Option<(u32, u32)> {
        halved(self.picture)
    }

    fn row(&self, plane: usize, y: usize, times: u32, to: &mut [f32]) {
        to.fill(0.0);
        let Some(plane) = self.planes.get(plane) else {
            return;
        };
        let wide = self.picture.bit_depth() > 8;
        let row = plane.data.get(y.saturating_mul(plane.stride)..);
        let row = row.unwrap_or_default();
        let row = row.get(..plane.length << u32::from(wide)).unwrap_or(row);
        let groups = to.chunks_mut(1 << times);
        if wide {
            // In the processor's own order.
            for (group, two) in groups.zip(row.as_chunks::<2>().0) {
                group.fill(f32::from(u16::from_ne_bytes(*two)));
            }
        } else {
            for (group, v) in groups.zip(row) {
                group.fill(f32::from(*v));
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn counts_the_frames_of_a_stream() {
        // A temporal delimiter, a sequence header of one byte, two frames.
        let stream = [
            0x12, 0, 0x0a, 1, 0, 0x32, 2, 0, 0, 0x32, 0x80, 0x01, 0x30, 9,
        ];
        assert_eq!(frames(&stream), 2);
        assert_eq!(frames(&[0x32, 0].repeat(1000)), 1000);
        assert_eq!(frames(&[0x32, 0xff, 0xff]), 1);
        assert_eq!(frames(&[]), 0);
        // Not the end of the loop, however large a size is.
        assert_eq!(leb128(&[0xff; 9]), None);
    }
}
