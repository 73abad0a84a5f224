//! The clipboard of X11 and Wayland, as the toolkit of the window reaches it: under
//! Wayland only the window that has the focus may, by itself or by a protocol that not
//! every compositor has. A picture is a file's bytes, as its owner offers them; nothing
//! is decoded here.
//!
//! GTK asks from the main loop and is answered there, so nothing waits: not for an
//! owner that never answers, and not for this app where it owns the clipboard itself.

use std::{
    path::{Path, PathBuf},
    time::Duration,
};

use export::Copied;
use gtk::{Clipboard, SelectionData, TargetEntry, TargetFlags, gdk};
use tauri::{AppHandle, Runtime};
use tokio::sync::oneshot;
use tokio::time::timeout;

use super::kinds::{FILES, HTML, NAUTILUS, TEXTS, UTF_8, UTF8_STRING, names};
use super::silent::Silent;

/// Kinds of pictures, the best first, and what a picture of that kind is called. What it
/// is, its bytes say; a kind that is not listed comes last.
const PICTURES: [(&str, &str); 9] = [
    ("image/png", "clipboard.png"),
    ("image/jpeg", "clipboard.jpg"),
    ("image/webp", "clipboard.webp"),
    ("image/avif", "clipboard.avif"),
    ("image/bmp", "clipboard.bmp"),
    ("image/x-bmp", "clipboard.bmp"),
    ("image/tiff", "clipboard.tiff"),
    ("image/gif", "clipboard.gif"),
    ("image/svg+xml", "clipboard.svg"),
];

/// Takes what was read of an answer.
type Answer<T> = Box<dyn FnOnce(T)>;

/// Longest that the owner may take to say what it has, and as long again to give it.
const PATIENCE: Duration = Duration::from_secs(5);

/// Says how HTML is encoded: some programs take it for Latin-1 else.
const ENCODED: &str = "<meta http-equiv=\"content-type\" content=\"text/html; charset=utf-8\">";

/// What tells a browser's list, of links, from a file manager's.
const BROWSER: [&str; 3] = [HTML, "text/x-moz-url", "_NETSCAPE_URL"];

/// What the owner of the clipboard has.
pub struct Offer<'a, R: Runtime> {
    app: &'a AppHandle<R>,
    kinds: Vec<String>,
}

impl<'a, R: Runtime> Offer<'a, R> {
    /// Asks for it; nothing where there is no owner.
    pub async fn of(app: &'a AppHandle<R>) -> Result<Self, Silent> {
        let kinds = asked(app, "TARGETS".to_owned(), names).await?;
        Ok(Self { app, kinds })
    }

    fn has(&self, kind: &str) -> bool {
        self.kinds.iter().any(|one| one == kind)
    }

    async fn bytes(&self, kind: &str) -> Result<Vec<u8>, Silent> {
        asked(self.app, kind.to_owned(), SelectionData::data).await
    }

    /// The files that were copied, by path; by address those that lie elsewhere.
    pub async fn files(&self) -> Result<Vec<PathBuf>, Silent> {
        let is_browser = BROWSER.iter().any(|kind| self.has(kind));
        for kind in FILES.into_iter().filter(|kind| self.has(kind)) {
            let mut places = composer::places(&self.bytes(kind).await?);
            places.retain(|place| place.is_absolute() || !(is_browser || is_link(place)));
            if !places.is_empty() {
                return Ok(places);
            }
        }
        let text = self.text().await?;
        Ok(if text.starts_with(NAUTILUS) {
            composer::places(text.as_bytes())
        } else {
            Vec::new()
        })
    }

    /// HTML and text; empty where there is none.
    pub async fn words(&self) -> Result<(String, String), Silent> {
        let html = match self.has(HTML) {
            true => String::from_utf8_lossy(&self.bytes(HTML).await?).into_owned(),
            false => String::new(),
        };
        Ok((html, self.text().await?))
    }

    async fn text(&self) -> Result<String, Silent> {
        match TEXTS.into_iter().find(|kind| self.has(kind)) {
            Some(kind) => asked(self.app, kind.to_owned(), text).await,
            None => Ok(String::new()),
        }
    }

