//! What the web view library of Tauri leaves out on Linux: what is being composed by an
//! input method, spelling, a menu of its own, and a page whose process dies.

mod deaths;
mod menu;
pub mod printing;
mod spelling;

use std::sync::Arc;

use tauri::{AppHandle, Manager, Runtime, WebviewWindow};
use webkit2gtk::{InputMethodContextExt, WebView, WebViewExt};

use crate::graphics::Attempt;

/// Adds to the web view of a window what it lacks.
///
/// # Errors
/// When the window is gone.
pub fn complete<R: Runtime>(window: &WebviewWindow<R>) -> tauri::Result<()> {
    let app = window.app_handle().clone();
    window.with_webview(move |platform| {
        let view = platform.inner();
        show_what_is_composed(&view);
        spelling::check(&view);
        menu::reduce(&view, &app);
        deaths::heed(&view, &app);
        watch_for_page(app);
    })
}

/// wry switches it off, so that what is being composed stands in the window of the
/// input method only, and the placeholder under it.
fn show_what_is_composed(view: &WebView) {
    if let Some(context) = view.input_method_context() {
        context.set_enable_preedit(true);
    }
}

/// Ends the program where no page comes, for [`Attempt::again`].
fn watch_for_page<R: Runtime>(app: AppHandle<R>) {
    let Some(attempt) = app.try_state::<Arc<Attempt>>() else {
        return;
    };
    let attempt = Arc::clone(&attempt);
    std::thread::spawn(move || {
        if attempt.waits_in_vain() {
            app.exit(0);
        }
    });
}
