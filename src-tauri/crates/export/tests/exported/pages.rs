//! A conversation as people read it.

use export::{Assets, Format, Words, conversation};
use history::History;
use scraper::{Html, Selector};
use serde_json::json;

use crate::support::{self, answer, asset, end, head, imported, lines, question};

const HOSTILE: &str = "<script>alert(1)</script> & \"q\"";

/// A conversation in which there is one of each: `shown` names its last message.
fn history(title: &str) -> History {
    let (line, part) = asset(1);
    let mut first = question("q1", "这是什么？\n<b>看</b>");
    first["parts"] = json!([part, {"type": "link", "url": "https://example.org/a?b=1&c",
        "host": "example.org", "video": false}, {"type": "link", "url": "javascript:alert(1)",
        "host": "evil", "video": false}]);
    let mut told = answer(
        "a1",
        "q1",
        "# A *cat*\n\n它是猫。\n\n```rust\nfn main() {}\n```\n\n<script>alert(1)</script>\n\n![x](https://evil.example/x.png)",
    );
    told["reasoning"] = json!("Let me **see**");
    let other = answer("a0", "q1", "not shown");
    let mut failed = answer("a2", "q2", "half");
    failed["state"] = json!("failed");
    failed["error"] = json!({"code": "network", "message": "No <network>.", "args": {},
        "retryAfterMs": null, "detail": null});
    let mut follow = question("q2", "and?");
    follow["parent"] = json!("a1");
    let mut about = support::conversation("c", "a2", 5);
    about["ownTitle"] = json!(title);
    let all = [
        head(),
        line,
        about,
        first,
        other,
        told,
        follow,
        failed,
        end(),
    ];
    let history = History::in_memory().unwrap();
    let (_, broken) = imported(&history, &lines(&all), None).unwrap();
    assert_eq!(broken, []);
    history
}

fn written(history: &History, format: Format, assets: &Assets, locale: &str) -> String {
    let mut out = Vec::new();
    let words = Words::of(locale);
    conversation(history, "c", format, assets, &words, &mut out).unwrap();
    String::from_utf8(out).unwrap()
}

#[test]
fn markdown_says_who_speaks_and_leaves_the_texts_as_they_are() {
    let history = history("My *own* title");
    let none = written(&history, Format::Markdown, &Assets::None, "en");
    assert_eq!(
        none,
        "# My \\*own\\* title\n\
         \n## You · 2026-11-28 13:32 UTC\n\
         \n*p.png*\n\
         \n[example.org](<https://example.org/a?b=1&c>)\n\
         \n[evil](<javascript:alert(1)>)\n\
         \n这是什么？\n<b>看</b>\n\
         \n## model\\_v1 · Provider · 2026-11-28 13:33 UTC\n\
         \n# A *cat*\n\n它是猫。\n\n```rust\nfn main() {}\n```\n\n<script>alert(1)</script>\n\n![x](https://evil.example/x.png)\n\
         \n## You · 2026-11-28 13:32 UTC\n\
         \nand?\n\
         \n## model\\_v1 · Provider · 2026-11-28 13:33 UTC\n\
         \nhalf\n\
         \n> The answer failed: No \\<network\\>.\n"
    );
    let chinese = written(&history, Format::Markdown, &Assets::None, "zh_CN.UTF-8");
    assert!(chinese.contains("\n## 你 · 2026-11-28 13:32 UTC\n"));
    assert!(chinese.contains("> 回答失败："));

    let embedded = written(&history, Format::Markdown, &Assets::Embed, "en");
    let data = asset(1).0["data"].as_str().unwrap().to_owned();
    assert!(embedded.contains(&format!("\n![p.png](data:image/png;base64,{data})\n")));

    let folder = tempfile::tempdir().unwrap();
    let files = Assets::Files(folder.path().to_owned());
    let beside = written(&history, Format::Markdown, &files, "en");
    let address = beside.split("![p.png](").nth(1).unwrap();
    let address = address.split(')').next().unwrap();
    assert_eq!(
        std::fs::read(folder.path().join(address)).unwrap(),
        support::png(1)
    );
}

#[test]
fn text_is_plain() {
    let text = written(&history("Title"), Format::Text, &Assets::None, "en");
    assert_eq!(
        text,
        "Title\n\
         \nYou · 2026-11-28 13:32 UTC\n\
         \n[p.png]\n[https://example.org/a?b=1&c]\n[javascript:alert(1)]\n这是什么？\n<b>看</b>\n\
         \nmodel_v1 · Provider · 2026-11-28 13:33 UTC\n\
         \n# A *cat*\n\n它是猫。\n\n```rust\nfn main() {}\n```\n\n<script>alert(1)</script>\n\n![x](https://evil.example/x.png)\n\
         \nYou · 2026-11-28 13:32 UTC\n\
         \nand?\n\
         \nmodel_v1 · Provider · 2026-11-28 13:33 UTC\n\
         \nhalf\n[The answer failed: No <network>.]\n"
    );
}

