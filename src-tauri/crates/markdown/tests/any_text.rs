//! Any text at all: no panic, any cut equals the whole, safe at every step.
#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing)]

#[path = "support/check.rs"]
mod check;
#[path = "support/dom.rs"]
mod dom;

use check::{stream, stream_exactly};
use dom::assert_safe;
use markdown::{render, split};
use proptest::prelude::*;

/// What markdown is made of, so that chance meets its rules.
const ATOMS: &[&str] = &[
    "\n",
    "\n",
    "\n",
    "\n\n",
    "\n",
    " ",
    "  ",
    "    ",
    "\t",
    "a",
    "b",
    "word ",
    "x|y",
    "|",
    "| a |",
    "|---|",
    "| a | b |\n|---|:-:|\n",
    "- ",
    "* ",
    "+ ",
    "-",
    "1. ",
    "2) ",
    "10. ",
    "> ",
    ">",
    "# ",
    "### ",
    "#",
    "===",
    "---",
    "***",
    "```",
    "```rust\n",
    "````",
    "~~~",
    "~~~js\n",
    "`",
    "``",
    "*",
    "**",
    "_",
    "~~",
    "~",
    "[",
    "]",
    "(",
    ")",
    "[x]",
    "[ ] ",
    "![",
    "](",
    "<",
    ">",
    "</",
    "<b>",
    "<div>",
    "</div>",
    "<!--",
    "-->",
    "<script>",
    "</script>",
    "<br>",
    "<sub>",
    "</sub>",
    "<kbd>",
    "</kbd>",
    "<a href=",
    "\"",
    "'",
    "&amp;",
    "&#106;",
    "&",
    "javascript:",
    "https://a.example/b",
    "data:text/html,",
    "mailto:x@y.z",
    "<https://h.example>",
    "![i](https://h.example/p.png)",
    "[l](https://h.example 't')",
    "\\",
    "\\\n",
    "  \n",
    "\r\n",
    "\r",
    "\0",
    "\u{feff}",
    "中文",
    "é",
    "fn main() {",
    "\"str",
    "// c",
    "/*",
    "*/",
    "- [ ] t\n",
    "- i\n",
    "- i\n\n",
    "  - n\n",
    "1. n\n",
    "   c\n",
    "    d\n",
];

/// What formulas are made of.
const MATH: &[&str] = &[
    "$",
    "$",
    "$x$",
    "$$",
    "$$",
    "$$\n",
    "\n$$\n",
    "\\[",
    "\\]",
    "\\(",
    "\\)",
    "\\[\n",
    "\n\\]\n",
    "\\$",
    "\\\\",
    "\\begin{align}",
    "\\end{align}",
    "\\begin{align}\n",
    "\n\\end{align}\n",
    "\\frac",
    "{",
    "}",
    "^2",
    "_1",
    "=",
    "5",
    "\\text{",
    "\\boxed{",
    "\\tag{1}",
    "\\left(",
    "\\right)",
    "&",
    "%",
    "，",
    "$|a|$",
    "| $b|c$ | d |\n|---|---|\n",
    "- $$\n",
    "> \\[\n",
    "  $$\n",
    "a sentence of some words\n",
    "x = 1",
    "\\sqrt",
    "\\ce{H2O}",
    "\\begin{matrix}",
    "\\substack{",
    "\\,",
    "\\\\(",
    "\\\\)",
    "\\\\[\n",
    "\\\\]",
    "```math\n",
    "\n```\n",
    "**：",
    "：**",
    "$a$$b$",
    "\u{387}",
    "\u{e000}",
    "\u{1}",
    "\u{2}",
];

/// The same, with link reference definitions.
const DEFINITIONS: &[&str] = &[
    "[a]: https://a.example\n",
    "[a]:\n",
    "[A]: <https://b.example> 't\n",
    "[a]",
    "[a][]",
    "[b][a]",
    "![a]",
    "\"title\"\n",
    "'",
    "[b]: /url\n===\n",
    "> [a]: https://q.example\n",
];

fn text(atoms: Vec<&'static str>, length: usize) -> impl Strategy<Value = String> {
    let atom = proptest::sample::select(atoms);
    proptest::collection::vec(atom, 0..length).prop_map(|atoms| atoms.concat())
}

