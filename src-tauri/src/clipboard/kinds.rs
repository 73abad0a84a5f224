//! What the clipboard of X11 and Wayland may hold beside pictures.

use gtk::SelectionData;

/// What file managers offer, the best first. Old Nautilus writes its list as text.
pub const FILES: [&str; 3] = [
    "text/uri-list",
    "x-special/gnome-copied-files",
    "x-special/mate-copied-files",
];
pub const NAUTILUS: &str = "x-special/nautilus-clipboard";

/// Kinds of text that are UTF-8.
pub const UTF_8: &str = "text/plain;charset=utf-8";
pub const UTF8_STRING: &str = "UTF8_STRING";

/// Kinds of text, the best first.
pub const TEXTS: [&str; 5] = [UTF_8, UTF8_STRING, "text/plain", "STRING", "TEXT"];

pub const HTML: &str = "text/html";

/// The kinds that an owner says it has.
pub fn names(targets: &SelectionData) -> Vec<String> {
    let targets = targets.targets().unwrap_or_default();
    targets.iter().map(|target| target.name().into()).collect()
}

/// Is it text, or a list of files or links?
pub fn is_words(kind: &str) -> bool {
    kind == HTML || FILES.contains(&kind) || TEXTS.contains(&kind)
}
