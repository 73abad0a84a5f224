//! One window for one home.

use std::error::Error;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::process;
use std::sync::mpsc;
use std::thread;
use std::time::Duration;

use app::Home;
use serde_json::Value;
use tauri::{
    AppHandle, Manager, RunEvent, Runtime,
    plugin::{Plugin, TauriPlugin},
};

use crate::page;
use crate::words::Words;

/// How long the first may take to show its window: one that is busy answers in
/// milliseconds.
const PATIENCE: Duration = Duration::from_secs(5);

/// A second start shows the window of the first. Two homes are two apps.
pub fn plugin<R: Runtime>(home: &Home) -> impl Plugin<R> + 'static {
    let builder = tauri_plugin_single_instance::Builder::new().callback(|app, _, _| show(app));
    let plugin = match home.named() {
        Some(path) => {
            let mut hasher = DefaultHasher::new();
            path.hash(&mut hasher);
            builder
                .dbus_id(format!("dev.dragoman.desktop.home{:x}", hasher.finish()))
                .build()
        }
        None => builder.build(),
    };
    Patient {
        name: plugin.name(),
        plugin: Some(plugin),
        home: home.clone(),
    }
}

/// Shows the window, and comes back when that is done: whoever asked then knows that
/// this one does not hang.
fn show<R: Runtime>(app: &AppHandle<R>) {
    let (done, shown) = mpsc::channel();
    let handle = app.clone();
    let asked = app.run_on_main_thread(move || {
        if let Some(window) = handle.get_webview_window(page::WINDOW) {
            // Each may fail on a desktop that does not allow it; the window is there all the same.
            let _ = window.unminimize();
            let _ = window.set_focus();
        }
        let _ = done.send(());
    });
    if asked.is_ok() {
        let _ = shown.recv();
    }
}

/// The plugin, but no reason not to start: not where it cannot tell whether another
/// runs, and not where another hangs and would be waited for without end.
struct Patient<R: Runtime> {
    name: &'static str,
    plugin: Option<TauriPlugin<R>>,
    home: Home,
}

impl<R: Runtime> Plugin<R> for Patient<R> {
    fn name(&self) -> &'static str {
        self.name
    }

    fn initialize(&mut self, app: &AppHandle<R>, config: Value) -> Result<(), Box<dyn Error>> {
        let Some(mut plugin) = self.plugin.take() else {
            return Ok(());
        };
        let (done, asked) = mpsc::channel();
        let handle = app.clone();
        // Ends the program where another shows its window.
        thread::spawn(move || {
            let outcome = plugin.initialize(&handle, config);
            let _ = done.send((plugin, outcome.map_err(|error| error.to_string())));
        });
        match asked.recv_timeout(PATIENCE) {
            Ok((plugin, outcome)) => {
                self.plugin = Some(plugin);
                if let Err(error) = outcome {
                    eprintln!("dragoman: cannot tell whether it runs already: {error}");
                }
            }
            Err(_) if starts_beside(Words::of_home(&self.home)) => {}
            Err(_) => process::exit(1),
        }
        Ok(())
    }

    fn on_event(&mut self, app: &AppHandle<R>, event: &RunEvent) {
        if let Some(plugin) = &mut self.plugin {
            plugin.on_event(app, event);
        }
    }
}

/// Says that the first one hangs. Does the person want another beside it?
fn starts_beside(words: Words) -> bool {
    let hangs = words.of(
        "Dragoman is open already, but does not answer",
        "Dragoman 已经打开,但没有响应",
    );
    let what = words.of(
        "You can start it a second time on the same conversations. What hangs can be ended in the system monitor.",
        "可以再打开一个,使用同样的会话。没有响应的那个可以在系统监视器里结束。",
    );
    eprintln!("dragoman: {hangs}. {what}");
    ask(words, hangs, what)
}

#[cfg(target_os = "linux")]
fn ask(words: Words, hangs: &str, what: &str) -> bool {
    use gtk::prelude::{DialogExt, GtkWindowExt};
    use gtk::{ResponseType, Window};

    if !gtk::is_initialized_main_thread() {
        return false;
    }
    let question = crate::question::Question {
        title: hangs,
        text: what,
        no: words.of("Cancel", "取消"),
        yes: words.of("Start another", "再打开一个"),
    };
    let dialog = question.dialog(None::<&Window>);
    let answer = dialog.run();
    dialog.close();
    answer == ResponseType::Accept
}

/// Before there is a window these systems show no dialog of ours.
#[cfg(not(target_os = "linux"))]
fn ask(_: Words, _: &str, _: &str) -> bool {
    false
}
