//! What a web page says in place of an answer.

use crate::text::cap;

/// `html: ` and the title of a web page.
pub(super) fn web_page(html: &str) -> String {
    let lower = html.to_ascii_lowercase();
    let within = |open: &str, close: &str| {
        let start = lower.find(open)?;
        let start = start + lower.get(start..)?.find('>')? + 1;
        let end = start + lower.get(start..)?.find(close)?;
        let text = html.get(start..end)?;
        let text = text.split_whitespace().collect::<Vec<_>>().join(" ");
        (!text.is_empty()).then_some(text)
    };
    let title = within("<title", "</title")
        .or_else(|| within("<h1", "</h1"))
        .or_else(|| within("<message", "</message"));
    match title {
        Some(title) => format!("html: {}", cap(&entities(&title), 200)),
        None => "html".to_owned(),
    }
}

fn entities(text: &str) -> String {
    text.replace("&lt;", "<")
        .replace("&gt;", ">")
        .replace("&quot;", "\"")
        .replace("&#39;", "'")
        .replace("&nbsp;", " ")
        .replace("&amp;", "&")
}
