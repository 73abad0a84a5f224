//! Texts whose last block stays open, however long they get.
#![allow(dead_code, reason = "each test file uses a part")]

use markdown::{Renderer, render};
use protocol::{Block, Patch};

/// Each kind of block as a beginning, and what makes it longer without an end.
const GROWING: &[(&str, &str, &str)] = &[
    ("a paragraph in one line", "", "word *and* `code` "),
    ("a paragraph of lines", "", "a line of **words**\n"),
    ("a quote", "", "> a line of a quote\n"),
    ("a quote in one line", "> ", "words "),
    ("a quote with blank lines", "", "> words\n>\n"),
    ("quotes in quotes", "", "> > > words\n"),
    ("a list in a quote", "", "> - words\n"),
    ("code in a quote", "> ```rust\n", "> let a = 1;\n"),
    ("a table in a quote", "> | a |\n> |---|\n", "> | b |\n"),
    ("an item in one line", "- ", "words "),
    ("an item of lines", "- a\n", "  words\n"),
    ("an item with blank lines", "1. a\n", "   words\n\n"),
    ("items in an item", "- a\n", "  - words\n"),
    ("code in an item", "- ```rust\n", "  let a = 1;\n"),
    ("a heading", "# ", "words "),
    ("a cell", "| a | b |\n|---|---|\n| x | ", "words "),
    ("a row", "| a | b |\n|---|---|\n", "| x "),
    ("a table's head", "", "| x "),
    ("source HTML", "<div>\n", "words <b>\n"),
    ("a comment", "<!--\n", "words\n\n"),
    ("a definition's address", "[a]: https://a.example/", "xxxxx"),
    ("a definition's title", "[a]: https://a.example '", "word\n"),
    ("definitions", "", "[a]: https://a.example\n"),
    ("a footnote", "[^1]: ", "words "),
    ("indented code", "", "    let a = 1;\n"),
    ("a line of code", "```\n", "let a = 1; "),
    ("the line that opens code", "```", "{word "),
    ("blank lines", "", "\n"),
    ("formulas", "", "so $x_1$ is "),
    ("a formula", "$$\n", "a + b\n"),
    ("a formula in one line", "$$ ", "a + b "),
    ("sums of money", "", "it costs $5 and "),
];

/// The same of what only someone hostile writes.
const HOSTILE: &[(&str, &str, &str)] = &[
    ("quotes", "", "> "),
    ("quote marks", "", ">"),
    ("items", "", "- "),
    ("numbers", "", "1. "),
    ("quotes of items", "", "> - "),
    ("items that end at once", "", "- a\n"),
    ("brackets", "", "["),
    ("brackets, defined", "[a]: https://a.example\n\n", "[[a] "),
    ("pictures", "", "!["),
    ("links", "", "[a]("),
    ("stars", "", "*"),
    ("stars that never fit", "", "**a *b "),
    ("underscores", "", "_a"),
    ("waves", "", "~~a"),
    ("backticks", "", "`"),
    ("backticks that never fit", "", "`a``"),
    ("tags", "", "<a "),
    ("entities", "", "&#1"),
    ("backslashes", "", "\\"),
    ("pipes", "", "|"),
    ("footnotes in one another", "", "[^1]: "),
    ("footnotes", "", "[^1]: a\n"),
    ("tags that wait", "", "<sub>"),
    ("tags that wait in turn", "", "<sub></sup>"),
    ("formulas in lines of their own", "", "$$\na\n$$\n"),
    ("dollars that never fit", "", "${"),
    ("dollars in threes", "", "$$$ "),
    ("formulas that begin", "", "\\[\n"),
    (
        "formulas that begin in turn",
        "",
        "$$\n\\(\n\\[ a\n\\begin{align}\n",
    ),
    ("formulas that begin in one line", "", "\\( a "),
    ("environments", "", "\\begin{align}\n\\begin{gather}\n"),
    ("links that never fit", "", "]("),
    ("formulas that cannot be drawn", "", "$\\nosuch$ "),
    ("underlines", "", "a\n=\n"),
    ("tables", "", "| a |\n|---|\n"),
];

/// Such a text, of at least so many bytes.
fn text(head: &str, unit: &str, size: usize) -> String {
    head.to_owned() + &unit.repeat(size.saturating_sub(head.len()).div_ceil(unit.len()))
}

/// What people may write, each kind that long.
pub fn growing(size: usize) -> impl Iterator<Item = (&'static str, String)> {
    GROWING
        .iter()
        .map(move |(name, head, unit)| (*name, text(head, unit, size)))
}

/// What they may not, each kind that long.
pub fn hostile(size: usize) -> impl Iterator<Item = (&'static str, String)> {
    let half = size / 2;
    let pairs = [
        ("lines behind quotes", text("", "> ", half), "a\n"),
        ("lines behind items", text("", "- ", half), "a\n"),
        ("brackets that close", text("", "[", half), "]"),
        ("stars that close", text("", "*a", half), "a*"),
        ("a wide table", table(half), "| a\n"),
        ("a long address, named", address(half), "[a] "),
        ("a long item after a list", items(half), "word "),
    ];
    HOSTILE
        .iter()
        .map(move |(name, head, unit)| (*name, text(head, unit, size)))
        .chain(pairs.map(|(name, head, unit)| (name, text(&head, unit, size))))
}

fn table(size: usize) -> String {
    let columns = size / 4;
    format!("{}|\n{}|\n", "|a".repeat(columns), "|-".repeat(columns))
}

fn address(size: usize) -> String {
    format!("[a]: https://a.example/{}\n\n", "x".repeat(size))
}

fn items(size: usize) -> String {
    "- a\n".repeat(size / 4) + "\n  "
}

/// What it cost to stream a text in.
pub struct Cost {
    /// Bytes that were parsed.
    pub parsed: usize,
    /// Bytes of all patches, as the page gets them.
    pub patches: usize,
}

/// Streams a text in by pieces of about `size` bytes, applies each patch as the
/// page does, and holds the end against the whole.
pub fn stream(text: &str, size: usize) -> Cost {
    let mut renderer = Renderer::new();
    let mut page: Vec<Block> = Vec::new();
    let mut patches = 0;
    let mut take = |patch: Patch, page: &mut Vec<Block>| {
        patches += serde_json::to_string(&patch).unwrap().len();
        patch.apply(page);
    };
    let mut rest = text;
    while !rest.is_empty() {
        let (piece, after) = rest.split_at(rest.floor_char_boundary(size.min(rest.len())));
        take(renderer.push(piece), &mut page);
        rest = after;
    }
    take(renderer.finish(), &mut page);
    assert!(page == renderer.blocks(), "patches");
    assert!(page == render(text), "streamed and whole");
    Cost {
        parsed: renderer.parsed(),
        patches,
    }
}
