//! The window: where it may go, and what is dropped on it.

use std::{fs, path::PathBuf};

use tempfile::TempDir;

use tauri::{
    AppHandle, DragDropEvent, Manager, Runtime, WebviewUrl, WebviewWindowBuilder, WindowEvent,
    webview::NewWindowResponse, window::Color,
};

use app::Home;
use protocol::Boot;

use crate::{page, plugins::images};

/// `--paper` of the page's two themes, so that nothing flashes before it paints.
const PAPER_LIGHT: Color = Color(0xfb, 0xfa, 0xf7, 0xff);
const PAPER_DARK: Color = Color(0x16, 0x16, 0x15, 0xff);

/// Opens the window; its page finds `boot` in `window.__DRAGOMAN__`.
///
/// # Errors
/// When the web view cannot be made.
pub fn open<R: Runtime>(app: &AppHandle<R>, home: &Home, boot: &Boot) -> tauri::Result<()> {
    let mut builder =
        WebviewWindowBuilder::new(app, page::WINDOW, WebviewUrl::App("index.html".into()))
            .title("Dragoman")
            .initialization_script(format!(
                "window.__DRAGOMAN__ = {}",
                serde_json::to_string(boot)?
            ))
            .inner_size(1120.0, 800.0)
            .min_inner_size(420.0, 480.0)
            .on_navigation(|url| {
                url.scheme() == "tauri" || url.host_str() == Some("tauri.localhost")
            })
            .on_new_window(|_, _| NewWindowResponse::Deny);
    if let Some(folder) = web_view_folder(home) {
        builder = builder.data_directory(folder);
    } else if let Ok(folder) = temporary() {
        builder = builder.data_directory(folder.path().to_owned());
        // As long as the app runs.
        app.manage(folder);
    }
    let window = builder.build()?;
    let paper = match window.theme() {
        Ok(tauri::Theme::Dark) => PAPER_DARK,
        _ => PAPER_LIGHT,
    };
    window.set_background_color(Some(paper))?;
    let handle = app.clone();
    window.on_window_event(move |event| {
        if let WindowEvent::DragDrop(event) = event {
            match event {
                DragDropEvent::Enter { paths, .. } => images::drag_entered(&handle, paths.len()),
                DragDropEvent::Drop { paths, .. } => images::dropped(&handle, paths),
                DragDropEvent::Leave => images::drag_left(&handle),
                _ => {}
            }
        }
    });
    Ok(())
}

/// A folder that nobody else may enter.
fn temporary() -> std::io::Result<TempDir> {
    let mut folder = tempfile::Builder::new();
    folder.prefix("dragoman-");
    #[cfg(unix)]
    folder.permissions(std::os::unix::fs::PermissionsExt::from_mode(0o700));
    folder.tempdir()
}

/// Where the web view keeps its files. `None` where the app's own folder cannot be
/// written: without any there is no window at all, so a temporary one has to do.
fn web_view_folder(home: &Home) -> Option<PathBuf> {
    let own = home.data().map(|data| data.join("webview"));
    own.filter(|folder| fs::create_dir_all(folder).is_ok())
}
