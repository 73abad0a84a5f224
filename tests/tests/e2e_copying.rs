//! What a person takes out of a conversation, in the real window: copied, saved, printed.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing
)]

use std::fs;
use std::path::{Path, PathBuf};
use std::rc::Rc;

use anyhow::{Result, ensure};
use tests::clipboard::Clipboard;
use tests::desktop::Keyring;
use tests::provider::{Provider, Reply};
use tests::screen::Key;
use tests::stage::{Stage, play};
use tests::steps::{answer, ask, use_provider, wait_answer, wait_attachments};
use tests::wait;
use tests::window::Window;

const KEY: &str = "sk-test-0123456789abcdef";
const TEXT: &str = "text/plain;charset=utf-8";
const SAID: &str = "# Sum\n\n| a | b |\n| --- | ---: |\n| **c** | $x^2$ |\n\n```rust\nfn main() {}\n```\n\nSee [这里](https://x.example/).";

/// Waits until another program finds this on the clipboard.
fn wait_clipboard(stage: &Stage, kind: &str, wanted: impl Fn(&str) -> bool) -> Result<()> {
    wait::until("what was copied", || {
        let found = String::from_utf8(Clipboard::read(&stage.desktop, kind)?)?;
        ensure!(wanted(&found), "the clipboard holds {found:?}");
        Ok(Some(()))
    })
}

/// Waits for a file that ends so, in the person's home.
fn wait_file(stage: &Stage, ending: &str) -> Result<PathBuf> {
    let home = stage.desktop.path("");
    wait::until(ending, || Ok(file_in(&home, ending)))
}

fn file_in(folder: &Path, ending: &str) -> Option<PathBuf> {
    let entries = fs::read_dir(folder).ok()?.flatten();
    let mut folders = Vec::new();
    for entry in entries {
        let path = entry.path();
        if entry.file_type().is_ok_and(|kind| kind.is_dir()) {
            folders.push(path);
        } else if path.to_string_lossy().ends_with(ending) {
            return Some(path);
        }
    }
    folders.iter().find_map(|folder| file_in(folder, ending))
}

/// A window with an answer, and the provider that gave it.
fn answered(stage: &Stage) -> Result<(Rc<Window>, Provider)> {
    let provider = Provider::start()?;
    provider.chat(Reply::streamed(&[SAID]));
    let window = stage.open()?;
    use_provider(&window, &provider, KEY)?;
    ask(&window, "What is in it?")?;
    wait_answer(&window, "complete")?;
    Ok((window, provider))
}

#[test]
fn an_answer_its_parts_and_the_conversation_are_copied_for_other_programs() -> Result<()> {
    play("copied_for_others", Keyring::Unlocked, |stage| {
        let (window, _provider) = answered(stage)?;

        window.click(&answer(&window).part("copy-answer"))?;
        wait_clipboard(stage, TEXT, |text| text == SAID)?;

        // Formatted, for who takes HTML; and plain for who does not.
        window.click(&answer(&window).part("copy-as"))?;
        let rich = window.part("copy-rich");
        rich.wait_shown()?;
        window.click(&rich)?;
        let plain = "Sum\n\na\tb\nc\t$x^2$\n\nfn main() {}\n\nSee 这里 (https://x.example/).";
        wait_clipboard(stage, TEXT, |text| text == plain)?;
        wait_clipboard(stage, "text/html", |html| {
            let has = |part| html.contains(part);
            html.starts_with("<meta ") && has("<table ") && has(">这里</a>") && !has("class=")
        })?;

        window.click(&window.css(".table-bar .block-act").nth(0))?;
        wait_clipboard(stage, TEXT, |text| text == "a\tb\nc\t$x^2$")?;

        // The whole of it, by keys.
        window.click(&window.css(".prose h1"))?;
        window.keys(&[Key::Control, Key::Char('a')])?;
        window.part("whole").wait_shown()?;
        window.screenshot(&stage.kept("whole.png"))?;
        window.keys(&[Key::Control, Key::Char('c')])?;
        wait_clipboard(stage, TEXT, |text| {
            text.starts_with("# ") && text.contains("What is in it?") && text.contains(SAID)
        })?;
        window.keys(&[Key::Escape])?;
        window.part("whole").wait_gone()?;
        Ok(())
    })
}

#[test]
fn a_conversation_is_printed_to_a_file() -> Result<()> {
    play("printed", Keyring::Unlocked, |stage| {
        let (window, _provider) = answered(stage)?;

        window.keys(&[Key::Control, Key::Char('p')])?;
        window.dialog()?;
        // The first printer is a file.
        window.answer_dialog(&[Key::Tab, Key::Enter])?;
        let printed = wait_file(stage, ".pdf")?;
        wait::until("a whole PDF", || {
            let bytes = fs::read(&printed)?;
            let is_whole = bytes.starts_with(b"%PDF") && bytes.trim_ascii_end().ends_with(b"%%EOF");
            Ok(is_whole.then_some(()))
        })?;
        // Our own reader finds one page in it.
        stage.drop_files(&window, &[&printed])?;
        wait_attachments(&window, "ready", 1)?;
        window.screenshot(&stage.kept("printed.png"))?;
        fs::copy(&printed, stage.kept("printed.pdf"))?;
        Ok(())
    })
}
