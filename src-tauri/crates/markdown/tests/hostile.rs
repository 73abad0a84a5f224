//! Hostile answers: at every cut, nothing but allowed elements, attributes and
//! values.
#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing)]

#[path = "support/check.rs"]
mod check;
#[path = "support/dom.rs"]
mod dom;
#[path = "support/long.rs"]
mod long;

use check::characters;
use dom::assert_safe;
use markdown::{Renderer, has_card, render, to_html};
use pretty_assertions::assert_eq;
use protocol::Block;

/// HTML that would do something, in each position that markdown has.
const PAYLOADS: &[&str] = &[
    "<script>alert(1)</script>",
    "<SCRIPT\n>alert(1)</SCRIPT >",
    "<img src=x onerror=alert(1)>",
    "<svg/onload=alert(1)>",
    "<a href=\"javascript:alert(1)\" onclick='x'>y</a>",
    "<iframe srcdoc='<script>alert(1)</script>'></iframe>",
    "<style>*{background:url(https://evil.example)}</style>",
    "<math><mtext><table><mglyph><style><img src=x onerror=alert(1)>",
    "<!--><img src=x onerror=alert(1)>-->",
    "<![CDATA[<script>alert(1)</script>]]>",
    "<?php echo 1 ?>",
    "<!DOCTYPE html>",
    "</p></li></td></div><script>",
    "<input autofocus onfocus=alert(1)>",
    "<base href=//evil.example>",
    "<form action=//evil.example><button>",
    "<b id=x style=position:fixed>",
];

/// Where a payload stands: `@` is replaced.
const PLACES: &[&str] = &[
    "@",
    "text @ text",
    "# @",
    "@\n===\n",
    "- @\n- b",
    "1. a\n\n   @\n2. @",
    "- [ ] @",
    "> @\n> @",
    "| @ | b |\n|---|---|\n| @ | `@` |\n| x",
    "a **@** _@_ ~~@~~",
    "`@`",
    "```@\n@\n```\n",
    "```js\n@\n",
    "    @\n",
    "[@](https://a.example)",
    "[a](https://a.example/@ \"@\")",
    "[a](<@>)",
    "![@](https://a.example/i.png \"@\")",
    "![a](@)",
    "[a][r]\n\n[r]: https://a.example/@ '@'\n",
    "[r]: <@>\n\n[r] ![r]",
    "<https://a.example/@>",
    "<div>\n@\n</div>\n\n@",
    "\\@ &lt;@",
];

/// Addresses that are no link, however they are dressed up.
const ADDRESSES: &[&str] = &[
    "javascript:alert(1)",
    "JaVaScRiPt:alert(1)",
    "java&#115;cript:alert(1)",
    "&#x6A;avascript:alert(1)",
    "javascript&colon;alert(1)",
    "java&Tab;script:alert(1)",
    "java&NewLine;script:alert(1)",
    "&#1;javascript:alert(1)",
    "%6Aavascript:alert(1)",
    "\u{1}javascript:alert(1)",
    "vbscript:msgbox(1)",
    "data:text/html,<script>alert(1)</script>",
    "data&colon;text/html;base64,PHNjcmlwdD4=",
    "file:///etc/passwd",
    "blob:https://a.example/1",
    "attachment://localhost/1",
    "ipc://localhost/x",
    "tauri://localhost",
    "asset://localhost/etc/passwd",
    "ms-msdt:/id",
    "//evil.example",
    "/local",
    "#here",
    "https:evil.example",
    "&#32;https://a.example",
    "view-source:https://a.example",
];

/// Streams a text in by characters; every state must be safe.
fn assert_safe_at_every_cut(text: &str) {
    let mut renderer = Renderer::new();
    for piece in characters(text) {
        renderer.push(piece);
        assert_safe(renderer.blocks());
    }
    renderer.finish();
    assert_safe(renderer.blocks());
}

/// The text of blocks, without tags.
fn visible(blocks: &[Block]) -> String {
    let html = blocks.iter().flat_map(|block| &block.parts);
    let html: String = html.map(String::as_str).collect();
    scraper::Html::parse_fragment(&html)
        .root_element()
        .text()
        .collect()
}

