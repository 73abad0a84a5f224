//! The words of a text as a reader sees them, without its markup.

use pulldown_cmark::{Event, Parser, TagEnd};

use crate::nesting::too_deep;
use crate::parse::options;

/// Between blocks; no text that is typed holds it.
const EDGE: char = '\0';

/// What a reader sees of a text: no markup, no addresses; between two blocks a
/// character that nobody types, so that nothing is found across them.
pub fn visible(text: &str) -> String {
    if too_deep(text) {
        return text.to_owned();
    }
    let mut out = String::with_capacity(text.len());
    for event in Parser::new_ext(text, options()) {
        match event {
            Event::Text(words)
            | Event::Code(words)
            | Event::Html(words)
            | Event::InlineHtml(words) => out.push_str(&words),
            Event::SoftBreak | Event::HardBreak => out.push(' '),
            Event::Rule => out.push(EDGE),
            Event::End(
                TagEnd::Emphasis
                | TagEnd::Strong
                | TagEnd::Strikethrough
                | TagEnd::Link
                | TagEnd::Image,
            ) => {}
            Event::End(_) => out.push(EDGE),
            _ => {}
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::visible;

    #[test]
    fn markup_and_addresses_are_left_out() {
        let text = "# A **b**old *word*\n\nsee [this](https://hidden.example) `code`\nline\n\n\
            | a | b |\n| - | - |\n| c | d |\n\n- one\n- two\n\n```rust\nfn x() {}\n```\n";
        assert_eq!(
            visible(text)
                .split('\0')
                .filter(|part| !part.is_empty())
                .collect::<Vec<_>>(),
            [
                "A bold word",
                "see this code line",
                "a",
                "b",
                "c",
                "d",
                "one",
                "two",
                "fn x() {}\n"
            ]
        );
    }
}
