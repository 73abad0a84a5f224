//! What may stand in the HTML this crate makes, and the only code that puts
//! text from outside into it.

use protocol::Block;
use url::Url;

/// Every element that [`crate::render`] may write, with every attribute it may
/// carry. Nothing else is ever written; the tests parse the output with a
/// browser's parser and hold it against this list.
pub const ALLOWED: &[(&str, &[&str])] = &[
    ("a", &["href", "rel", "title"]),
    ("blockquote", &[]),
    ("br", &[]),
    ("code", &["data-slot"]),
    ("del", &[]),
    ("div", &["class", "data-lang"]),
    ("em", &[]),
    ("h1", &[]),
    ("h2", &[]),
    ("h3", &[]),
    ("h4", &[]),
    ("h5", &[]),
    ("h6", &[]),
    ("hr", &[]),
    ("input", &["type", "disabled", "checked"]),
    ("li", &[]),
    ("ol", &["start", "data-slot"]),
    ("p", &["class", "data-slot"]),
    ("pre", &[]),
    ("span", &["class", "data-url", "data-host"]),
    ("strong", &[]),
    ("table", &[]),
    ("tbody", &["data-slot"]),
    ("td", &["class"]),
    ("th", &["class"]),
    ("thead", &[]),
    ("tr", &[]),
    ("ul", &["data-slot"]),
];

/// Every class that the output may carry: what the page has to style.
///
/// `code`, `html` and `table` are boxes around a code block, source HTML shown
/// as text, and a table; `plain` is text that is shown as it came; `line` is a line of code; `remote-image` is a picture
/// that was not loaded; `ta-…` aligns a table cell; `hl-…` colours code (see
/// the crate's docs).
pub const CLASSES: &[&str] = &[
    "code",
    "html",
    "table",
    "line",
    "plain",
    "remote-image",
    "ta-left",
    "ta-center",
    "ta-right",
    "hl-k",
    "hl-s",
    "hl-e",
    "hl-c",
    "hl-n",
    "hl-o",
    "hl-f",
    "hl-t",
    "hl-g",
    "hl-a",
    "hl-v",
    "hl-p",
    "hl-h",
    "hl-b",
    "hl-i",
    "hl-ins",
    "hl-del",
];

/// The schemes a link may have.
pub const SCHEMES: &[&str] = &["http", "https", "mailto"];

/// Appends text so that it is text, between tags and in a quoted attribute.
pub(crate) fn escape(text: &str, out: &mut String) {
    let mut from = 0;
    for (at, byte) in text.bytes().enumerate() {
        let entity = match byte {
            b'&' => "&amp;",
            b'<' => "&lt;",
            b'>' => "&gt;",
            b'"' => "&quot;",
            _ => continue,
        };
        out.push_str(text.get(from..at).unwrap_or_default());
        out.push_str(entity);
        from = at + 1;
    }
    out.push_str(text.get(from..).unwrap_or_default());
}

/// True for an address that a link may point to: an allowed scheme, spelt out
/// at the very start. Anything a browser would first have to clean up (blanks,
/// control characters) is not allowed, so no cleaning can change the scheme.
pub(crate) fn link_allowed(address: &str) -> bool {
    ["http://", "https://", "mailto:"].iter().any(|scheme| {
        address
            .get(..scheme.len())
            .is_some_and(|start| start.eq_ignore_ascii_case(scheme))
    })
}

/// Appends an address as an attribute's value: percent-encoded like
/// CommonMark's reference renderer does, then escaped.
pub(crate) fn escape_href(address: &str, out: &mut String) {
    const HEX: &[u8; 16] = b"0123456789ABCDEF";
    for byte in address.bytes() {
        match byte {
            b'&' => out.push_str("&amp;"),
            b'\'' => out.push_str("&#x27;"),
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' => out.push(char::from(byte)),
            b'!' | b'#' | b'$' | b'%' | b'(' | b')' | b'*' | b'+' | b',' | b'-' | b'.' | b'/'
            | b':' | b';' | b'=' | b'?' | b'@' | b'_' | b'~' => out.push(char::from(byte)),
            _ => {
                out.push('%');
                for nibble in [byte >> 4, byte & 15] {
                    let digit = HEX.get(usize::from(nibble)).copied().unwrap_or(b'0');
                    out.push(char::from(digit));
                }
            }
        }
    }
}

/// Appends a picture as a card that loads nothing: its description and, where
/// its address is http or https, the address and host in data attributes. The
/// host comes from the same parser that would make the request, so the card
/// cannot name one host and load from another.
pub(crate) fn image_card(address: &str, alt: &str, out: &mut String) {
    let url = Url::parse(address)
        .ok()
        .filter(|url| link_allowed(address) && matches!(url.scheme(), "http" | "https"));
    let Some((url, host)) = url
        .as_ref()
        .and_then(|url| Some((url.as_str(), url.host_str()?)))
    else {
        escape(alt, out);
        return;
    };
    begin_card(url, out);
    escape(host, out);
    out.push_str("\">");
    escape(if alt.trim().is_empty() { host } else { alt }, out);
    out.push_str("</span>");
}

fn begin_card(url: &str, out: &mut String) {
    out.push_str("<span class=\"remote-image\" data-url=\"");
    escape(url, out);
    out.push_str("\" data-host=\"");
}

/// Does the card of a picture at this very address stand in these blocks? What else they
/// hold is escaped, so nothing but a card reads like one.
pub fn has_card(blocks: &[Block], url: &str) -> bool {
    let mut card = String::new();
    begin_card(url, &mut card);
    blocks.iter().any(|block| {
        let mut html = std::iter::once(&block.html).chain(&block.parts);
        html.any(|html| html.contains(&card))
    })
}

/// The language of a code block from its info string: the leading word, in
/// lower case, of letters, digits and `+#._-` only, 32 characters at most;
/// empty where there is none.
pub(crate) fn language(info: &str) -> String {
    info.trim_start_matches(|c: char| c.is_whitespace() || matches!(c, '{' | '.'))
        .chars()
        .take_while(|c| c.is_alphanumeric() || matches!(c, '+' | '#' | '.' | '_' | '-'))
        .take(32)
        .collect::<String>()
        .to_lowercase()
}
