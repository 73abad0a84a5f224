//! What must hold of every text, however it is cut.
#![allow(dead_code, reason = "each test file uses a part")]

use markdown::{Renderer, render, to_html};
use pretty_assertions::assert_eq;
use protocol::Block;

/// Streams the pieces in, and holds each step against the blocks that the page
/// has, and the end against the whole. Gives the HTML after each step.
pub fn stream(pieces: &[&str]) -> Vec<String> {
    let text = pieces.concat();
    let mut renderer = Renderer::new();
    let mut page: Vec<Block> = Vec::new();
    let mut shown = Vec::new();
    for piece in pieces {
        let patch = renderer.push(piece);
        patch.apply(&mut page);
        assert_eq!(page, renderer.blocks(), "patches of {text:?}");
        shown.push(to_html(&page));
    }
    renderer.finish().apply(&mut page);
    assert_eq!(page, renderer.blocks(), "last patch of {text:?}");
    assert_eq!(page, render(&text), "streamed and whole of {text:?}");
    shown.push(to_html(&page));
    shown
}

/// Streams the pieces in, and demands that each step shows what the text so
/// far is by itself. For texts without link reference definitions.
pub fn stream_exactly(pieces: &[&str]) {
    let mut so_far = String::new();
    let shown = stream(pieces);
    for (piece, shown) in pieces.iter().zip(shown) {
        so_far.push_str(piece);
        assert_eq!(
            shown,
            to_html(&render(&so_far)),
            "after {so_far:?} of {:?}",
            pieces.concat()
        );
    }
}

/// The text in pieces of one character.
pub fn characters(text: &str) -> Vec<&str> {
    text.char_indices()
        .map(|(at, c)| &text[at..at + c.len_utf8()])
        .collect()
}

/// The text cut in two at each character.
pub fn cuts(text: &str) -> impl Iterator<Item = [&str; 2]> {
    text.char_indices()
        .map(|(at, _)| [&text[..at], &text[at..]])
}
