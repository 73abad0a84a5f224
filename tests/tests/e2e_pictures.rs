//! Pictures into the real window: dropped, pasted, and those that cannot be.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing
)]

use std::fs;
use std::os::unix::fs::symlink;
use std::path::PathBuf;

use anyhow::Result;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use image::ImageFormat;
use tests::clipboard::Clipboard;
use tests::desktop::Keyring;
use tests::drag::Drag;
use tests::pictures::{bomb, encode, hex, save_png, two_colours};
use tests::provider::{Provider, Reply};
use tests::screen::Key;
use tests::stage::{Stage, play};
use tests::steps::{
    answer, answer_part, ask, sent_pictures, use_provider, wait_answer, wait_attachments,
};
use tests::wait;

const BLUE: [u8; 3] = [10, 100, 200];
const GOLD: [u8; 3] = [250, 200, 20];

/// A PNG of known size and colour, in a folder whose name has blanks and Chinese.
fn picture(stage: &Stage, name: &str, width: u32, height: u32, colour: [u8; 3]) -> PathBuf {
    let folder = stage.desktop.path("我的 图片");
    fs::create_dir_all(&folder).unwrap();
    let path = folder.join(name);
    save_png(&two_colours(width, height, colour, GOLD), &path).unwrap();
    path
}

#[test]
fn demo_answers_truly_about_a_dropped_picture() -> Result<()> {
    play(
        "demo_answers_truly_about_a_dropped_picture",
        Keyring::Unlocked,
        |stage| {
            let path = picture(stage, "海 边.png", 640, 360, BLUE);
            let window = stage.open()?;
            let drag = Drag::files(&stage.desktop, &[&path])?;
            drag.over(window.rect()?.center())?;
            window.part("drop-overlay").wait_shown()?;
            drag.drop()?;
            window.part("drop-overlay").wait_gone()?;
            wait_attachments(&window, "ready", 1)?;
            let card = window.part("attachment").text()?;
            assert!(card.contains("海 边.png"), "the card says {card:?}");
            ask(&window, "这张图片是什么颜色？What is in it?")?;
            wait_answer(&window, "complete")?;
            let text = answer_part(&window, "message-text").text()?;
            for fact in ["640 × 360", "PNG", &hex(BLUE)] {
                assert!(
                    text.to_lowercase().contains(&fact.to_lowercase()),
                    "no {fact} in {text}"
                );
            }
            wait_attachments(&window, "ready", 0)?;
            // The picture itself is shown beside the question, from our own scheme.
            let shown = window.part("message").with("data-role", "user").css("img");
            wait::until("the picture", || {
                Ok((shown.property("naturalWidth")? == 640).then_some(()))
            })?;
            window.screenshot(&stage.kept("answer.png"))
        },
    )
}

#[test]
fn four_pictures_dropped_at_once_reach_the_provider_in_order() -> Result<()> {
    play(
        "four_pictures_dropped_at_once",
        Keyring::Unlocked,
        |stage| {
            let provider = Provider::start()?;
            provider.chat(Reply::streamed(&["One."]));
            provider.chat(Reply::streamed(&["Four."]));
            let window = stage.open()?;
            use_provider(&window, &provider, "sk-four-pictures-0001")?;
            stage.drop_files(&window, &[picture(stage, "one.png", 120, 90, BLUE)])?;
            wait_attachments(&window, "ready", 1)?;
            ask(&window, "One")?;
            wait_answer(&window, "complete")?;

            let colours = [[200, 0, 0], [0, 200, 0], [0, 0, 200], [200, 200, 0]];
            let paths: Vec<PathBuf> = (0..)
                .zip(colours)
                .map(|(i, colour)| picture(stage, &format!("第 {i} 张.png"), 100 + i, 80, colour))
                .collect();
            stage.drop_files(&window, &paths)?;
            wait_attachments(&window, "ready", 4)?;
            ask(&window, "And these four?")?;
            let request = provider.chat_request(1)?.json()?;
            let widths: Vec<u32> = sent_pictures(&request)?
                .iter()
                .map(|url| {
                    let bytes = STANDARD
                        .decode(url.split_once(";base64,").unwrap().1)
                        .unwrap();
                    image::load_from_memory(&bytes).unwrap().width()
                })
                .collect();
            assert_eq!(widths, [100, 101, 102, 103]);
            answer_part(&window, "message-text").wait_text(|text| text.contains("Four."))?;
            Ok(())
        },
    )
}

