//! What is copied of a text.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing
)]

use markdown::{code_block, plain_text, rich_text, table};
use pretty_assertions::assert_eq;
use proptest::prelude::*;

#[test]
fn plain_text_has_no_marks() {
    for (written, read) in [
        ("# A *b*\n\n**c** ~~d~~ `e`", "A b\n\nc d e"),
        ("a\nb  \nc<br>d", "a\nb\nc\nd"),
        ("- a\n- b\n  - c\n    d\n- e", "• a\n• b\n  • c\n    d\n• e"),
        ("3. a\n4. b\n\n   c", "3. a\n\n4. b\n\n   c"),
        ("- [ ] a\n- [x] b", "• ☐ a\n• ☑ b"),
        ("-\n- a", "•\n• a"),
        (
            "a\n\n> b\n> c\n>\n> d\n\ne",
            "a\n\n    b\n    c\n\n    d\n\ne",
        ),
        ("a\n\n---\n\nb", "a\n\n———\n\nb"),
        (
            "[a](https://x.example/b?c=1&d) e",
            "a (https://x.example/b?c=1&d) e",
        ),
        (
            "<https://x.example/b>, <a@b.example>",
            "https://x.example/b, a@b.example",
        ),
        ("- [a](https://x.example/)", "• a (https://x.example/)"),
        ("[a](javascript:b)", "a"),
        (
            "![a](https://x.example/b.png)",
            "a (https://x.example/b.png)",
        ),
        (
            "x $a^2$ y\n\n$$\n\\frac{1}{2} \\tag{3}\n$$",
            "x $a^2$ y\n\n$$\\frac{1}{2} \\tag{3}$$",
        ),
        ("It costs $5 or $6.", "It costs $5 or $6."),
        (
            "10<sup>6</sup> H<sub>2</sub>O x<sup>n</sup> y<sup>ab</sup>",
            "10⁶ H₂O x^n y^(ab)",
        ),
        ("a[^1]\n\n[^1]: b", "a[1]\n\n[1] b"),
        ("a &amp; b \\* <i>c</i>", "a & b * <i>c</i>"),
        (
            "a\n\n```py\ndef f():\n\n    return 1 < 2\n```\n\nb",
            "a\n\ndef f():\n\n    return 1 < 2\n\nb",
        ),
        (
            "1. a\n\n   ```\n   b\n     c\n   ```",
            "1. a\n\n   b\n     c",
        ),
        (
            "| a | b |\n| - | -: |\n| c<br>d | **e** |\n| [f](https://x.example) |",
            "a\tb\nc d\te\nf (https://x.example)\t",
        ),
        ("", ""),
    ] {
        assert_eq!(plain_text(written), read, "{written}");
    }
}

#[test]
fn rich_text_needs_no_sheet() {
    for (written, html) in [
        ("# A *b*", "<h1>A <em>b</em></h1>\n"),
        ("2. a\n3. b", "<ol start=\"2\"><li>a</li><li>b</li></ol>\n"),
        (
            "[a](https://x.example/?b&c)",
            "<p><a href=\"https://x.example/?b&amp;c\">a</a></p>\n",
        ),
        (
            "![a](https://x.example/b.png)",
            "<p><a href=\"https://x.example/b.png\">a</a></p>\n",
        ),
        ("x $a<b$", "<p>x $a&lt;b$</p>\n"),
        (
            "<script>a</script>",
            "<pre style=\"font-family:monospace;white-space:pre-wrap;background:#f3f0ea;padding:8px\">&lt;script&gt;a&lt;/script&gt;</pre>\n",
        ),
        (
            "```rust\nfn main() {}\n```",
            "<pre style=\"font-family:monospace;white-space:pre-wrap;background:#f3f0ea;padding:8px\">fn main() {}</pre>\n",
        ),
        (
            "a[^n]\n\n[^n]: b",
            "<p>a<sup>[n]</sup></p>\n<div>[n]<p>b</p></div>\n",
        ),
    ] {
        assert_eq!(rich_text(written), html, "{written}");
    }
    let html = rich_text("| a | b |\n| - | -: |\n| c | 1 |");
    assert!(html.contains("<table border=\"1\""), "{html}");
    assert!(html.contains("<td align=\"right\""), "{html}");
}

