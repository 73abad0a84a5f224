//! What of a drawing is not drawn.

use resvg::usvg::roxmltree::{Document, Node};

/// Kinds of content that only browsers know.
const EMBEDDED: [&str; 6] = ["iframe", "video", "audio", "canvas", "object", "embed"];

/// Does it hold words of a page, which are not drawn?
pub(super) fn words(document: &Document<'_>) -> bool {
    let pages = document
        .descendants()
        .filter(|node| is(node, "foreignObject"));
    pages.filter(|page| !has_other_way(page)).any(|page| {
        let mut texts = page.descendants().filter(Node::is_text);
        texts.any(|text| text.text().is_some_and(|text| !text.trim().is_empty()))
    })
}

/// Does it link to, or embed, what is not drawn: pictures elsewhere, drawings within it,
/// parts of other files?
pub(super) fn parts(document: &Document<'_>) -> bool {
    document.descendants().any(|node| {
        let name = node.tag_name().name();
        match name {
            "image" | "feImage" => href(&node).is_some_and(|href| !is_drawn(href)),
            "use" | "tref" => href(&node).is_some_and(|href| !href.starts_with('#')),
            _ => EMBEDDED.contains(&name),
        }
    })
}

/// Is a picture that is linked so drawn?
fn is_drawn(href: &str) -> bool {
    const KINDS: [&str; 5] = [
        "image/png",
        "image/jpeg",
        "image/jpg",
        "image/gif",
        "image/webp",
    ];
    match href.strip_prefix("data:") {
        Some(data) => KINDS.iter().any(|kind| data.starts_with(kind)),
        None => href.is_empty() || href.starts_with('#'),
    }
}

fn href<'a>(node: &Node<'a, '_>) -> Option<&'a str> {
    let mut all = node.attributes();
    all.find(|attribute| attribute.name() == "href")
        .map(|attribute| attribute.value().trim())
}

/// Within a `switch`, something else is drawn in its place.
fn has_other_way(page: &Node<'_, '_>) -> bool {
    let parent = page.parent().filter(|parent| is(parent, "switch"));
    parent.is_some_and(|switch| {
        let mut others = switch.children().filter(Node::is_element);
        others.any(|other| !is(&other, "foreignObject"))
    })
}

/// Is it this element, whatever its name is prefixed by?
fn is(node: &Node<'_, '_>, name: &str) -> bool {
    node.is_element() && node.tag_name().name() == name
}