#[test]
fn source_html_is_text_wherever_it_stands() {
    for payload in PAYLOADS {
        for place in PLACES {
            assert_safe_at_every_cut(&place.replace('@', payload));
        }
    }
}

#[test]
fn source_html_is_shown_not_swallowed() {
    for payload in ["<script>alert(1)</script>", "<b onclick=x>", "<br>"] {
        let escaped = payload.replace('<', "&lt;").replace('>', "&gt;");
        let inline = to_html(&render(&format!("a {payload} b")));
        assert_eq!(inline, format!("<p>a {escaped} b</p>\n"));
        let block = to_html(&render(&format!("<div>{payload}\n")));
        assert_eq!(
            block,
            format!("<div class=\"html\">&lt;div&gt;{escaped}</div>\n")
        );
    }
}

#[test]
fn only_web_and_mail_addresses_are_links() {
    for address in ADDRESSES {
        for text in [
            format!("[x]({address})"),
            format!("[x](<{address}>)"),
            format!("<{address}>"),
            format!("[x]\n\n[x]: {address}"),
            format!("![x](<{address}>)"),
            format!("[![x](<{address}>)](<{address}>)"),
            format!("| [x](<{address}>) |\n|---|\n| <{address}> |\n"),
            format!("- [x](<{address}>)\n- <{address}>\n"),
        ] {
            assert_safe_at_every_cut(&text);
            let html = to_html(&render(&text));
            assert!(!html.contains("<a "), "{text} gives {html}");
            assert!(!html.contains("remote-image"), "{text} gives {html}");
        }
    }
}

#[test]
fn a_link_has_an_address_and_says_where_it_leads() {
    let rel = "rel=\"noreferrer noopener\"";
    for (text, html) in [
        (
            "[x](https://a.example/?a=1&b=\"'<> 'title')",
            format!(
                "<p><a href=\"https://a.example/?a=1&amp;b=%22&#x27;%3C%3E\" {rel} title=\"a.example\">x</a></p>\n"
            ),
        ),
        (
            "[x](<HTTPS://a.example/\"'&quot; onclick=1> 'title')",
            format!(
                "<p><a href=\"HTTPS://a.example/%22&#x27;%22%20onclick=1\" {rel} title=\"a.example\">x</a></p>\n"
            ),
        ),
        (
            "<me@a.example>",
            format!(
                "<p><a href=\"mailto:me@a.example\" {rel} title=\"me@a.example\">me@a.example</a></p>\n"
            ),
        ),
        (
            "[bank.example](https://bank.example@evil.example/ 'bank.example')",
            format!(
                "<p><a href=\"https://bank.example@evil.example/\" {rel} title=\"evil.example\">bank.example</a></p>\n"
            ),
        ),
        (
            "[x](<mailto:a@b?bcc=c@d&subject=\"&attach=/etc/passwd>)",
            format!("<p><a href=\"mailto:a@b?subject=%22\" {rel} title=\"a@b\">x</a></p>\n"),
        ),
    ] {
        assert_eq!(to_html(&render(text)), html);
    }
}

#[test]
fn only_what_a_text_shows_as_a_picture_has_a_card() {
    let a = "https://a.example/i.png?x=1&y=2";
    for text in [
        format!("![]({a})"),
        format!("text ![a cat][r] text\n\n[r]: {a}"),
        format!("| x | y |\n|---|---|\n| ![a]({a}) | |\n"),
        format!("- a\n- [![a]({a})](https://b.example)"),
    ] {
        assert!(has_card(&render(&text), a), "{text}");
        for other in ["https://a.example/i.png", "https://a.example/", "", "a"] {
            assert!(!has_card(&render(&text), other), "{text} has {other}");
        }
    }
    let card = "<span class=\"remote-image\" data-url=\"https://a.example/i.png?x=1&amp;y=2\" data-host=\"a.example\">";
    for text in [
        format!("{a} [a]({a}) <{a}>"),
        format!("`![a]({a})`"),
        format!("```\n![a]({a})\n```"),
        format!("\\![a]({a})"),
        card.to_owned(),
        format!("`{card}` [x](https://b.example \"{card}\")"),
        format!("```{card}\n{card}\n"),
        format!("![{card}](/local.png)"),
    ] {
        assert!(!has_card(&render(&text), a), "{text}");
    }
}

