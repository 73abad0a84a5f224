//! Streaming: any cut gives the whole, and every step shows what is there.
#![allow(clippy::unwrap_used, clippy::indexing_slicing)]

#[path = "support/check.rs"]
mod check;
#[path = "support/long.rs"]
mod long;

use check::{characters, cuts, stream_exactly};
use markdown::{Renderer, render, to_html};
use protocol::{Block, Patch};

/// The element of text that is not rendered yet.
const PLAIN: &str = "<p class=\"plain\" data-slot></p>";

/// Texts whose blocks change their nature as they grow.
const TEXTS: &[&str] = &[
    "# Title\n\nSome *text* and `code`.\n\nMore\ntext\n***\nend",
    "para\n---\nnext\n===\n- item\n---\n",
    "para\n-\n- a\n-\n- b\n",
    "```rust\nfn main() {\n    let s = \"a\n\nb\";\n}\n```\nafter\n```\nplain\n",
    "~~~~ python\nx = '''\n~~~\n````\n'''\n   ~~~~~  \nafter\n",
    "```\n\n\n",
    "````md\n```\ncode\n```\n````\ntext\n",
    "  ```js\n  let a = 1;\n    let b;\n ```\nx\n",
    "| a | b |\n|---|:-:|\n| 1 | 2 |\n| 3\n4\n\n| 5 | 6 |\n",
    "| a | b |\n|---|--:|\n| 1 | `x|y` |\n> quote\n",
    "a | b\n- | -\n1 | 2\n# head\n",
    "intro\n| a |\n|---|\n| b |\n|\n| c |\n|---|\n",
    "| a |\n|---|\n- x\n- y\n",
    "| a |\n|---|\n1. x\n3. y\n",
    "| a |\n|---|\n    x\n\n    y\n",
    "| a |\n|---|\n| ![x](https://h.example/i.png) <b> |\n```\ncode\n```\n",
    "- a\n- b\n- c\n\n- d\n- e\n",
    "- a\n- b\n\n\ntext\n- c\n\n  para\n- d\n",
    "- a\n - b\n  - c\n   - d\n    - e\n",
    "- a\n  - b\n    - c\n- d\n  ```rust\n  fn x() {}\n\n  let y;\n  ```\n- e\n",
    "1. one\n2. two\n3) three\n4) four\n10. ten\n",
    "7. seven\n   more\n8. eight\nlazy\n9. nine\n\n   loose\n10. ten\n",
    "- ```\n  x\n  ```\n- a\n- ```\n  y\n\n  z\n  ```\n\n  ```\n  w\n  ```\n- b\n",
    "- a\n\n-\n\n- b\n",
    "- a\n\n---\n- b\n\n- - -\n",
    "- a\n-\n- b\n",
    "-\n  a\n-\n\n  b\n- c\n",
    "* a\n+ b\n- c\n* d\n* e\n",
    "- [ ] open\n- [x] done\n-\n  [ ] late\n- [ ]\n",
    "- a\n- > quote\n  > more\nlazy\n- # head\n- b\n",
    "- a\n<div>\n- b\n\n- c\n",
    "> quote\n> - a\n> - b\n\n> ```\n> code\nout\n",
    "<div>\nraw *html*\n\n*text*\n</div>\n",
    "<!-- open\n\nstill\n--> end\n\npara <b>bold</b> <!-- c -->\n",
    "<script>\n\nalert(1)\n\n</script>\nafter\n",
    "    indented\n\n    more\npara\n    lazy\n",
    "line\r\nline\rline\n\r\n- a\r\n- b\r\n",
    "a\0b\n\u{feff}c\n",
    "Text with a [link](https://a.example/ 'title\nmore') and **bo\nld**\n",
    "\t- a\n\n-\tb\n\n\tc\n- \t d\n",
    "~~gone~~ ~one~ __u__ 中文**粗体**，*斜*\n",
];

#[test]
fn every_step_shows_the_text_so_far() {
    for text in TEXTS {
        stream_exactly(&characters(text));
    }
}

#[test]
fn every_cut_gives_the_whole() {
    for text in TEXTS {
        for pieces in cuts(text) {
            stream_exactly(&pieces);
        }
    }
}

