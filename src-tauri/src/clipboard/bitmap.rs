//! A picture from the clipboard of macOS or Windows: a bitmap, which becomes a PNG.

use arboard::{Clipboard, ImageData};
use png::{BitDepth, ColorType, Compression, Encoder};
use tauri::{AppHandle, Runtime, async_runtime};

/// The picture, with a name for it.
pub async fn picture<R: Runtime>(_: &AppHandle<R>) -> Option<(String, Vec<u8>)> {
    let encoded = async_runtime::spawn_blocking(|| {
        let bitmap = Clipboard::new().ok()?.get_image().ok()?;
        encoded(&bitmap)
    });
    let bytes = encoded.await.ok()??;
    Some(("clipboard.png".to_owned(), bytes))
}

fn encoded(bitmap: &ImageData<'_>) -> Option<Vec<u8>> {
    let width = u32::try_from(bitmap.width).ok()?;
    let height = u32::try_from(bitmap.height).ok()?;
    let mut pixels = bitmap.bytes.to_vec();
    // One whose alpha was never filled is shown as opaque by every program.
    if pixels.iter().skip(3).step_by(4).all(|alpha| *alpha == 0) {
        pixels
            .iter_mut()
            .skip(3)
            .step_by(4)
            .for_each(|alpha| *alpha = u8::MAX);
    }
    let mut bytes = Vec::new();
    let mut encoder = Encoder::new(&mut bytes, width, height);
    encoder.set_color(ColorType::Rgba);
    encoder.set_depth(BitDepth::Eight);
    encoder.set_compression(Compression::Fast);
    let mut writer = encoder.write_header().ok()?;
    writer.write_image_data(&pixels).ok()?;
    writer.finish().ok()?;
    Some(bytes)
}
