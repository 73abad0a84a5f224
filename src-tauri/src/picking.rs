//! Pictures that the person picks, in the system's dialog.

use std::path::PathBuf;

use tauri::{AppHandle, Runtime};

use crate::page;

/// What the filter of the pictures is called.
const NAME: &str = "Pictures, PDF, videos";

/// Endings that are offered; what a file is, its bytes say.
const ENDINGS: [&str; 22] = [
    "jpg", "jpeg", "jfif", "png", "apng", "webp", "gif", "bmp", "tif", "tiff", "ico", "avif",
    "heic", "heif", "svg", "svgz", "pdf", "mp4", "mov", "webm", "avi", "m4v",
];

/// Shows the dialog; `then` hears what was picked, which may be nothing.
#[cfg(not(target_os = "linux"))]
pub fn pick<R: Runtime>(app: &AppHandle<R>, then: impl FnOnce(Vec<PathBuf>) + Send + 'static) {
    let dialog = page::dialog(app)
        .add_filter(NAME, &ENDINGS)
        .add_filter("*", &["*"]);
    dialog.pick_files(move |picked| {
        let picked = picked.unwrap_or_default().into_iter();
        then(picked.filter_map(|path| path.into_path().ok()).collect());
    });
}

/// As on other systems. The dialog of the library passes over names that are no UTF-8,
/// and endings in capitals.
#[cfg(target_os = "linux")]
pub fn pick<R: Runtime>(app: &AppHandle<R>, then: impl FnOnce(Vec<PathBuf>) + Send + 'static) {
    use gtk::{FileChooserAction, FileChooserNative, ResponseType, glib::MainContext, prelude::*};
    use tauri::Manager;

    let window = app.get_webview_window(page::WINDOW);
    let show = move || {
        // Without a desktop there is no dialog, and GTK would panic.
        if !gtk::is_initialized_main_thread() {
            return;
        }
        let parent = window.and_then(|window| window.gtk_window().ok());
        let action = FileChooserAction::Open;
        let dialog = FileChooserNative::new(Some("Dragoman"), parent.as_ref(), action, None, None);
        dialog.set_select_multiple(true);
        dialog.add_filter(pictures());
        dialog.add_filter(everything());
        MainContext::default().spawn_local(async move {
            let answer = dialog.run_future().await;
            let is_picked = answer == ResponseType::Accept;
            let picked = is_picked.then(|| dialog.filenames());
            dialog.destroy();
            then(picked.unwrap_or_default());
        });
    };
    // An app that ends shows none.
    let _ = app.run_on_main_thread(show);
}

#[cfg(target_os = "linux")]
fn pictures() -> gtk::FileFilter {
    let filter = gtk::FileFilter::new();
    filter.set_name(Some(NAME));
    for ending in ENDINGS {
        let either = |c: char| format!("[{c}{}]", c.to_ascii_uppercase());
        let pattern: String = ending.chars().map(either).collect();
        filter.add_pattern(&format!("*.{pattern}"));
    }
    // A name that is no UTF-8 is shown with a remark behind its ending.
    for kind in ["image/*", "video/*", "application/pdf"] {
        filter.add_mime_type(kind);
    }
    filter
}

#[cfg(target_os = "linux")]
fn everything() -> gtk::FileFilter {
    let filter = gtk::FileFilter::new();
    filter.set_name(Some("*"));
    filter.add_pattern("*");
    filter
}
