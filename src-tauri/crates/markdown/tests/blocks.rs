//! The blocks as the page gets them: elements, slots, parts, ids, patches.
#![allow(clippy::unwrap_used, clippy::indexing_slicing)]

use markdown::{Renderer, render, split, stream_file, to_html};
use pretty_assertions::assert_eq;
use protocol::{Block, Grow, Patch};

fn block(id: &str, html: &str, parts: &[&str]) -> Block {
    Block {
        id: id.to_owned(),
        html: html.to_owned(),
        parts: parts.iter().map(|part| (*part).to_owned()).collect(),
    }
}

#[test]
fn code_has_a_part_a_line() {
    let [code] = &render("```rust\nfn f() {} // x\n\n```\n")[..] else {
        unreachable!()
    };
    assert_eq!(
        code.html,
        "<div class=\"code\" data-lang=\"rust\"><pre><code data-slot></code></pre></div>"
    );
    assert_eq!(
        code.parts,
        [
            "<span class=\"line\"><span class=\"hl-k\">fn </span><span class=\"hl-f\">f</span>\
             <span class=\"hl-p\">() {} </span><span class=\"hl-c\">// x\n</span></span>",
            "<span class=\"line\">\n</span>",
        ]
    );
}

#[test]
fn an_unknown_language_is_plain() {
    assert_eq!(
        render("```nosuch\nfn <f>\n```"),
        [block(
            "b0",
            "<div class=\"code\" data-lang=\"nosuch\"><pre><code data-slot></code></pre></div>",
            &["<span class=\"line\">fn &lt;f&gt;\n</span>"]
        )]
    );
}

#[test]
fn common_languages_are_coloured() {
    for (language, line) in [
        ("rust", "let x = 1;"),
        ("python", "def f(): pass"),
        ("ts", "const x: number = 1;"),
        ("tsx", "const x = 1;"),
        ("javascript", "let x = 1;"),
        ("bash", "if true; then echo 1; fi"),
        ("shell", "echo \"$HOME\""),
        ("json", "{\"a\": 1}"),
        ("toml", "a = 1"),
        ("yaml", "a: 1"),
        ("go", "func main() {}"),
        ("c", "int main() {}"),
        ("c++", "class A {};"),
        ("C#", "class A {}"),
        ("java", "class A {}"),
        ("kotlin", "fun main() {}"),
        ("swift", "func f() {}"),
        ("html", "<p class=\"x\">"),
        ("css", "a { color: red }"),
        ("sql", "select 1 from t"),
        ("diff", "+ added"),
        ("dockerfile", "FROM debian"),
        ("ruby", "def f; end"),
        ("php", "<?php echo 1; ?>"),
        ("markdown", "# Head"),
        ("xml", "<a b=\"c\"/>"),
        ("lua", "local x = 1"),
        ("makefile", "all: x"),
    ] {
        let html = to_html(&render(&format!("```{language}\n{line}\n```")));
        assert!(html.contains("class=\"hl-"), "{language}: {html}");
    }
}

#[test]
fn a_table_has_a_part_a_row() {
    assert_eq!(
        render("| a | b | c |\n|:--|:-:|--:|\n| 1 | 2 | 3 |\n"),
        [block(
            "b0",
            "<div class=\"table\"><table><thead><tr><th class=\"ta-left\">a</th>\
             <th class=\"ta-center\">b</th><th class=\"ta-right\">c</th></tr></thead>\
             <tbody data-slot></tbody></table></div>",
            &[
                "<tr><td class=\"ta-left\">1</td><td class=\"ta-center\">2</td>\
               <td class=\"ta-right\">3</td></tr>"
            ]
        )]
    );
}

#[test]
fn a_list_has_a_part_an_item() {
    assert_eq!(
        render("3. a\n4. b\n   - c\n\n- [x] d\n- [ ] e\n"),
        [
            block(
                "b0",
                "<ol start=\"3\" data-slot></ol>",
                &["<li>a</li>", "<li>b<ul><li>c</li></ul></li>"]
            ),
            block(
                "b1",
                "<ul data-slot></ul>",
                &[
                    "<li><input type=\"checkbox\" disabled checked> d</li>",
                    "<li><input type=\"checkbox\" disabled> e</li>"
                ]
            ),
        ]
    );
}

#[test]
fn slots_are_filled() {
    assert_eq!(
        to_html(&render("- a\n- b\n\ntext")),
        "<ul><li>a</li><li>b</li></ul>\n<p>text</p>\n"
    );
}

#[test]
fn a_patch_holds_only_what_changed() {
    let mut renderer = Renderer::new();
    renderer.push("# Head\n\n```\none\n");
    assert_eq!(
        renderer.push("two\nth"),
        Patch {
            keep: 1,
            grow: Some(Grow {
                keep: 1,
                parts: vec![
                    "<span class=\"line\">two\n</span>".to_owned(),
                    "<span class=\"line\">th\n</span>".to_owned(),
                ],
            }),
            blocks: vec![],
        }
    );
    let patch = renderer.push("ree\n");
    assert_eq!(patch.grow.unwrap().keep, 2);
    assert!(renderer.push("").is_empty(2));
    let patch = renderer.push("```\n\n- a\n- b\n");
    assert_eq!((patch.keep, patch.grow, patch.blocks.len()), (2, None, 1));
    let patch = renderer.push("- c");
    assert_eq!(
        (patch.keep, patch.grow.unwrap().keep, patch.blocks.len()),
        (2, 2, 0)
    );
    assert!(renderer.finish().is_empty(3));
}

