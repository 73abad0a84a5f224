//! What is removed in the window is gone from every file under the home.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing
)]

use std::fs;
use std::path::Path;

use anyhow::Result;
use tests::desktop::Keyring;
use tests::pictures::{save_png, screenshot};
use tests::provider::{Provider, Reply};
use tests::stage::play;
use tests::steps::{ask, use_provider, wait_answer, wait_attachments};
use tests::wait;

/// Names and texts that stand nowhere else.
const QUESTION: &str = "canary-question-7f3a";
const ANSWER: &str = "canary-answer-7f3a";
const FILE: &str = "canary-file-7f3a.png";

/// Files under a folder that hold this text, or are named so.
fn holding(folder: &Path, text: &[u8]) -> Vec<String> {
    let mut found = Vec::new();
    let mut left = vec![folder.to_owned()];
    while let Some(folder) = left.pop() {
        for entry in fs::read_dir(folder).into_iter().flatten().flatten() {
            let path = entry.path();
            if path.is_dir() {
                left.push(path);
                continue;
            }
            let name = path.to_string_lossy().into_owned();
            let bytes = fs::read(&path).unwrap_or_default();
            let holds = |bytes: &[u8]| bytes.windows(text.len()).any(|part| part == text);
            if holds(&bytes) || holds(name.as_bytes()) {
                found.push(name);
            }
        }
    }
    found
}

#[test]
fn a_removed_conversation_is_in_no_file_of_the_home() -> Result<()> {
    play("a_removed_conversation", Keyring::Unlocked, |stage| {
        let provider = Provider::start()?;
        provider.chat(Reply::stream().delta(ANSWER).finish("stop").done());
        provider.chat(Reply::stream().delta("stays").finish("stop").done());
        let file = stage.desktop.path(FILE);
        save_png(&screenshot(900, 600, 7), &file)?;
        let window = stage.open()?;
        use_provider(&window, &provider, "sk-gone-00000000")?;
        stage.drop_files(&window, &[&file])?;
        wait_attachments(&window, "ready", 1)?;
        ask(&window, QUESTION)?;
        wait_answer(&window, "complete")?;
        for canary in [QUESTION, ANSWER, FILE] {
            assert!(
                !holding(&stage.home(), canary.as_bytes()).is_empty(),
                "{canary}"
            );
        }
        let pictures = || fs::read_dir(stage.home().join("pictures")).unwrap().count();
        assert!(pictures() > 0);
        window.part("new-conversation").click()?;
        ask(&window, "Another one")?;
        wait_answer(&window, "complete")?;

        let row = || window.part("conversation");
        // Shown while the pointer is over the row; its menu opens by the keyboard, too.
        let open = "const all = document.querySelectorAll('[data-testid=conversation] button[aria-haspopup=menu]');
                    all[all.length - 1].focus(); all[all.length - 1].click()";
        window.script(open, &[])?;
        window.css(".menu-item.danger").click()?;
        row().wait_count(1)?;
        window.part("conversation-undo").wait()?;
        // Out of the bin, too.
        window.part("bin").click()?;
        window.part("empty-bin").click()?;
        window.css(".dialog .btn.danger").click()?;
        // The app goes on; what is removed goes within a moment, with what shows it.
        wait::until("it to be gone", || {
            let left = [QUESTION, ANSWER, FILE]
                .iter()
                .flat_map(|canary| holding(&stage.home(), canary.as_bytes()))
                .count();
            Ok((left == 0 && pictures() == 0).then_some(()))
        })?;
        window.close()?;
        for canary in [QUESTION, ANSWER, FILE] {
            let left = holding(&stage.home(), canary.as_bytes());
            assert_eq!(left, Vec::<String>::new(), "{canary}");
        }
        Ok(())
    })
}
