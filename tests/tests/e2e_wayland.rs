//! The clipboard and drops under Wayland, in the real window; and an owner of the
//! clipboard that never answers, under both.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing
)]

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Result, ensure};
use image::{ImageFormat, Rgb, RgbImage};
use tests::clipboard::Clipboard;
use tests::desktop::{Display, Keyring};
use tests::pictures::encode;
use tests::provider::{Provider, Reply};
use tests::screen::Key;
use tests::stage::{Stage, play_on};
use tests::steps::{
    answer, answer_part, ask, received, use_provider, wait_answer, wait_attachments,
};
use tests::wait;
use tests::window::Window;

fn picture(width: u32) -> RgbImage {
    RgbImage::from_pixel(width, 60, Rgb([10, 100, 200]))
}

/// A file of this width, in a format.
fn file(stage: &Stage, width: u32, format: ImageFormat) -> Result<PathBuf> {
    let [ending, ..] = format.extensions_str() else {
        panic!("a format has an ending");
    };
    let path = stage.desktop.path(&format!("{width} 猫.{ending}"));
    fs::write(&path, encode(&picture(width), format)?)?;
    Ok(path)
}

/// Offers the bytes of a file as this kind.
fn offered(stage: &Stage, kind: &str, path: &Path) -> Result<Clipboard> {
    let bytes = format!("@{}", path.display());
    Clipboard::kinds(&stage.desktop, &[(kind, &bytes)])
}

fn paste(window: &Window) -> Result<()> {
    window.keys(&[Key::Control, Key::Char('v')])
}

/// The widths of the pictures of the n-th question, in their order.
fn widths(provider: &Provider, n: usize) -> Result<Vec<u32>> {
    let pictures = received(&provider.chat_request(n)?.json()?)?;
    Ok(pictures.iter().map(RgbImage::width).collect())
}

fn wait_clipboard(stage: &Stage, wanted: &str) -> Result<()> {
    wait::until("the copied text", || {
        let found = Clipboard::read(&stage.desktop, "text/plain;charset=utf-8")?;
        let found = String::from_utf8(found)?;
        ensure!(found == wanted, "the clipboard holds {found:?}");
        Ok(Some(()))
    })
}

#[test]
fn what_is_pasted_dropped_and_copied_under_wayland_is_there() -> Result<()> {
    play_on(
        "under_wayland",
        Display::Wayland,
        Keyring::Unlocked,
        |stage| {
            let provider = Provider::start()?;
            provider.chat(Reply::streamed(&["Seen: 七 ", "pictures."]));
            let window = stage.open()?;
            use_provider(&window, &provider, "sk-under-wayland-0001")?;
            let input = window.part("composer-input");
            window.click(&input)?;

            // A picture alone, whatever its kind.
            let pasted = [
                ("image/png", 101, ImageFormat::Png),
                ("image/jpeg", 102, ImageFormat::Jpeg),
                ("image/bmp", 103, ImageFormat::Bmp),
            ];
            for (n, (kind, width, format)) in (1..).zip(pasted) {
                let _held = offered(stage, kind, &file(stage, width, format)?)?;
                paste(&window)?;
                wait_attachments(&window, "ready", n)?;
            }
            // Files, as file managers list them.
            let files = [104, 105].map(|width| file(stage, width, ImageFormat::Png).unwrap());
            let held = Clipboard::files(&stage.desktop, &files)?;
            paste(&window)?;
            wait_attachments(&window, "ready", 5)?;
            drop(held);
            let list = format!("copy\nfile://{}", files[0].display());
            let held = Clipboard::kinds(
                &stage.desktop,
                &[("x-special/gnome-copied-files", list.as_str())],
            )?;
            paste(&window)?;
            wait_attachments(&window, "ready", 6)?;
            drop(held);
            // Text.
            let held = Clipboard::text(&stage.desktop, "What are these? 这些是什么")?;
            paste(&window)?;
            wait::until("the text", || {
                let value = input.value()?;
                ensure!(value == "What are these? 这些是什么", "it is {value:?}");
                Ok(Some(()))
            })?;
            drop(held);
            // And a drop.
            stage.drop_files(&window, &[file(stage, 106, ImageFormat::Png)?])?;
            wait_attachments(&window, "ready", 7)?;
            window.part("send").click()?;
            wait_answer(&window, "complete")?;
            assert_eq!(widths(&provider, 0)?, [101, 102, 103, 104, 105, 104, 106]);
            let question = provider.chat_request(0)?.json()?.to_string();
            assert!(
                question.contains("What are these? 这些是什么"),
                "{question}"
            );

            // The answer, copied, is there for another program.
            window.click(&answer(&window).part("copy-answer"))?;
            wait_clipboard(stage, "Seen: 七 pictures.")
        },
    )
}

/// A program that owns the clipboard and hangs: said, and the page goes on.
fn a_silent_owner_is_said(name: &str, display: Display) -> Result<()> {
    play_on(name, display, Keyring::Unlocked, |stage| {
        let path = file(stage, 101, ImageFormat::Png)?;
        let window = stage.open()?;
        let input = window.part("composer-input");
        window.click(&input)?;
        let held = offered(stage, "image/png", &path)?;
        held.fall_silent()?;
        paste(&window)?;
        let error = window.css("[data-code=clipboard_silent]");
        error.wait_text(|text| text.contains("does not answer"))?;
        assert_eq!(window.part("attachment").count()?, 0);
        // Another owner, and all is well.
        drop(held);
        let _held = offered(stage, "image/png", &path)?;
        paste(&window)?;
        wait_attachments(&window, "ready", 1)?;
        error.wait_gone()?;
        ask(&window, "still here")?;
        wait_answer(&window, "complete")?;
        let text = answer_part(&window, "message-text").text()?;
        assert!(text.contains("101 × 60"), "{text}");
        Ok(())
    })
}

#[test]
fn an_owner_of_the_clipboard_that_never_answers_is_said_under_wayland() -> Result<()> {
    a_silent_owner_is_said("silent_under_wayland", Display::Wayland)
}

#[test]
fn an_owner_of_the_clipboard_that_never_answers_is_said_under_x() -> Result<()> {
    a_silent_owner_is_said("silent_under_x", Display::X11)
}
