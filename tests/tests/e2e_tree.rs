//! The tree of a conversation, walked by hand in the real window.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing
)]

use anyhow::Result;
use pretty_assertions::assert_eq;
use tests::desktop::Keyring;
use tests::pictures::{save_png, two_colours};
use tests::provider::{Ending, Provider, Reply};
use tests::screen::Key;
use tests::stage::play;
use tests::steps::{
    answer, answer_part, ask, choose_model, sent_pictures, use_provider, wait_answer,
    wait_attachments,
};
use tests::window::{Part, Window};

const BLUE: [u8; 3] = [10, 100, 200];
const GOLD: [u8; 3] = [250, 200, 20];

fn question<'a>(window: &'a Window, testid: &str) -> Part<'a> {
    window
        .part("message")
        .with("data-role", "user")
        .part(testid)
        .last()
}

/// The last answer says this.
fn says(window: &Window, text: &str) -> Result<()> {
    answer_part(window, "message-text").wait_text(|said| said.contains(text))?;
    Ok(())
}

#[test]
fn a_question_is_changed_with_its_picture_and_other_models_answer_it() -> Result<()> {
    play("a_question_is_changed", Keyring::Unlocked, |stage| {
        let path = stage.desktop.path("sea.png");
        save_png(&two_colours(640, 360, BLUE, GOLD), &path)?;
        let provider = Provider::start()?;
        for text in ["Blue.", "Mostly blue."] {
            provider.chat(Reply::streamed(&[text]));
        }
        let window = stage.open()?;
        let id = use_provider(&window, &provider, "sk-tree-0123456789")?;
        stage.drop_files(&window, &[&path])?;
        wait_attachments(&window, "ready", 1)?;
        ask(&window, "What is it?")?;
        wait_answer(&window, "complete")?;

        // Another model, by name; the other answer is a step away, by mouse and by keys.
        answer_part(&window, "regenerate-other").click()?;
        window.part("model-search").fill("demo")?;
        window.keys(&[Key::Enter])?;
        says(&window, "640 × 360")?;
        wait_answer(&window, "complete")?;
        let versions = answer_part(&window, "versions");
        versions.wait_attribute("aria-label", "Version 2 of 2")?;
        answer_part(&window, "version-before").click()?;
        says(&window, "Blue.")?;
        window.keys(&[Key::Right])?;
        says(&window, "640 × 360")?;
        window.keys(&[Key::Left])?;
        says(&window, "Blue.")?;
        versions.wait_attribute("aria-label", "Version 1 of 2")?;

        // The question is changed in its place; its picture goes along. Who is asked is who
        // is chosen: Demo was asked last.
        choose_model(&window, &id, "scripted")?;
        question(&window, "edit").click()?;
        let edit = window.part("edit-question");
        edit.clone()
            .part("attachment")
            .with("data-state", "ready")
            .wait_count(1)?;
        window.screenshot(&stage.kept("edit.png"))?;
        edit.clone().part("edit-input").fill("And now?")?;
        window.keys(&[Key::Enter])?;
        edit.wait_gone()?;
        says(&window, "Mostly blue.")?;
        let body = provider.chat_request(1)?.json()?;
        assert_eq!(sent_pictures(&body)?.len(), 1);
        assert!(body.to_string().contains("And now?"));
        assert!(!body.to_string().contains("What is it?"));
        wait_attachments(&window, "ready", 0)?;

        // Which branch is shown is kept.
        question(&window, "version-before").click()?;
        says(&window, "Blue.")?;
        window.screenshot(&stage.kept("versions.png"))?;
        window.reload()?;
        question(&window, "message-text").wait_text(|text| text.contains("What is it?"))?;
        says(&window, "Blue.")?;
        question(&window, "versions").wait_attribute("aria-label", "Version 1 of 2")
    })
}

#[test]
fn an_answer_is_stopped_gone_on_with_deleted_and_brought_back() -> Result<()> {
    play("an_answer_is_gone_on_with", Keyring::Unlocked, |stage| {
        let provider = Provider::start()?;
        provider.chat(
            Reply::stream()
                .delta("The quick brown")
                .ending(Ending::Stall),
        );
        provider.chat(Reply::streamed(&["quick brown fox", " jumps."]));
        let window = stage.open()?;
        use_provider(&window, &provider, "sk-tree-0123456789")?;
        ask(&window, "Go on")?;
        says(&window, "The quick brown")?;
        window.part("stop").click()?;
        wait_answer(&window, "stopped")?;
        answer_part(&window, "continue").click()?;
        wait_answer(&window, "complete")?;
        let text = answer_part(&window, "message-text").text()?;
        assert_eq!(text.trim(), "The quick brown fox jumps.");
        answer_part(&window, "versions").wait_count(0)?;

        answer_part(&window, "message-delete").click()?;
        answer(&window).wait_count(0)?;
        window.screenshot(&stage.kept("deleted.png"))?;
        // The way back has the focus.
        window.keys(&[Key::Enter])?;
        says(&window, "fox jumps.")?;
        answer_part(&window, "branch").click()?;
        window.part("conversation").wait_count(2)?;
        says(&window, "fox jumps.")
    })
}
