//! What of a pasted page is a picture.

/// Longest HTML that is looked through.
const LONGEST: usize = 32 * 1024 * 1024;

/// The address of the first picture in a piece of HTML, as a browser puts it on the
/// clipboard: `https://…` or `data:…`; `None` where there is none, or one that only
/// means something within its page.
pub fn picture_in_html(html: &str) -> Option<String> {
    let html = html.get(..LONGEST).unwrap_or(html);
    let mut rest = html;
    while let Some(at) = rest.find('<') {
        rest = rest.get(at + 1..)?;
        let name = rest.get(..3).unwrap_or_default();
        let after = rest.get(3..).unwrap_or_default();
        if name.eq_ignore_ascii_case("img")
            && after.starts_with(|c: char| c.is_ascii_whitespace() || c == '/')
            && let Some(url) = source(after)
        {
            let scheme = url.split(':').next().unwrap_or_default();
            return ["https", "http", "data"]
                .iter()
                .any(|known| scheme.eq_ignore_ascii_case(known))
                .then_some(url);
        }
    }
    None
}

/// The address that a text is, if it is nothing else.
pub fn picture_address(text: &str) -> Option<String> {
    let text = text.trim();
    let is_one = !text.is_empty() && !text.contains(char::is_whitespace);
    let known = |scheme: &str| {
        text.get(..scheme.len())
            .is_some_and(|start| start.eq_ignore_ascii_case(scheme))
    };
    (is_one && (known("https://") || known("data:image/"))).then(|| text.to_owned())
}

/// The value of `src` within a tag that begins here.
fn source(tag: &str) -> Option<String> {
    let mut rest = tag;
    loop {
        rest = rest.trim_start_matches(|c: char| c.is_ascii_whitespace() || c == '/');
        let end = rest.find(|c: char| c.is_ascii_whitespace() || "=>/".contains(c))?;
        let (name, after) = rest.split_at(end);
        let after = after.trim_start();
        let Some(value) = after.strip_prefix('=') else {
            if name.is_empty() {
                return None;
            }
            rest = after;
            continue;
        };
        let value = value.trim_start();
        let (value, after) = match value.chars().next()? {
            quote @ ('"' | '\'') => value.get(1..)?.split_once(quote)?,
            _ => value.split_at(value.find(|c: char| c.is_ascii_whitespace() || c == '>')?),
        };
        if name.eq_ignore_ascii_case("src") {
            return Some(value.trim().replace("&amp;", "&"));
        }
        rest = after;
    }
}

#[cfg(test)]
mod tests {
    use super::picture_in_html;

    #[test]
    fn the_first_picture_is_found_however_it_is_written() {
        let found = |html: &str| picture_in_html(html);
        let cat = Some("https://a.example/cat.png?x=1&y=2".to_owned());
        for html in [
            r#"<meta charset="utf-8"><img src="https://a.example/cat.png?x=1&amp;y=2" alt="a>b">"#,
            r#"<IMG class=wide alt='src="x"' SRC = 'https://a.example/cat.png?x=1&amp;y=2'/>"#,
            "<p>text</p><img src=https://a.example/cat.png?x=1&amp;y=2>",
            r#"<a href="x"><img hidden src="https://a.example/cat.png?x=1&amp;y=2"></a>"#,
        ] {
            assert_eq!(found(html), cat, "{html}");
        }
        for (text, is_address) in [
            (" https://a.example/cat.png\n", true),
            ("data:image/png;base64,AAAA", true),
            ("see https://a.example/cat.png", false),
            ("https://a.example/ and more", false),
            ("file:///etc/passwd", false),
            ("", false),
        ] {
            assert_eq!(super::picture_address(text).is_some(), is_address, "{text}");
        }
        let data = "data:image/png;base64,AAAA".to_owned();
        assert_eq!(found(&format!("<img src=\"{data}\">")), Some(data));
        for html in [
            "",
            "<",
            "<img",
            "<img>",
            "<img src",
            "<img src=>",
            "<img src=\"https://a.example/open",
            "<img src=\"cat.png\">",
            "<img src=\"javascript:alert(1)\">",
            "<imgx src=\"https://a.example/\">",
            "text < more",
        ] {
            assert_eq!(found(html), None, "{html}");
        }
    }
}