    /// The picture, with a name for it.
    pub async fn picture(&self) -> Result<Option<(String, Vec<u8>)>, Silent> {
        let known = PICTURES.into_iter().filter(|(kind, _)| self.has(kind));
        let others = self.kinds.iter().filter(|kind| kind.starts_with("image/"));
        let others = others.map(|kind| (kind.as_str(), "clipboard"));
        for (kind, name) in known.chain(others) {
            let bytes = self.bytes(kind).await?;
            if !bytes.is_empty() {
                return Ok(Some((name.to_owned(), bytes)));
            }
        }
        Ok(None)
    }
}

/// Puts text there, and HTML beside it; says whether it is there.
pub async fn set<R: Runtime>(app: &AppHandle<R>, copied: Copied) -> bool {
    // It would end a string of C, and GTK's bindings refuse it.
    let text = copied.text.replace('\0', "\u{fffd}");
    let held = on_clipboard(app, move |clipboard, send| {
        offer(clipboard, text.clone(), copied.html.as_deref());
        clipboard.request_text(move |_, held| send(held == Some(&text)));
    });
    held.await.is_ok_and(|held| held == Some(true))
}

/// Offers text, and HTML where there is some; whoever pastes takes what it can show.
fn offer(clipboard: &Clipboard, text: String, html: Option<&str>) {
    let html = html.map(|html| format!("{ENCODED}{html}"));
    let kinds = html.iter().map(|_| HTML).chain(TEXTS);
    let kinds: Vec<_> = kinds
        .map(|kind| TargetEntry::new(kind, TargetFlags::empty(), 0))
        .collect();
    clipboard.set_with_data(&kinds, move |_, asked, _| {
        let kind = asked.target();
        match (kind.name().as_str(), &html) {
            (HTML, Some(html)) => asked.set(&kind, 8, html.as_bytes()),
            // GTK would end its lines as those of a mail.
            (UTF_8 | UTF8_STRING, _) => asked.set(&kind, 8, text.as_bytes()),
            _ => {
                asked.set_text(&text);
            }
        }
    });
}

/// Is it the address of a page or a picture in the web, which the text has too?
fn is_link(place: &Path) -> bool {
    let text = place.to_str().unwrap_or_default();
    let scheme = text.split(':').next().unwrap_or_default();
    ["http", "https", "data"]
        .iter()
        .any(|known| scheme.eq_ignore_ascii_case(known))
}

/// Text, as its kind says it is encoded.
fn text(data: &SelectionData) -> String {
    let text = String::from_utf8(data.data()).ok();
    let text = text.or_else(|| data.text().map(String::from));
    // Some owners count the end of a string of C in.
    text.unwrap_or_default().trim_end_matches('\0').to_owned()
}

/// What is read of the owner's answer; nothing where there is no owner.
async fn asked<R: Runtime, T: Default + Send + 'static>(
    app: &AppHandle<R>,
    kind: String,
    read: fn(&SelectionData) -> T,
) -> Result<T, Silent> {
    let answer = on_clipboard(app, move |clipboard, send| {
        clipboard.request_contents(&gdk::Atom::intern(&kind), move |_, data| send(read(data)));
    });
    Ok(answer.await?.unwrap_or_default())
}

/// Asks the clipboard on the main loop, and waits for what is sent of the answer; `None`
/// where there is no clipboard.
async fn on_clipboard<R: Runtime, T: Send + 'static>(
    app: &AppHandle<R>,
    ask: impl FnOnce(&Clipboard, Answer<T>) + Send + 'static,
) -> Result<Option<T>, Silent> {
    let (send, receive) = oneshot::channel();
    let ask = move || {
        // Without a desktop there is no clipboard, and GTK would panic.
        if gtk::is_initialized_main_thread() {
            let clipboard = Clipboard::get(&gdk::SELECTION_CLIPBOARD);
            ask(
                &clipboard,
                Box::new(|answer| {
                    let _ = send.send(answer);
                }),
            );
        }
    };
    if app.run_on_main_thread(ask).is_err() {
        return Ok(None);
    }
    let answer = timeout(PATIENCE, receive).await.map_err(|_| Silent)?;
    Ok(answer.ok())
}
