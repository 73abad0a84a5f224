//! What is dragged over the window, as its source named it. The web view library undoes
//! the escapes of links and reads names as UTF-8, so that neither leads where it should.

use std::{
    path::PathBuf,
    sync::{Arc, Mutex, PoisonError},
};

use gtk::prelude::WidgetExt;
use tauri::{Runtime, WebviewWindow};

/// What was named last. Cheap to clone; clones are one.
#[derive(Clone, Default)]
pub struct Drops(Arc<Mutex<Vec<PathBuf>>>);

impl Drops {
    /// Listens to what is dragged over a window.
    ///
    /// # Errors
    /// When the window is gone.
    pub fn of<R: Runtime>(window: &WebviewWindow<R>) -> tauri::Result<Self> {
        let drops = Self::default();
        let heard = drops.clone();
        window.with_webview(move |view| {
            let view = view.inner();
            view.connect_drag_data_received(move |_, _, _, _, data, _, _| {
                if data.target().name() == "text/uri-list" {
                    heard.put(composer::places(&data.data()));
                }
            });
        })?;
        Ok(drops)
    }

    fn put(&self, places: Vec<PathBuf>) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = places;
    }

    /// What was dropped, where the web view names `seen`.
    pub fn take(&self, seen: &[PathBuf]) -> Vec<PathBuf> {
        let mut places = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let places = std::mem::take(&mut *places);
        if places.is_empty() {
            seen.to_vec()
        } else {
            places
        }
    }
}
