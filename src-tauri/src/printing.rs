//! Printing where the system's web view cannot print unseen: the page is opened in the
//! browser, which prints it. It is a file that runs no script and fetches nothing.

use std::sync::Mutex;

use protocol::{ErrorCode, IpcError};
use tauri::{AppHandle, Manager, Runtime};
use tauri_plugin_opener::OpenerExt;
use tempfile::TempDir;

use crate::window;

/// What was opened in this run; it goes as the app ends.
#[derive(Default)]
struct Opened(Mutex<Vec<TempDir>>);

/// Opens a page of HTML in the browser.
///
/// # Errors
/// [`ErrorCode::Storage`], [`ErrorCode::Internal`].
pub async fn print<R: Runtime>(
    app: &AppHandle<R>,
    html: String,
    name: String,
) -> Result<bool, IpcError> {
    let failed = |code, reason: String| {
        IpcError::new(code, format!("This was not printed: {reason}. Try again."))
    };
    let unwritten = |error: std::io::Error| failed(ErrorCode::Storage, error.to_string());
    let folder = window::temporary().map_err(unwritten)?;
    let path = folder.path().join(format!("{name}.html"));
    std::fs::write(&path, html).map_err(unwritten)?;
    app.opener()
        .open_path(path.to_string_lossy(), None::<&str>)
        .map_err(|error| failed(ErrorCode::Internal, error.to_string()))?;
    app.manage(Opened::default());
    let opened = app.state::<Opened>();
    let mut kept = opened
        .0
        .lock()
        .unwrap_or_else(std::sync::PoisonError::into_inner);
    kept.push(folder);
    Ok(true)
}