#[test]
fn a_bitmap_and_files_are_pasted() -> Result<()> {
    play(
        "a_bitmap_and_files_are_pasted",
        Keyring::Unlocked,
        |stage| {
            let path = picture(stage, "剪贴 板.png", 320, 200, BLUE);
            let window = stage.open()?;
            let input = window.part("composer-input");
            input.click()?;
            input.type_keys("kept")?;
            let bitmap = Clipboard::picture(&stage.desktop, &path)?;
            window.keys(&[Key::Control, Key::Char('v')])?;
            wait_attachments(&window, "ready", 1)?;
            drop(bitmap);
            let second = picture(stage, "b.png", 64, 64, GOLD);
            let _files = Clipboard::files(&stage.desktop, &[&path, &second])?;
            window.keys(&[Key::Control, Key::Char('v')])?;
            wait_attachments(&window, "ready", 3)?;
            assert_eq!(input.value()?, "kept");
            window.part("send").click()?;
            wait_answer(&window, "complete")?;
            let text = answer_part(&window, "message-text").text()?;
            assert!(
                text.contains("320 × 200") && text.contains("64 × 64"),
                "{text}"
            );
            Ok(())
        },
    )
}

#[test]
fn what_cannot_be_attached_says_why_and_loses_nothing() -> Result<()> {
    play("what_cannot_be_attached", Keyring::Unlocked, |stage| {
        let folder = stage.desktop.path("坏 files");
        fs::create_dir_all(folder.join("a folder"))?;
        let make = |name: &str, bytes: &[u8]| {
            let path = folder.join(name);
            fs::write(&path, bytes).unwrap();
            path
        };
        let jpeg = encode(&two_colours(300, 200, BLUE, GOLD), ImageFormat::Jpeg)?;
        let link = folder.join("link.png");
        symlink(folder.join("nowhere.png"), &link)?;
        // Each with a word of the reason that must be shown.
        let bad = [
            (
                make("notes.png", b"just some text, no picture"),
                "not a picture",
            ),
            (folder.join("a folder"), "folder"),
            (make("empty.png", b""), "empty"),
            (link, "no longer exists"),
            (make("huge.png", &bomb(20_000)?), "20"),
            (make("broken.jpg", &jpeg[..jpeg.len() / 3]), ""),
        ];
        let window = stage.open()?;
        let input = window.part("composer-input");
        input.type_keys("typed before")?;
        for (index, (path, reason)) in bad.iter().enumerate() {
            stage.drop_files(&window, &[path])?;
            wait_attachments(&window, "failed", index + 1)?;
            let name = path.file_name().unwrap().to_str().unwrap();
            let said = window
                .part("attachment")
                .with("data-state", "failed")
                .last()
                .text()?;
            assert!(
                said.contains(name) && said.contains(reason),
                "{name}: {said:?}"
            );
            assert!(
                said.trim().len() > name.len() + 10,
                "{name}: no reason in {said:?}"
            );
        }
        // One that is gone when it is let go.
        let fleeting = make("fleeting.png", &jpeg);
        let drag = Drag::files(&stage.desktop, &[&fleeting])?;
        drag.over(window.rect()?.center())?;
        fs::remove_file(&fleeting)?;
        drag.drop()?;
        wait_attachments(&window, "failed", bad.len() + 1)?;
        let said = window
            .part("attachment")
            .with("data-state", "failed")
            .last();
        said.wait_text(|text| text.contains("fleeting.png") && text.contains("no longer exists"))?;
        assert_eq!(input.value()?, "typed before");
        // One that lies about its type is a picture all the same.
        stage.drop_files(&window, &[make("really-a-jpeg.png", &jpeg)])?;
        wait_attachments(&window, "ready", 1)?;
        window.screenshot(&stage.kept("refused.png"))?;
        window.part("send").click()?;
        wait_answer(&window, "complete")?;
        let text = answer_part(&window, "message-text").text()?;
        assert!(text.contains("300 × 200"), "{text}");
        Ok(())
    })
}

#[test]
fn a_link_dropped_from_a_browser_waits_with_its_host() -> Result<()> {
    play(
        "a_link_dropped_from_a_browser",
        Keyring::Unlocked,
        |stage| {
            let window = stage.open()?;
            let url = "https://pictures.example/cat.png";
            let drag = Drag::web_picture(&stage.desktop, url)?;
            drag.over(window.rect()?.center())?;
            drag.drop()?;
            wait_attachments(&window, "ready", 1)?;
            let said = window.part("attachment").text()?;
            assert!(said.contains("pictures.example"), "{said}");
            window.part("attachment-remove").click()?;
            wait_attachments(&window, "ready", 0)?;
            assert_eq!(answer(&window).count()?, 0);
            Ok(())
        },
    )
}
