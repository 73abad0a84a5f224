//! Streaming: any cut gives the whole, and every step shows what is there.
#![allow(clippy::unwrap_used, clippy::indexing_slicing)]

#[path = "support/check.rs"]
mod check;

use check::{characters, cuts, stream_exactly};

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
