//! What the person did last, as the shell itself saw it: keys, clicks and drops on the
//! native window. A page can make events of its own, and none of them comes by here.

use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use accounts::Accounts;
use consent::Question;
use protocol::IpcError;
use tauri::{AppHandle, Manager, Runtime, WebviewWindow};

/// How long after a press the page may act on it.
const FRESH: Duration = Duration::from_secs(1);

/// When the person last pressed something.
#[derive(Debug, Default)]
pub struct Input(Mutex<Option<Instant>>);

impl Input {
    /// Something was pressed or dropped just now.
    pub fn saw(&self) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = Some(Instant::now());
    }

    /// Was it within the last second?
    fn is_fresh(&self) -> bool {
        let last = *self.0.lock().unwrap_or_else(PoisonError::into_inner);
        last.is_some_and(|last| last.elapsed() <= FRESH)
    }
}

/// Sees to it that a person means what the page asks for: they pressed something just
/// before, or say so in a dialog. An action of a screen reader presses nothing, so the
/// dialog asks then.
///
/// # Errors
/// [`protocol::ErrorCode::NotAllowed`].
pub async fn meant<R: Runtime>(app: &AppHandle<R>, question: Question) -> Result<(), IpcError> {
    if app.state::<Input>().is_fresh() || is_seen_elsewhere(app) {
        return Ok(());
    }
    app.state::<Accounts>().consent().ask(question).await
}

/// Watches the web view of a window.
#[cfg(target_os = "linux")]
pub fn watch<R: Runtime>(window: &WebviewWindow<R>) -> tauri::Result<()> {
    use gtk::gdk::EventType;
    use gtk::glib::Propagation;
    use gtk::prelude::{ObjectExt, WidgetExt};

    let app = window.app_handle().clone();
    window.with_webview(move |view| {
        let view = view.inner();
        let seen = app.clone();
        view.connect_event(move |_, event| {
            let is_press = matches!(
                event.event_type(),
                EventType::KeyPress
                    | EventType::KeyRelease
                    | EventType::ButtonPress
                    | EventType::ButtonRelease
                    | EventType::TouchBegin
                    | EventType::TouchEnd
            );
            if is_press {
                seen.state::<Input>().saw();
            }
            Propagation::Proceed
        });
        // Its own menu is a window apart. A page cannot open it.
        view.connect_local("context-menu-dismissed", false, move |_| {
            app.state::<Input>().saw();
            None
        });
    })
}

/// The web views of other platforms tell their window of no input.
#[cfg(not(target_os = "linux"))]
pub fn watch<R: Runtime>(_: &WebviewWindow<R>) -> tauri::Result<()> {
    Ok(())
}

#[cfg(target_os = "linux")]
fn is_seen_elsewhere<R: Runtime>(_: &AppHandle<R>) -> bool {
    false
}

/// Where no press is seen, that the person is at the window has to do.
#[cfg(not(target_os = "linux"))]
fn is_seen_elsewhere<R: Runtime>(app: &AppHandle<R>) -> bool {
    let window = app.get_webview_window(crate::page::WINDOW);
    window.is_some_and(|window| window.is_focused().unwrap_or(false))
}
