//! The output as a browser's parser sees it.

use markdown::{ALLOWED, CLASSES, to_html};
use protocol::Block;
use scraper::{Html, Node};

/// Asserts that blocks hold nothing but allowed elements, attributes and
/// values, that each block is one element, and that the parser finds exactly
/// the elements that were written, where they were written.
pub fn assert_safe(blocks: &[Block]) {
    for block in blocks {
        let html = to_html(std::slice::from_ref(block));
        let dom = Html::parse_fragment(&html);
        let top: Vec<_> = dom.root_element().children().collect();
        let single = matches!(top.as_slice(), [element, line_end]
            if element.value().is_element() && line_end.value().is_text());
        assert!(single, "one element a block: {html}");
        let mut elements = 0;
        for node in dom.root_element().descendants().skip(1) {
            match node.value() {
                Node::Element(element) => {
                    elements += 1;
                    let attributes = element.attrs().collect::<Vec<_>>();
                    assert_element(element.name(), &attributes, &html);
                }
                Node::Text(_) => {}
                other => panic!("{other:?} in {html}"),
            }
        }
        let written = html.split('<').skip(1).filter(|tag| !tag.starts_with('/'));
        assert_eq!(elements, written.count(), "elements of {html}");
        let slots = block.html.matches("data-slot").count();
        assert!(slots <= 1, "one slot: {}", block.html);
        assert!(slots == 1 || block.parts.is_empty(), "{}", block.html);
    }
}

fn assert_element(name: &str, attributes: &[(&str, &str)], html: &str) {
    let Some((_, allowed)) = ALLOWED.iter().find(|(allowed, _)| *allowed == name) else {
        panic!("<{name}> in {html}");
    };
    for (attribute, value) in attributes {
        assert!(allowed.contains(attribute), "{attribute} of {name}: {html}");
        let fine = match *attribute {
            "href" => href(value) || value.starts_with("#note-") || value.starts_with("#ref-"),
            "data-note" | "data-ref" => value
                .chars()
                .all(|c| c.is_alphanumeric() || "-_".contains(c)),
            "title" => !value.is_empty() && !value.chars().any(char::is_control),
            "rel" => *value == "noreferrer noopener",
            "class" => value.split(' ').all(|class| CLASSES.contains(&class)),
            "encoding" => *value == "application/x-tex",
            "display" => *value == "block",
            "mathvariant" => *value == "normal",
            "form" => matches!(*value, "prefix" | "infix" | "postfix"),
            "accent" | "accentunder" | "displaystyle" | "stretchy" | "symmetric" | "largeop"
            | "movablelimits" => matches!(*value, "true" | "false"),
            "scriptlevel" => matches!(*value, "0" | "1" | "2"),
            "lspace" | "rspace" | "minsize" | "maxsize" | "width" | "height" | "depth"
            | "voffset" | "linethickness" => length(value),
            "type" => *value == "checkbox",
            "disabled" | "checked" | "data-slot" => value.is_empty(),
            "start" => value.bytes().all(|byte| byte.is_ascii_digit()),
            "data-lang" => value
                .chars()
                .all(|c| c.is_alphanumeric() || "+#._-".contains(c)),
            "data-url" => value.starts_with("https://") || value.starts_with("http://"),
            "data-host" => !value.is_empty() && !value.contains(['/', '@', ' ']),
            _ => false,
        };
        assert!(fine, "{attribute}={value:?} of {name}: {html}");
    }
    let has = |wanted: &str| attributes.iter().any(|(name, _)| *name == wanted);
    let within = attributes
        .iter()
        .any(|(name, value)| *name == "href" && value.starts_with('#'));
    assert!(
        name != "a" || (has("href") && (has("rel") || within)),
        "{html}"
    );
    assert!(
        name != "input" || (has("type") && has("disabled")),
        "{html}"
    );
    assert!(has("data-url") == has("data-host"), "{html}");
}

/// True for a length in MathML that is not absurd.
fn length(value: &str) -> bool {
    let number = value.trim_end_matches(|c: char| c.is_ascii_lowercase() || c == '%');
    number
        .parse::<f32>()
        .is_ok_and(|number| number.abs() <= 160.0)
}

/// True for an address whose scheme is allowed also after the cleaning that a
/// browser does: blanks and control characters off both ends, tabs and line
/// ends out of it.
fn href(value: &str) -> bool {
    let cleaned: String = value
        .trim_matches(|c: char| c <= ' ')
        .chars()
        .filter(|c| !matches!(c, '\t' | '\n' | '\r'))
        .collect();
    let scheme = cleaned.split(':').next().unwrap_or_default();
    markdown::SCHEMES.contains(&scheme.to_ascii_lowercase().as_str())
}
