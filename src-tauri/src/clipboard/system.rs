//! The clipboard of macOS and Windows. A picture is a bitmap there, which becomes a PNG.

use std::{marker::PhantomData, path::PathBuf};

use arboard::{Clipboard, ImageData};
use export::Copied;
use png::{BitDepth, ColorType, Compression, Encoder};
use tauri::{AppHandle, Runtime, async_runtime};

use super::silent::Silent;

/// What the system holds.
pub struct Offer<'a, R: Runtime>(PhantomData<&'a AppHandle<R>>);

impl<'a, R: Runtime> Offer<'a, R> {
    pub async fn of(_: &'a AppHandle<R>) -> Result<Self, Silent> {
        Ok(Self(PhantomData))
    }

    /// The files that were copied.
    pub async fn files(&self) -> Result<Vec<PathBuf>, Silent> {
        let files = read(|clipboard| clipboard.get().file_list().ok());
        Ok(files.await.unwrap_or_default())
    }

    /// HTML and text; empty where there is none.
    pub async fn words(&self) -> Result<(String, String), Silent> {
        let words = read(|clipboard| {
            let html = clipboard.get().html().unwrap_or_default();
            Some((html, clipboard.get().text().unwrap_or_default()))
        });
        Ok(words.await.unwrap_or_default())
    }

    /// The picture, with a name for it.
    pub async fn picture(&self) -> Result<Option<(String, Vec<u8>)>, Silent> {
        let bytes = read(|clipboard| encoded(&clipboard.get_image().ok()?)).await;
        Ok(bytes.map(|bytes| ("clipboard.png".to_owned(), bytes)))
    }
}

/// Puts text there, and HTML beside it; says whether it is there.
pub async fn set<R: Runtime>(_: &AppHandle<R>, copied: Copied) -> bool {
    let set = read(move |clipboard| match copied.html {
        Some(html) => clipboard.set().html(html, Some(copied.text)).ok(),
        None => clipboard.set_text(copied.text).ok(),
    });
    set.await.is_some()
}

/// Waits for the system; `None` where there is nothing of that kind.
async fn read<T: Send + 'static>(
    how: impl FnOnce(&mut Clipboard) -> Option<T> + Send + 'static,
) -> Option<T> {
    let read = async_runtime::spawn_blocking(|| how(&mut Clipboard::new().ok()?));
    read.await.ok()?
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