#[test]
fn a_table_is_taken_as_it_is_shown_and_as_it_was_written() {
    let text = "| no | x |\n| - | - |\n\n> 1. | a | b |\n>    |:-|-:|\n>    | **c** \\| `d` | [e](https://x.example) |\n>    | $x^2$<br>f | 10<sup>6</sup> |\n>    | g |";
    let found = table(text, 1).unwrap();
    assert_eq!(
        found.rows,
        [["a", "b"], ["c | d", "e"], ["$x^2$\nf", "10⁶"], ["g", ""]]
    );
    assert_eq!(
        found.markdown,
        "| a | b |\n| :--- | ---: |\n| **c** \\| `d` | [e](https://x.example) |\n| $x^2$<br>f | 10<sup>6</sup> |\n| g |  |"
    );
    assert_eq!(table(text, 2), None);
    assert_eq!(table("no table", 0), None);
    let cells = "[^1]: a\n\n    | n |\n    | - |\n\n| t |\n| - |\n\nb[^1]";
    let of = |at| {
        (
            table(cells, at).unwrap().rows,
            table(cells, at).unwrap().markdown,
        )
    };
    assert_eq!(
        of(0),
        (vec![vec!["t".to_owned()]], "| t |\n| --- |".to_owned())
    );
    assert_eq!(
        of(1),
        (vec![vec!["n".to_owned()]], "| n |\n| --- |".to_owned())
    );
}

#[test]
fn a_code_block_is_taken_as_it_was_written() {
    let text = "```\nfirst\n```\n\nSave it as `app.py`:\n\n1. x\n\n   ```Python\n   a = \"<b>\" & $c$\n\n       d\n   ```\n\ny\n\n    in\n    dented\n";
    let found = code_block(text, 1).unwrap();
    assert_eq!(found.text, "a = \"<b>\" & $c$\n\n    d\n");
    assert_eq!(found.language, "python");
    assert!(found.lead.contains("app.py"), "{}", found.lead);
    let last = code_block(text, 2).unwrap();
    assert_eq!(
        (last.text.as_str(), last.lead.trim()),
        ("in\ndented\n", "y")
    );
    assert_eq!(code_block(text, 3), None);
}

/// Pieces that markdown is made of.
fn text() -> impl Strategy<Value = String> {
    let piece = prop_oneof![
        "[a-z &<\"|*_`$\\[\\]()#>:\\n-]{1,6}",
        Just("| a | b |\n| - | - |\n| c | d |\n".to_owned()),
        Just("\n\n".to_owned()),
        Just("```\n".to_owned()),
        Just("$x<y$".to_owned()),
        Just("[a](https://b.example)".to_owned()),
        Just("<sup>1</sup>".to_owned()),
        Just("[^1]".to_owned()),
        Just("[^1]: ".to_owned()),
        Just("- ".to_owned()),
        Just("    ".to_owned()),
    ];
    prop::collection::vec(piece, 0..30).prop_map(|pieces| pieces.concat())
}

proptest! {
    #[test]
    fn each_table_and_code_block_that_is_shown_can_be_taken(text in text()) {
        let html = markdown::to_html(&markdown::render(&text));
        let tables = html.matches("<div class=\"table\">").count();
        let blocks = html.matches("<div class=\"code\"").count();
        prop_assert!((0..tables).all(|at| table(&text, at).is_some()));
        prop_assert!(table(&text, tables).is_none());
        prop_assert!((0..blocks).all(|at| code_block(&text, at).is_some()));
        prop_assert!(code_block(&text, blocks).is_none());
        for at in 0..tables {
            let found = table(&text, at).unwrap();
            let again = table(&found.markdown, 0).unwrap();
            prop_assert_eq!(again.rows.len(), found.rows.len());
        }
    }

    #[test]
    fn what_is_copied_as_html_holds_no_class(text in text()) {
        let html = rich_text(&text);
        let page = scraper::Html::parse_fragment(&html);
        let any = scraper::Selector::parse("[class], [src], script, math").unwrap();
        prop_assert_eq!(page.select(&any).count(), 0);
    }
}
