//! One window for one home.

use std::error::Error;
use std::ffi::OsString;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{self, RecvTimeoutError};
use std::time::Duration;

use app::Home;
use composer::{Arrivals, Outside};
use serde_json::Value;
use tauri::{
    AppHandle, Manager, RunEvent, Runtime,
    plugin::{Plugin, TauriPlugin},
};

use crate::args::{self, Asked, Start};
use crate::page;

#[cfg(target_os = "linux")]
mod first;

/// How often it is asked whether the app ends meanwhile.
const PAUSE: Duration = Duration::from_millis(50);

/// A second start hands what it opens to the first, which shows its window. Two homes are
/// two apps.
pub fn plugin<R: Runtime>(home: &Home, start: Start) -> impl Plugin<R> + 'static {
    let id = match home.named() {
        Some(path) => {
            let mut hasher = DefaultHasher::new();
            path.hash(&mut hasher);
            format!("{}.home{:x}", app::IDENTIFIER, hasher.finish())
        }
        None => app::IDENTIFIER.to_owned(),
    };
    let ending = Arc::new(AtomicBool::new(false));
    let ends = Arc::clone(&ending);
    let builder = tauri_plugin_single_instance::Builder::new();
    let builder = builder.callback(move |app, words, folder| {
        let words = words.into_iter().skip(1).map(OsString::from);
        // It read them itself before it handed them over.
        let start = match args::read(words, Some(Path::new(&folder))) {
            Ok(Asked::Window(start)) => start,
            _ => Start::default(),
        };
        if !start.outside.is_empty() {
            opened(app, start.outside);
        }
        show(app, start.activation, &ends);
    });
    Lenient {
        plugin: builder.dbus_id(id.clone()).build(),
        id,
        home: home.clone(),
        start,
        ending,
    }
}

/// Something is opened with this app, which runs: the page fills it in.
pub fn opened<R: Runtime>(app: &AppHandle<R>, outside: Outside) {
    app.state::<Arrivals>().put(outside);
    page::tell(app, "arrived", ());
}

/// Shows the window, and comes back when that is done: whoever asked then knows that
/// this one does not hang.
fn show<R: Runtime>(app: &AppHandle<R>, activation: Option<String>, ending: &AtomicBool) {
    let (done, shown) = mpsc::channel();
    let handle = app.clone();
    let asked = app.run_on_main_thread(move || {
        if let Some(window) = handle.get_webview_window(page::WINDOW) {
            // Each may fail on a desktop that does not allow it; the window is there all the same.
            let _ = window.unminimize();
            #[cfg(target_os = "linux")]
            if let (Some(token), Ok(window)) = (&activation, window.gtk_window()) {
                gtk::prelude::GtkWindowExt::set_startup_id(&window, token);
            }
            #[cfg(not(target_os = "linux"))]
            let _ = activation;
            let _ = window.set_focus();
        }
        let _ = done.send(());
    });
    // At its end the main thread waits for this one.
    while asked.is_ok()
        && !ending.load(Ordering::Relaxed)
        && shown.recv_timeout(PAUSE) == Err(RecvTimeoutError::Timeout)
    {}
}

/// The plugin, but no reason not to start: not where it cannot tell whether another
/// runs, and not where another hangs.
struct Lenient<R: Runtime> {
    plugin: TauriPlugin<R>,
    id: String,
    home: Home,
    start: Start,
    ending: Arc<AtomicBool>,
}

impl<R: Runtime> Plugin<R> for Lenient<R> {
    fn name(&self) -> &'static str {
        self.plugin.name()
    }

    fn initialize(&mut self, app: &AppHandle<R>, config: Value) -> Result<(), Box<dyn Error>> {
        #[cfg(target_os = "linux")]
        if !first::settle(
            &self.id,
            self.start.words(),
            crate::words::Words::of_home(&self.home),
        ) {
            return Ok(());
        }
        #[cfg(not(target_os = "linux"))]
        let _ = (&self.id, &self.home, &self.start);
        if let Err(error) = self.plugin.initialize(app, config) {
            eprintln!("dragoman: cannot tell whether it runs already: {error}");
        }
        Ok(())
    }

    fn on_event(&mut self, app: &AppHandle<R>, event: &RunEvent) {
        if matches!(event, RunEvent::Exit) {
            self.ending.store(true, Ordering::Relaxed);
        }
        self.plugin.on_event(app, event);
    }
}
