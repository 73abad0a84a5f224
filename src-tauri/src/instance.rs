//! One window for one home.

use std::{
    error::Error,
    hash::{DefaultHasher, Hash, Hasher},
};

use app::Home;
use serde_json::Value;
use tauri::{
    AppHandle, Manager, RunEvent, Runtime,
    plugin::{Plugin, TauriPlugin},
};

use crate::page;

/// A second start shows the window of the first. Two homes are two apps.
pub fn plugin<R: Runtime>(home: &Home) -> impl Plugin<R> + 'static {
    let builder = tauri_plugin_single_instance::Builder::new().callback(|app, _, _| {
        if let Some(window) = app.get_webview_window(page::WINDOW) {
            // Each may fail on a desktop that does not allow it; the window is there all the same.
            let _ = window.unminimize();
            let _ = window.set_focus();
        }
    });
    Lenient(match home.named() {
        Some(path) => {
            let mut hasher = DefaultHasher::new();
            path.hash(&mut hasher);
            builder
                .dbus_id(format!("dev.dragoman.desktop.home{:x}", hasher.finish()))
                .build()
        }
        None => builder.build(),
    })
}

/// The plugin, but no reason not to start. A first instance that does not
/// answer (it hangs, or died and the bus has not noticed yet) would make the
/// plugin fail, and with it the app.
struct Lenient<R: Runtime>(TauriPlugin<R>);

impl<R: Runtime> Plugin<R> for Lenient<R> {
    fn name(&self) -> &'static str {
        self.0.name()
    }

    fn initialize(&mut self, app: &AppHandle<R>, config: Value) -> Result<(), Box<dyn Error>> {
        if let Err(error) = self.0.initialize(app, config) {
            eprintln!("dragoman: cannot tell whether it runs already: {error}");
        }
        Ok(())
    }

    fn on_event(&mut self, app: &AppHandle<R>, event: &RunEvent) {
        self.0.on_event(app, event);
    }
}
