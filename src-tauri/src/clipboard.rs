//! What lies on the clipboard, as it is pasted.

#[cfg(not(target_os = "linux"))]
mod bitmap;
#[cfg(target_os = "linux")]
mod targets;

use std::path::PathBuf;

use arboard::Clipboard;
use composer::Copied;
use tauri::{AppHandle, Runtime, async_runtime};

#[cfg(not(target_os = "linux"))]
use self::bitmap::picture;
#[cfg(target_os = "linux")]
use self::targets::picture;

/// What the clipboard gave.
pub enum Pasted {
    /// Files, as a file manager copies them.
    Files(Vec<PathBuf>),
    /// A picture: a name for it, and the bytes of a picture file.
    Picture(String, Vec<u8>),
    /// The addresses of pictures: links and data URLs.
    Addresses(Vec<String>),
    /// Text.
    Text(String),
}

/// Reads it; `None` where it holds nothing of use.
pub async fn read<R: Runtime>(app: &AppHandle<R>) -> Option<Pasted> {
    let copied = match async_runtime::spawn_blocking(files_or_words).await.ok()?? {
        Ok(paths) => return Some(Pasted::Files(paths)),
        Err(Copied::Text(text)) => return Some(Pasted::Text(text)),
        Err(copied) => copied,
    };
    if let Some((name, bytes)) = picture(app).await {
        return Some(Pasted::Picture(name, bytes));
    }
    match copied {
        Copied::Pictures(found) => Some(Pasted::Addresses(found)),
        Copied::Text(text) | Copied::Plain(text) => {
            (!text.is_empty()).then_some(Pasted::Text(text))
        }
    }
}

/// The files, or what the text that there is instead says. It waits for whoever owns
/// the clipboard.
fn files_or_words() -> Option<Result<Vec<PathBuf>, Copied>> {
    let mut clipboard = Clipboard::new().ok()?;
    if let Ok(paths) = clipboard.get().file_list()
        && !paths.is_empty()
    {
        return Some(Ok(paths));
    }
    let html = clipboard.get().html().unwrap_or_default();
    let text = clipboard.get().text().unwrap_or_default();
    Some(Err(composer::copied(&html, &text)))
}
