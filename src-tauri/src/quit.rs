//! The ways out: the window is closed, the session ends, a signal comes. Whatever is
//! being written is kept.

#[cfg(target_os = "linux")]
use std::sync::Arc;

use chat::Chat;
use tauri::{AppHandle, Manager, Runtime, async_runtime};

#[cfg(target_os = "linux")]
use crate::graphics::Attempt;
use crate::leaving::{self, Leaving};

/// Ends what runs, with all its text, and closes the history. Blocks for some seconds
/// at most.
pub fn end<R: Runtime>(app: &AppHandle<R>) {
    if let Some(chat) = app.try_state::<Chat>() {
        let chat = chat.inner().clone();
        if let Err(error) = async_runtime::block_on(chat.end()) {
            eprintln!("dragoman: {error}");
        }
    }
    let leaving = app.try_state::<Leaving>();
    if let Some(to) = leaving.and_then(|leaving| leaving.begun()) {
        // Lets go of its name on the bus, and of its window.
        app.cleanup_before_exit();
        leaving::again(to);
    }
    #[cfg(target_os = "linux")]
    if let Some(attempt) = app.try_state::<Arc<Attempt>>()
        && attempt.has_failed()
    {
        // Lets go of its name on the bus, or the next takes this one for another.
        app.cleanup_before_exit();
        attempt.again();
    }
}

/// Quits as if the window were closed when the system asks for it: SIGTERM, SIGHUP
/// (the end of a session) and SIGINT. Elsewhere the window is told.
pub fn on_signals<R: Runtime>(app: &AppHandle<R>) {
    #[cfg(unix)]
    {
        use signal_hook::{
            consts::{SIGHUP, SIGINT, SIGTERM},
            iterator::Signals,
        };
        let app = app.clone();
        match Signals::new([SIGTERM, SIGHUP, SIGINT]) {
            Ok(mut signals) => {
                std::thread::spawn(move || {
                    if signals.forever().next().is_some() {
                        app.exit(0);
                    }
                });
            }
            Err(error) => eprintln!("dragoman: signals are not heard: {error}"),
        }
    }
    #[cfg(not(unix))]
    let _ = app;
}
