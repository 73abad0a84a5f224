//! What lies on the clipboard, as it is pasted; and what is copied.

#[cfg(target_os = "linux")]
mod hold;
#[cfg(target_os = "linux")]
mod kinds;
mod silent;
#[cfg(not(target_os = "linux"))]
mod system;
#[cfg(target_os = "linux")]
mod toolkit;

use std::path::PathBuf;

use composer::Copied as Found;
use export::Copied;
use protocol::{ErrorCode, IpcError};
use tauri::{AppHandle, Runtime};

#[cfg(target_os = "linux")]
pub use self::hold::hold;
use self::silent::Silent;
#[cfg(not(target_os = "linux"))]
use self::system::{Offer, set};
#[cfg(target_os = "linux")]
use self::toolkit::{Offer, set};

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

/// Reads it.
///
/// # Errors
/// [`ErrorCode::ClipboardEmpty`] where it holds nothing of use,
/// [`ErrorCode::ClipboardSilent`] where its owner does not answer.
pub async fn read<R: Runtime>(app: &AppHandle<R>) -> Result<Pasted, IpcError> {
    match found(app).await {
        Ok(Some(pasted)) => Ok(pasted),
        Ok(None) => Err(IpcError::new(
            ErrorCode::ClipboardEmpty,
            "The clipboard holds no picture. Copy a picture or a picture file, then paste again.",
        )),
        Err(Silent) => Err(unanswered()),
    }
}

/// Reads its text; empty where it holds none.
///
/// # Errors
/// [`ErrorCode::ClipboardSilent`] where its owner does not answer.
pub async fn text<R: Runtime>(app: &AppHandle<R>) -> Result<String, IpcError> {
    let words = async { Offer::of(app).await?.words().await };
    let words: Result<(String, String), Silent> = words.await;
    words.map(|(_, text)| text).map_err(|Silent| unanswered())
}

/// The owner does not answer.
pub fn unanswered() -> IpcError {
    IpcError::new(
        ErrorCode::ClipboardSilent,
        "The program that was copied from does not answer. Copy again, or save the picture as a file and add that.",
    )
}

async fn found<R: Runtime>(app: &AppHandle<R>) -> Result<Option<Pasted>, Silent> {
    let offer = Offer::of(app).await?;
    let paths = offer.files().await?;
    if !paths.is_empty() {
        return Ok(Some(Pasted::Files(paths)));
    }
    let (html, text) = offer.words().await?;
    let copied = match composer::copied(&html, &text) {
        Found::Text(text) => return Ok(Some(Pasted::Text(text))),
        copied => copied,
    };
    if let Some((name, bytes)) = offer.picture().await? {
        return Ok(Some(Pasted::Picture(name, bytes)));
    }
    Ok(match copied {
        Found::Pictures(found) => Some(Pasted::Addresses(found)),
        Found::Text(text) | Found::Plain(text) => (!text.is_empty()).then_some(Pasted::Text(text)),
    })
}

/// Puts text there, and HTML beside it; it stays as long as the app runs.
///
/// # Errors
/// Where it is not there afterwards.
pub async fn copy<R: Runtime>(app: &AppHandle<R>, copied: Copied) -> Result<(), IpcError> {
    if set(app, copied).await {
        return Ok(());
    }
    Err(IpcError::new(
        ErrorCode::Internal,
        "The clipboard cannot be reached, so nothing was copied. Try again.",
    ))
}
