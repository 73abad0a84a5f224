//! What was asked is found again: in the sidebar, and in the conversation.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing
)]

use anyhow::Result;
use serde_json::json;
use tests::desktop::Keyring;
use tests::provider::{Provider, Reply};
use tests::screen::Key;
use tests::stage::play;
use tests::steps::{ask, use_provider, wait_answer};
use tests::wait;

const CATS: &str = "图片里有三只猫，其中一只在**窗台**上睡觉。";
const DOGS: &str = "There are two dogs on the stairs.";

#[test]
fn a_message_is_found_in_chinese_and_shown_where_it_stands() -> Result<()> {
    play("search", Keyring::Unlocked, |stage| {
        let provider = Provider::start()?;
        for answer in [CATS, DOGS] {
            provider.chat(Reply::stream().delta(answer).finish("stop").done());
        }
        let window = stage.open()?;
        use_provider(&window, &provider, "sk-search-00000000")?;
        ask(&window, "这里有什么动物？")?;
        wait_answer(&window, "complete")?;
        window.part("new-conversation").click()?;
        ask(&window, "And here?")?;
        wait_answer(&window, "complete")?;

        // Ctrl+Shift+F leads to the field; one character is enough.
        window.keys(&[Key::Control, Key::Shift, Key::Char('f')])?;
        let field = window.part("search");
        let focused = "return document.activeElement?.dataset.testid";
        wait::until("the field to have the focus", || {
            Ok((window.script(focused, &[])? == json!("search")).then_some(()))
        })?;
        field.type_keys("猫")?;
        let hits = || window.part("search-hit");
        hits().wait_count(1)?;
        let shown = hits().text()?;
        assert!(shown.contains("三只猫，其中一只在窗台上睡觉"), "{shown}");
        assert_eq!(hits().css("mark").text()?, "猫");
        window.screenshot(&stage.kept("results.png"))?;
        field.type_keys("\u{e007}")?;
        let found = window.css("[data-found][data-role=assistant]");
        found.wait()?;
        assert!(found.text()?.contains("睡觉"));
        // Escape gives the list back.
        field.type_keys("\u{e00c}")?;
        window.part("conversation").wait_count(2)?;

        // Through the markup, as one reads it.
        window.keys(&[Key::Control, Key::Char('f')])?;
        window.part("find-input").fill("在窗台上")?;
        window
            .part("find-count")
            .wait_text(|text| text.contains('1'))?;
        let marked = "return [...CSS.highlights.get('found')].map(String)";
        wait::until("the mark", || {
            Ok((window.script(marked, &[])? == json!(["在窗台上"])).then_some(()))
        })?;
        window.screenshot(&stage.kept("found.png"))?;
        window.part("find-input").type_keys("\u{e00c}")?;
        window.part("find").wait_gone()?;
        window.close()
    })
}
