//! The page, as the shell reaches it: what it is told, and what is asked over its window.

use serde::Serialize;
use tauri::{AppHandle, Emitter, Manager, Runtime};
use tauri_plugin_dialog::{DialogExt, FileDialogBuilder};

/// Label of the one window; the capability names it.
pub const WINDOW: &str = "main";

/// Sends an event. A page that is not there yet asks when it comes.
pub fn tell<R: Runtime>(app: &AppHandle<R>, event: &str, payload: impl Serialize + Clone) {
    let _ = app.emit_to(WINDOW, event, payload);
}

/// A dialog for files, over the window where there is one.
pub fn dialog<R: Runtime>(app: &AppHandle<R>) -> FileDialogBuilder<R> {
    let dialog = app.dialog().file();
    match app.get_webview_window(WINDOW) {
        Some(window) => dialog.set_parent(&window),
        None => dialog,
    }
}
