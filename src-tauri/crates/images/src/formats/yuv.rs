//! Brightness and colours of a coded frame, of any depth, into pixels (ITU-T H.273).

use image::{DynamicImage, GrayImage, RgbImage};

/// A decoded frame.
pub(crate) trait Frame {
    /// Width and height in pixels.
    fn size(&self) -> (u32, u32);
    /// Bits of a sample.
    fn depth(&self) -> u32;
    /// Halvings of the colours across and down; `None` for one without.
    fn halved(&self) -> Option<(u32, u32)>;
    /// A row of a plane, each sample `1 << times` times; 0 beyond the end.
    fn row(&self, plane: usize, y: usize, times: u32, to: &mut [f32]);
}

/// What the samples mean.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Meaning {
    /// Matrix coefficients (H.273, table 4).
    pub(crate) matrix: u16,
    /// From 0 on, not from 16.
    pub(crate) full: bool,
}

/// How red, green and blue come of brightness and two differences.
#[derive(Debug, Clone, Copy)]
enum Matrix {
    /// By the weights of red and blue.
    Weights(f32, f32),
    /// Green, blue, red, as they are.
    Identity,
    /// Green and orange.
    YCgCo,
}

impl Matrix {
    fn of(code: u16) -> Self {
        match code {
            0 => Self::Identity,
            1 => Self::Weights(0.2126, 0.0722),
            4 => Self::Weights(0.30, 0.11),
            7 => Self::Weights(0.212, 0.087),
            8 => Self::YCgCo,
            // 12: by the primaries, which are BT.2020's where somebody writes it.
            9 | 10 | 12 | 13 => Self::Weights(0.2627, 0.0593),
            _ => Self::Weights(0.299, 0.114),
        }
    }
}

pub(crate) fn pixels(frame: &impl Frame, meaning: Meaning) -> Option<DynamicImage> {
    let (width, height) = frame.size();
    let wide = width as usize;
    let range = Range::of(frame.depth(), meaning.full);
    let byte = |v: f32| (v * 255.0 + 0.5) as u8;
    let mut light = vec![0.0; wide];
    let Some((dx, dy)) = frame.halved() else {
        let mut image = GrayImage::new(width, height);
        for (y, row) in image.as_mut().chunks_exact_mut(wide.max(1)).enumerate() {
            frame.row(0, y, 0, &mut light);
            for (to, v) in row.iter_mut().zip(&light) {
                *to = byte((v - range.black) * range.scale);
            }
        }
        return Some(DynamicImage::ImageLuma8(image));
    };
    let (mut cb, mut cr) = (vec![0.0; wide], vec![0.0; wide]);
    let middle = (1_u32 << frame.depth().saturating_sub(1)) as f32;
    let matrix = Matrix::of(meaning.matrix);
    let mut image = RgbImage::new(width, height);
    for (y, row) in image
        .as_mut()
        .chunks_exact_mut((wide * 3).max(1))
        .enumerate()
    {
        frame.row(0, y, 0, &mut light);
        frame.row(1, y >> dy, dx, &mut cb);
        frame.row(2, y >> dy, dx, &mut cr);
        let samples = light.iter().zip(&cb).zip(&cr);
        for (pixel, ((v, cb), cr)) in row.as_chunks_mut::<3>().0.iter_mut().zip(samples) {
            let b = (v - range.black) * range.scale;
            let colour = |v: f32| (v - middle) * range.colour;
            *pixel = match matrix {
                Matrix::Weights(kr, kb) => {
                    let red = b + 2.0 * (1.0 - kr) * colour(*cr);
                    let blue = b + 2.0 * (1.0 - kb) * colour(*cb);
                    let green = (b - kr * red - kb * blue) / (1.0 - kr - kb);
                    [byte(red), byte(green), byte(blue)]
                }
                Matrix::Identity => {
                    let value = |v: f32| byte((v - range.black) * range.scale);
                    [value(*cr), byte(b), value(*cb)]
                }
                Matrix::YCgCo => {
                    let (cg, co) = (colour(*cb), colour(*cr));
                    [byte(b - cg + co), byte(b + cg), byte(b - cg - co)]
                }
            };
        }
    }
    Some(DynamicImage::ImageRgb8(image))
}

/// From samples to 0 to 1.
struct Range {
    black: f32,
    scale: f32,
    colour: f32,
}

impl Range {
    fn of(depth: u32, full: bool) -> Self {
        let unit = (1_u32 << depth.saturating_sub(8)) as f32;
        if full {
            let scale = 1.0 / ((1_u32 << depth) - 1) as f32;
            Self {
                black: 0.0,
                scale,
                colour: scale,
            }
        } else {
            Self {
                black: 16.0 * unit,
                scale: 1.0 / (219.0 * unit),
                colour: 1.0 / (224.0 * unit),
            }
        }
    }
}