#[test]
fn html_is_one_page_that_runs_nothing_and_fetches_nothing() {
    let history = history(HOSTILE);
    for (assets, pictures) in [(Assets::Embed, 1), (Assets::None, 0)] {
        let text = written(&history, Format::Html, &assets, "en");
        let page = Html::parse_document(&text);
        let all = |css: &str| {
            let css = Selector::parse(css).unwrap();
            page.select(&css).collect::<Vec<_>>()
        };
        let words = |css: &str| {
            let found = all(css).into_iter();
            found
                .map(|one| one.text().collect::<String>())
                .collect::<Vec<_>>()
        };
        assert_eq!(words("title"), [HOSTILE]);
        assert_eq!(words("h1")[0], HOSTILE);
        assert_eq!(
            all("script, link, iframe, object, embed, base, form").len(),
            0
        );
        for one in all("*") {
            for (name, value) in one.value().attrs() {
                assert!(!name.starts_with("on") && name != "style", "{name}={value}");
                if name == "src" {
                    assert!(value.starts_with("data:image/png;base64,"), "{value}");
                }
                if name == "href" {
                    assert_eq!(value, "https://example.org/a?b=1&c");
                }
            }
        }
        assert_eq!(all("img").len(), pictures);
        assert!(!text.contains("url("), "the sheet fetches nothing");
        assert!(!text.contains("font-src"));
        assert_eq!(words(".typed"), ["这是什么？\n<b>看</b>", "and?"]);
        assert_eq!(words("article > h2").len(), 4);
        assert_eq!(words("details .prose strong"), ["see"]);
        assert_eq!(words(".remark"), ["The answer failed: No <network>."]);
        assert_eq!(words("article .hl-k").len(), 1, "code has its colours");
    }
}

#[test]
fn html_allows_its_own_sheet_and_nothing_else() {
    use base64::Engine;
    use sha2::Digest;
    let text = written(&history("t"), Format::Html, &Assets::None, "en");
    let style = text.split("<style>").nth(1).unwrap();
    let style = style.split("</style>").next().unwrap();
    let digest = sha2::Sha256::digest(style);
    let digest = base64::engine::general_purpose::STANDARD.encode(digest);
    assert!(text.contains(&format!(
        "content=\"default-src 'none'; style-src 'sha256-{digest}'; img-src data:; media-src data:; base-uri 'none'; form-action 'none'\""
    )));
    // All tokens are there, and little else of the page's first sheet.
    let used = style.split("var(--").skip(1);
    let used: std::collections::BTreeSet<_> = used
        .map(|after| after.split([',', ')']).next().unwrap())
        .collect();
    assert!(used.len() > 20);
    for name in used.into_iter().filter(|name| *name != "prose") {
        assert!(style.contains(&format!("--{name}:")), "{name}");
    }
    assert!(style.contains("color-scheme: light dark"));
    assert!(!style.contains(".btn"));
}

#[test]
fn html_with_a_formula_has_its_font_and_nothing_more() {
    for (said, is_formula) in [
        ("It is $x^2$.", true),
        ("```sh\necho $HOME $PATH\n```\n\nIt costs $5 or $6.", false),
    ] {
        let history = History::in_memory().unwrap();
        let about = support::conversation("c", "a1", 2);
        let (first, told) = (question("q1", "$y^2$"), answer("a1", "q1", said));
        let all = [head(), about, first, told, end()];
        imported(&history, &lines(&all), None).unwrap();
        let text = written(&history, Format::Html, &Assets::None, "en");
        let fonts: Vec<&str> = text.split("url(").skip(1).collect();
        assert_eq!(fonts.len(), usize::from(is_formula), "{said}");
        assert_eq!(text.contains("<math>"), is_formula);
        assert_eq!(
            text.contains("; font-src data:; img-src data:; media-src data:; base-uri 'none'"),
            is_formula
        );
        for font in fonts {
            // `wOF2`, as it begins in base64.
            assert!(
                font.starts_with("data:font/woff2;base64,d09GMg"),
                "{font:.60}"
            );
        }
    }
}

#[test]
fn html_says_which_language_its_texts_are_in() {
    for (locale, lang) in [("en", "en"), ("zh-CN", "zh-Hans")] {
        let text = written(&history("t"), Format::Html, &Assets::None, locale);
        assert!(text.contains(&format!("<html lang=\"{lang}\">")));
        assert!(text.contains("<p class=\"typed\" lang=\"zh-Hans\">"));
        assert!(text.contains("<p lang=\"zh-Hans\">它是猫。</p>"));
        assert!(text.contains("<h1>A <em>cat</em></h1>"));
    }
    for (title, lang) in [
        ("What is this?", None),
        ("這是什麼？請說明", Some("zh-Hant")),
        ("これは何ですか", Some("ja")),
        ("이것은 무엇입니까", Some("ko")),
        ("The city of Chengdu (成都) lies in a basin", None),
    ] {
        let text = written(&history(title), Format::Html, &Assets::None, "en");
        let expected = lang.map_or("<h1>".to_owned(), |lang| format!("<h1 lang=\"{lang}\">"));
        assert!(text.contains(&format!("{expected}{title}</h1>")), "{title}");
    }
}
