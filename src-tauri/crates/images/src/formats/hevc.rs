//! HEVC, by `heifer`'s decoder, where `heifer` itself does not know what the samples
//! mean.

use heifer::heifer_hevc_dec::decoder::{DecodeOptions, decode_picture};
use heifer::heifer_hevc_dec::recon;
use heifer_isobmff::{HeifFile, ItemId};
use image::DynamicImage;

use super::yuv::{self, Frame, Meaning};

/// A coded item in pixels; they come off `left`.
pub(crate) fn frame(
    file: &HeifFile<'_>,
    id: ItemId,
    left: &mut u64,
    said: Option<Meaning>,
) -> Option<DynamicImage> {
    let options = DecodeOptions {
        max_pixels: (*left).max(1),
        ..DecodeOptions::default()
    };
    let frame = decode_picture(&file.hevc_bitstream(id).ok()?, options).ok()?;
    let [width, height] = [frame.widths, frame.heights].map(|[side, ..]| u64::from(side));
    *left = left.checked_sub(width * height)?;
    let meaning = said.unwrap_or(Meaning {
        matrix: frame.matrix_coeffs.into(),
        full: frame.full_range,
    });
    yuv::pixels(&frame, meaning)
}

impl Frame for recon::Frame {
    fn size(&self) -> (u32, u32) {
        let [width, height] = [self.widths, self.heights].map(|[side, ..]| side);
        (width, height)
    }

    fn depth(&self) -> u32 {
        let [light, _] = self.bit_depth;
        light.into()
    }

    fn halved(&self) -> Option<(u32, u32)> {
        match self.chroma_format {
            0 => None,
            1 => Some((1, 1)),
            2 => Some((1, 0)),
            _ => Some((0, 0)),
        }
    }

    fn row(&self, plane: usize, y: usize, times: u32, to: &mut [f32]) {
        to.fill(0.0);
        let width = self.widths.get(plane).map_or(0, |width| *width as usize);
        let rows = self
            .planes
            .get(plane)
            .map(|plane| plane.chunks(width.max(1)));
        let row = rows.and_then(|mut rows| rows.nth(y)).unwrap_or_default();
        for (group, v) in to.chunks_mut(1 << times).zip(row) {
            group.fill(f32::from(*v));
        }
    }
}
