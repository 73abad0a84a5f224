//! The window: where it may go, and what is dropped on it.

#[cfg(target_os = "linux")]
use std::sync::Arc;
use std::{fs, path::PathBuf};

use tempfile::TempDir;

use tauri::{
    AppHandle, DragDropEvent, Manager, Runtime, WebviewUrl, WebviewWindowBuilder, WindowEvent,
    webview::NewWindowResponse, window::Color,
};

use app::Home;
use protocol::{Boot, Zoom};

#[cfg(target_os = "linux")]
use crate::{clipboard, drops::Drops};
use crate::{
    input::{self, Input},
    page,
    plugins::images,
};

/// `--paper` of the page's two themes, so that nothing flashes before it paints.
const PAPER_LIGHT: Color = Color(0xfb, 0xfa, 0xf7, 0xff);
const PAPER_DARK: Color = Color(0x16, 0x16, 0x15, 0xff);

/// The proxy of the web view's own requests, where nobody listens. The content security
/// policy stops what a page loads, but WebKit 2.50 asks it about no `<link
/// rel="preconnect">`, whose host may carry data to a name server.
#[cfg(target_os = "linux")]
pub const NOWHERE: &str = "http://127.0.0.1:9";

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
    #[cfg(target_os = "linux")]
    app.manage(Arc::new(crate::graphics::Attempt::begin(home)));
    #[cfg(target_os = "linux")]
    if let Ok(nowhere) = NOWHERE.parse() {
        builder = builder.proxy_url(nowhere);
    }
    let window = builder.build()?;
    #[cfg(target_os = "linux")]
    crate::webview::complete(&window)?;
    zoom(app, boot.settings.zoom);
    let paper = match window.theme() {
        Ok(tauri::Theme::Dark) => PAPER_DARK,
        _ => PAPER_LIGHT,
    };
    window.set_background_color(Some(paper))?;
    input::watch(&window)?;
    let handle = app.clone();
    #[cfg(target_os = "linux")]
    let drops = Drops::of(&window)?;
    #[cfg(target_os = "linux")]
    {
        let app = app.clone();
        clipboard::hold(&window, move || {
            page::tell(&app, "clipboard", clipboard::unanswered());
        })?;
    }
    window.on_window_event(move |event| {
        if let WindowEvent::DragDrop(event) = event {
            match event {
                DragDropEvent::Enter { paths, .. } => images::drag_entered(&handle, paths.len()),
                DragDropEvent::Drop { paths, .. } => {
                    handle.state::<Input>().saw();
                    #[cfg(target_os = "linux")]
                    let paths = &drops.take(paths);
                    images::dropped(&handle, paths);
                }
                DragDropEvent::Leave => images::drag_left(&handle),
                _ => {}
            }
        }
    });
    Ok(())
}

/// A folder that nobody else may enter.
pub fn temporary() -> std::io::Result<TempDir> {
    let mut folder = tempfile::Builder::new();
    folder.prefix("dragoman-");
    #[cfg(unix)]
    folder.permissions(std::os::unix::fs::PermissionsExt::from_mode(0o700));
    folder.tempdir()
}

/// Shows the page at this size.
pub fn zoom<R: Runtime>(app: &AppHandle<R>, zoom: Zoom) {
    if let Some(window) = app.get_webview_window(page::WINDOW)
        && let Err(error) = window.set_zoom(f64::from(zoom.percent()) / 100.0)
    {
        eprintln!("dragoman: the page keeps its size: {error}");
    }
}

/// Where the web view keeps its files. `None` where the app's own folder cannot be
/// written: without any there is no window at all, so a temporary one has to do.
fn web_view_folder(home: &Home) -> Option<PathBuf> {
    let own = home.data().map(|data| data.join("webview"));
    own.filter(|folder| fs::create_dir_all(folder).is_ok())
}