#[test]
fn texts_after_one_another_are_cut_anywhere() {
    for pair in TEXTS.windows(2) {
        let text = pair.concat();
        stream_exactly(&characters(&text));
        let joined = pair.join("\n\n");
        stream_exactly(&characters(&joined));
    }
}

#[test]
fn a_definition_stays_open_until_its_title_cannot_come() {
    for text in [
        "p\n\n[a]: https://a.example\n'title\nmore'\n\nend [a]\n",
        "p\n\n[a]:\nhttps://a.example\n\"title\nno end\n\nend\n",
        "# h\n[a]: https://a.example\n===\n[a] b\n",
        "| a |\n|---|\n| b |\n\n[a]: https://a.example\n(title\nmore)\nend\n",
        "- a\n\n[a]: https://a.example\n  'title\n  more'\n- b\n",
    ] {
        stream_exactly(&characters(text));
    }
}

#[test]
fn of_a_long_block_the_most_is_rendered_while_it_is_written() {
    for (name, text) in long::growing(60_000) {
        let mut renderer = Renderer::new();
        let mut worst = 0.0_f64;
        for (at, piece) in text.as_bytes().chunks(20).enumerate() {
            renderer.push(std::str::from_utf8(piece).unwrap());
            let plain = renderer.blocks().last().filter(|last| last.html == PLAIN);
            let waits = plain.map_or(0, |last| last.parts.len());
            if at > 1_000 {
                worst = worst.max(waits as f64 / at as f64);
            }
        }
        assert!(worst < 0.33, "{name}: {worst:.2} of it waits");
    }
}

/// A long paragraph, and a renderer and a page that have it.
fn long_paragraph(line: &str) -> (String, Renderer, Vec<Block>) {
    let text = line.repeat(40_000 / line.len());
    let mut renderer = Renderer::new();
    let mut page = Vec::new();
    for piece in text.split_inclusive(' ') {
        renderer.push(piece).apply(&mut page);
    }
    (text, renderer, page)
}

/// The text on the page.
fn words(page: &[Block]) -> String {
    let html = scraper::Html::parse_fragment(&to_html(page));
    let text: String = html.root_element().text().collect();
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

#[test]
fn all_of_a_long_block_is_on_the_page_at_each_push() {
    let (mut text, mut renderer, mut page) = long_paragraph("some words in one line ");
    for n in 0..500 {
        let piece = format!("and {n} ");
        text.push_str(&piece);
        renderer.push(&piece).apply(&mut page);
        assert!(words(&page) == text.trim_end(), "{n}");
    }
}

#[test]
fn the_end_of_a_long_block_comes_in_small_patches() {
    let (_, mut renderer, mut page) = long_paragraph("some words in one line ");
    let patches: Vec<Patch> = (0..100).map(|_| renderer.push("and more ")).collect();
    for patch in &patches {
        patch.apply(&mut page);
    }
    let small = patches
        .iter()
        .filter(|patch| serde_json::to_string(patch).unwrap().len() < 200);
    assert!(small.count() >= 98);
    assert_eq!(page, renderer.blocks());
}

#[test]
fn what_follows_a_long_block_is_rendered_once_a_blank_line_came() {
    for line in [
        "some words ",
        "> some words\n",
        "- some words\n  and *more*\n",
    ] {
        let (mut text, mut renderer, mut page) = long_paragraph(line);
        for piece in ["\n\n", "next", " *par", "agraph*"] {
            text.push_str(piece);
            renderer.push(piece).apply(&mut page);
        }
        assert!(to_html(&page) == to_html(&render(&text)), "{line:?}");
    }
}

#[test]
fn a_long_line_of_code_grows_in_its_block() {
    let mut renderer = Renderer::new();
    let mut page = Vec::new();
    renderer.push("```js\nlet first = 1;\n").apply(&mut page);
    for n in 0..2_000 {
        renderer.push(&format!("let a = {n};")).apply(&mut page);
        assert_eq!(page.len(), 1, "{n}");
    }
    renderer.push("\nlet last").apply(&mut page);
    let shown = to_html(&page);
    assert!(shown.contains("1999;\n</span><span class=\"line\">let last"));
    assert_eq!(shown.matches("class=\"line\"").count(), 3);
}