#[test]
fn a_picture_is_a_card_that_names_the_host_it_would_load_from() {
    for (text, html) in [
        (
            "![cat](https://img.example/a.png?q=\"x)",
            "<p><span class=\"remote-image\" data-url=\"https://img.example/a.png?q=%22x\" \
             data-host=\"img.example\">cat</span></p>\n",
        ),
        (
            "![](http://user:pass@good.example@evil.example/x)",
            "<p><span class=\"remote-image\" \
             data-url=\"http://user:pass%40good.example@evil.example/x\" \
             data-host=\"evil.example\">evil.example</span></p>\n",
        ),
        (
            "![*a* `b` ![c](https://c.example)](https://h.example\\\\@evil.example)",
            "<p><span class=\"remote-image\" data-url=\"https://h.example/@evil.example\" \
             data-host=\"h.example\">a b c</span></p>\n",
        ),
        ("![cat](/local.png)", "<p>cat</p>\n"),
        ("![cat](data:image/png;base64,AAAA)", "<p>cat</p>\n"),
    ] {
        assert_eq!(to_html(&render(text)), html);
    }
}

#[test]
fn a_code_block_cannot_leave_its_attribute() {
    for info in [
        "\"><script>",
        "js\" onclick=\"x",
        "a'b",
        "&quot;&gt;",
        "```",
        "Rust,ignore",
        "{.python #id}",
    ] {
        assert_safe_at_every_cut(&format!("~~~{info}\n</code></pre><b>\n~~~\n"));
    }
    let html = to_html(&render("~~~ Rust,ignore\n~~~\n"));
    assert!(html.contains("data-lang=\"rust\""), "{html}");
}

#[test]
fn a_megabyte_of_anything_ends_as_the_whole() {
    for (name, text) in long::hostile(1 << 20) {
        let cost = long::stream(&text, 1_000);
        assert!(cost.parsed <= 20 * text.len(), "{name}: {}", cost.parsed);
    }
}

#[test]
fn what_is_nested_too_deep_is_shown_as_it_came() {
    for text in [
        "> ".repeat(2_000) + "<b>\nnext",
        "a *b*\n\n".to_owned() + &"1. ".repeat(2_000) + "\n",
        "- a\n- ".to_owned() + &"* ".repeat(2_000),
        "| a |\n|---|\n| b |\n".to_owned() + &">".repeat(2_000),
        "- ".repeat(400) + "a\n" + &" ".repeat(800) + &"- ".repeat(400) + "b\n",
    ] {
        let blocks = render(&text);
        assert_safe(&blocks);
        let html = to_html(&blocks);
        assert!(html.starts_with("<p class=\"plain\">"), "{html}");
        assert_eq!(visible(&blocks), text);
        assert_safe_at_every_cut(&text[text.len() - 40..]);
        check::stream(&[
            &text[..20],
            &text[20..text.len() / 2],
            &text[text.len() / 2..],
        ]);
    }
    // As deep as anybody goes, and what only looks so.
    for text in [
        ">".repeat(200) + "a",
        "```\n".to_owned() + &" ".repeat(3_000) + "a\n",
    ] {
        assert!(!to_html(&render(&text)).contains("plain"), "{text}");
    }
}

#[test]
fn an_address_is_not_repeated_without_end() {
    let text = format!("[a]: https://a.example/{}\n\nx\n\n", "y".repeat(4_000));
    let mut renderer = Renderer::new();
    renderer.push(&text);
    renderer.push(&"[a] ".repeat(1_000));
    assert!(to_html(renderer.blocks()).len() < 50_000);
}

#[test]
fn deep_nesting_ends() {
    for unit in [
        "> ", "- ", "*", "[", "![", "<b>", "1. ", "`", "(", "~~", "> - ",
    ] {
        let text = unit.repeat(2_000) + "a";
        assert!(!render(&text).is_empty());
    }
    for unit in ["[a](", "*a _b ", "<a ", "&", "| "] {
        assert!(!render(&unit.repeat(2_000)).is_empty());
    }
}