/// Cuts a text into pieces whose lengths in characters are taken in turn.
fn pieces<'t>(text: &'t str, lengths: &[usize]) -> Vec<&'t str> {
    let mut pieces = Vec::new();
    let mut rest = text;
    for length in lengths.iter().cycle() {
        if rest.is_empty() || lengths.is_empty() {
            break;
        }
        let at = rest.char_indices().nth(*length).map_or(rest.len(), |c| c.0);
        let (piece, after) = rest.split_at(at);
        pieces.push(piece);
        rest = after;
    }
    pieces
}

proptest! {
    #![proptest_config(ProptestConfig { cases: cases(), failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn every_step_shows_the_text_so_far(
        text in text(ATOMS.to_vec(), 40),
        lengths in proptest::collection::vec(1_usize..12, 1..6),
    ) {
        stream_exactly(&pieces(&text, &lengths));
        assert_safe(&render(&text));
    }

    #[test]
    fn every_step_shows_the_formulas_so_far(
        text in text([ATOMS, MATH, MATH].concat(), 40),
        lengths in proptest::collection::vec(1_usize..12, 1..6),
    ) {
        stream_exactly(&pieces(&text, &lengths));
        assert_safe(&render(&text));
    }

    #[test]
    fn any_formula_is_drawn_or_shown(tex in text(MATH.to_vec(), 30)) {
        for text in [format!("$${tex}$$"), format!("\\({tex}\\)"), format!("\\[\n{tex}\n\\]\n")] {
            assert_safe(&render(&text));
        }
    }

    #[test]
    fn definitions_anywhere_end_as_the_whole(
        text in text([ATOMS, MATH, DEFINITIONS, DEFINITIONS].concat(), 30),
        lengths in proptest::collection::vec(1_usize..12, 1..6),
    ) {
        stream(&pieces(&text, &lengths));
        assert_safe(&render(&text));
    }

    #[test]
    fn a_long_block_anywhere_ends_as_the_whole(
        before in text(ATOMS.to_vec(), 12),
        line in text([ATOMS, MATH].concat(), 6),
        after in text([ATOMS, MATH, DEFINITIONS].concat(), 20),
        lengths in proptest::collection::vec(1_usize..400, 1..6),
    ) {
        let long = line.repeat(6_000_usize.div_ceil(line.len().max(1)));
        let text = [before, long, after].concat();
        let mut renderer = markdown::Renderer::new();
        let mut page = Vec::new();
        for (at, piece) in pieces(&text, &lengths).into_iter().enumerate() {
            renderer.push(piece).apply(&mut page);
            assert_eq!(page, renderer.blocks());
            if at % 16 == 0 {
                assert_safe(&page);
            }
        }
        renderer.finish().apply(&mut page);
        assert_eq!(page, render(&text));
    }

    #[test]
    fn any_characters_are_safe(text in any::<String>()) {
        stream_exactly(&pieces(&text, &[3, 1]));
        assert_safe(&render(&text));
    }

    #[test]
    fn a_cut_patch_does_the_same(
        before in text(ATOMS.to_vec(), 30),
        after in text(ATOMS.to_vec(), 60),
        max_bytes in 150_usize..2_000,
    ) {
        let mut renderer = markdown::Renderer::new();
        let mut page = Vec::new();
        renderer.push(&before).apply(&mut page);
        let patch = renderer.push(&after);
        let longest = patch
            .blocks
            .iter()
            .flat_map(|block| {
                let shell = serde_json::to_string(&(&block.id, &block.html)).unwrap().len();
                block.parts.iter().map(move |part| shell + json(part)).chain([shell])
            })
            .chain(patch.grow.iter().flat_map(|grow| grow.parts.iter().map(json)))
            .max()
            .unwrap_or(0);
        for cut in split(patch, max_bytes) {
            cut.apply(&mut page);
            let size = serde_json::to_string(&cut).unwrap().len();
            assert!(size <= max_bytes.max(longest + 110), "{size} of {max_bytes}");
        }
        assert_eq!(page, renderer.blocks());
    }
}

fn json(part: &String) -> usize {
    serde_json::to_string(part).unwrap().len()
}

/// How many texts each test tries: more with `PROPTEST_CASES`.
fn cases() -> u32 {
    let asked = std::env::var("PROPTEST_CASES").ok();
    asked.and_then(|n| n.parse().ok()).unwrap_or(300)
}