#[test]
fn an_open_block_stays_small_on_the_wire() {
    for (head, unit) in [
        ("```rust\n", "let x = 1;\n"),
        ("| a | b |\n|---|---|\n", "| 1 | 2 |\n"),
        ("", "- an item\n"),
        ("", "1. an item\n\n"),
        ("", "A paragraph.\n\n"),
    ] {
        let mut renderer = Renderer::new();
        renderer.push(head);
        let mut most = 0;
        for _ in 0..200 {
            let patch = renderer.push(unit);
            let json = serde_json::to_string(&patch).unwrap();
            most = most.max(json.len());
        }
        // Loose lists turn once, when they have two items.
        assert!(most < 400, "{most} bytes for {unit:?}");
    }
}

#[test]
fn a_late_definition_reaches_back_when_the_text_ends() {
    let mut renderer = Renderer::new();
    let text = "See [docs].\n\nMore.\n\n[docs]: https://a.example\n\nAlso [docs] here.\n";
    for line in text.split_inclusive('\n') {
        renderer.push(line);
    }
    let shown = to_html(renderer.blocks());
    assert!(shown.starts_with("<p>See ["), "{shown}");
    assert!(shown.contains("Also <a href"), "{shown}");
    renderer.finish();
    assert!(to_html(renderer.blocks()).starts_with("<p>See <a href"));
}

#[test]
fn footnotes_stand_at_the_end_and_are_linked() {
    let text = "One[^1], two[^b \"<] and [^none].\n\n[^1]: First *note*.\n\n    More.\n\nEnd.\n\n[^b \"<]: Second.\n";
    let html = to_html(&render(text));
    assert_eq!(
        html,
        "<p>One<sup><a href=\"#note-1\" data-ref=\"1\">1</a></sup>, \
         two<sup><a href=\"#note-b---\" data-ref=\"b---\">b---</a></sup> and [^none].</p>\n\
         <p>End.</p>\n\
         <div class=\"note\" data-note=\"1\"><a href=\"#ref-1\">1</a><p>First <em>note</em>.</p><p>More.</p></div>\n\
         <div class=\"note\" data-note=\"b---\"><a href=\"#ref-b---\">b---</a><p>Second.</p></div>\n"
    );
    for seed in 0..20 {
        assert_eq!(stream_file(text, seed), html);
    }
}

#[test]
fn text_after_the_end_begins_anew() {
    let mut renderer = Renderer::new();
    let mut page = Vec::new();
    for (delta, end) in [
        ("- a\n", true),
        ("- b\n\n[x]", false),
        ("\n\n[x]: https://x.example", true),
    ] {
        renderer.push(delta).apply(&mut page);
        if end {
            renderer.finish().apply(&mut page);
        }
    }
    assert_eq!(page, render("- a\n- b\n\n[x]\n\n[x]: https://x.example"));
}

#[test]
fn ids_are_unique_and_stay() {
    let mut renderer = Renderer::new();
    renderer.push("a\n\nb\n\n");
    let before: Vec<String> = renderer.blocks().iter().map(|b| b.id.clone()).collect();
    renderer.push("c\n\n- d\n");
    let after: Vec<String> = renderer.blocks().iter().map(|b| b.id.clone()).collect();
    assert_eq!(before, ["b0", "b1"]);
    assert_eq!(after, ["b0", "b1", "b2", "b3"]);
}

#[test]
fn a_cut_patch_stays_under_the_limit() {
    let mut text = String::from("intro\n\n```python\n");
    for n in 0..400 {
        text.push_str(&format!("value_{n} = \"some text {n}\"\n"));
    }
    text.push_str("```\n\n| a | b |\n|---|---|\n");
    for n in 0..300 {
        text.push_str(&format!("| cell {n} | **more** |\n"));
    }
    let mut renderer = Renderer::new();
    let patch = renderer.push(&text);
    let cuts = split(patch, 8_000);
    assert!(cuts.len() > 5);
    let mut page = Vec::new();
    for cut in &cuts {
        assert!(serde_json::to_string(cut).unwrap().len() <= 8_000);
        cut.apply(&mut page);
    }
    assert_eq!(page, renderer.blocks());
}

#[test]
fn a_patch_that_drops_blocks_is_cut_to_one() {
    let patch = Patch {
        keep: 2,
        ..Patch::default()
    };
    assert_eq!(split(patch.clone(), 10), [patch]);
}

#[test]
fn a_file_comes_out_the_same_for_every_seed() {
    let text = "# 标题\n\n- a\n- b\n\n```js\nx /*\n*/\n```\n";
    for seed in 0..50 {
        assert_eq!(stream_file(text, seed), to_html(&render(text)));
    }
    assert_eq!(stream_file("", 1), "");
}

/// A known loop of the published highlighter; see `vendor/syntect/README.md`.
#[test]
fn any_code_ends() {
    for line in [
        "x /*",
        "<a href=[ ] /*",
        "i < 0 ? (l) : ([i + 1]);",
        "{ a\n/*\n",
    ] {
        for language in ["js", "jsx", "ts", "tsx", "html", "vue"] {
            let blocks = render(&format!("```{language}\n{line}\n*/ let y = 1;\n```\n"));
            assert_eq!(blocks.len(), 1);
        }
    }
}
