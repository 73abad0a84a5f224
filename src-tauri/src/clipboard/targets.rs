//! A picture from the clipboard of X11 or Wayland: a file's bytes, as its owner offers
//! them. Nothing is decoded here.
//!
//! GTK asks from the main loop and is answered there, so nothing waits: not for an
//! owner that never answers, and not for this app where it owns the clipboard itself.

use std::time::Duration;

use gtk::{Clipboard, SelectionData, gdk};
use tauri::{AppHandle, Runtime};
use tokio::sync::oneshot;
use tokio::time::timeout;

/// Kinds that are taken, the best first, and what a picture of that kind is called.
const KINDS: [(&str, &str); 6] = [
    ("image/png", "clipboard.png"),
    ("image/jpeg", "clipboard.jpg"),
    ("image/webp", "clipboard.webp"),
    ("image/bmp", "clipboard.bmp"),
    ("image/tiff", "clipboard.tiff"),
    ("image/gif", "clipboard.gif"),
];

/// Longest that the owner may take to say what it has, and as long again to give it.
const PATIENCE: Duration = Duration::from_secs(5);

/// The picture that the owner offers, with a name for it.
pub async fn picture<R: Runtime>(app: &AppHandle<R>) -> Option<(String, Vec<u8>)> {
    let offered = asked(app, "TARGETS", names).await?;
    let is_offered = |kind: &str| offered.iter().any(|name| name == kind);
    let (kind, name) = KINDS.into_iter().find(|(kind, _)| is_offered(kind))?;
    let bytes = asked(app, kind, SelectionData::data).await?;
    (!bytes.is_empty()).then(|| (name.to_owned(), bytes))
}

/// The kinds that an owner says it has.
fn names(targets: &SelectionData) -> Vec<String> {
    let targets = targets.targets().unwrap_or_default();
    targets.iter().map(|target| target.name().into()).collect()
}

/// What is read of the owner's answer; `None` where there is none in time.
async fn asked<R: Runtime, T: Send + 'static>(
    app: &AppHandle<R>,
    target: &'static str,
    read: fn(&SelectionData) -> T,
) -> Option<T> {
    let (send, receive) = oneshot::channel();
    let ask = move || {
        // Without a desktop there is no clipboard, and GTK would panic.
        if gtk::is_initialized_main_thread() {
            let clipboard = Clipboard::get(&gdk::SELECTION_CLIPBOARD);
            clipboard.request_contents(&gdk::Atom::intern(target), move |_, data| {
                let _ = send.send(read(data));
            });
        }
    };
    app.run_on_main_thread(ask).ok()?;
    timeout(PATIENCE, receive).await.ok()?.ok()
}
