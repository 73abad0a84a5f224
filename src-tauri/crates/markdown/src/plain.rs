//! Text that is shown as it came, for it was not parsed.

use crate::safe::escape;

/// The element of a block of such text; its parts are the text.
pub(crate) const HTML: &str = "<p class=\"plain\" data-slot></p>";

/// Most bytes of text in one part: escaped, and as JSON, it still fits a message.
const PART: usize = 1_000;

/// The parts that show a text.
pub(crate) fn parts(mut text: &str) -> Vec<String> {
    let mut parts = Vec::new();
    while !text.is_empty() {
        let (part, rest) = text
            .split_at_checked(text.floor_char_boundary(PART))
            .unwrap_or((text, ""));
        let mut html = String::from("<span>");
        escape(part, &mut html);
        html.push_str("</span>");
        parts.push(html);
        text = rest;
    }
    parts
}
