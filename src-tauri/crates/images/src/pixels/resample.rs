//! A picture at another size, of the three kinds of pixels that are used here. The library's
//! own choice by kind would link all fourteen of them, two megabytes.

use fast_image_resize::images::{TypedImage, TypedImageRef};
use fast_image_resize::pixels::{U8, U8x3, U8x4};
use fast_image_resize::{PixelTrait, ResizeOptions, Resizer};

/// Fills `target` with what `source` shows, both of `channels` bytes a pixel (1, 4, else 3) and
/// of a width and height in pixels; `None` where one has too few bytes for its size.
pub(crate) fn resample(
    channels: usize,
    source: (&[u8], u32, u32),
    target: (&mut [u8], u32, u32),
    options: &ResizeOptions,
) -> Option<()> {
    match channels {
        1 => typed::<U8>(source, target, options),
        4 => typed::<U8x4>(source, target, options),
        _ => typed::<U8x3>(source, target, options),
    }
}

fn typed<P: PixelTrait>(
    (from, width, height): (&[u8], u32, u32),
    (into, wide, tall): (&mut [u8], u32, u32),
    options: &ResizeOptions,
) -> Option<()> {
    let source = TypedImageRef::<P>::from_buffer(width, height, from).ok()?;
    let mut target = TypedImage::<P>::from_buffer(wide, tall, into).ok()?;
    Resizer::new()
        .resize_typed(&source, &mut target, options)
        .ok()
}
