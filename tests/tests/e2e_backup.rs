//! A backup is made in the window, and an older one brought back.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing
)]

use std::fs;

use anyhow::Result;
use rustix::process::Signal;
use serde_json::json;
use tests::desktop::Keyring;
use tests::screen::Key;
use tests::stage::play;
use tests::steps::{answer_part, ask, close_settings, open_settings, wait_answer};
use tests::window::Window;
use tests::{process, wait};

fn open_data(window: &Window) -> Result<()> {
    open_settings(window)?;
    window.part("tab-data").click()?;
    window.part("backup-now").wait_shown()
}

#[test]
fn a_backup_is_brought_back_by_a_window_that_starts_anew() -> Result<()> {
    play("backup", Keyring::Absent, |stage| {
        let folder = tempfile::tempdir()?;
        let settings = json!({ "settings": { "backup": { "folder": folder.path() } } });
        fs::create_dir_all(stage.home())?;
        fs::write(stage.home().join("settings.json"), settings.to_string())?;
        let window = stage.open()?;
        ask(&window, "The first")?;
        wait_answer(&window, "complete")?;
        open_data(&window)?;
        window.part("backup-now").click()?;
        let made = |text: &str| text.contains("Last backup");
        window.part("backup-last").wait_text(made)?;
        close_settings(&window)?;
        window.part("new-conversation").click()?;
        ask(&window, "The second")?;
        wait_answer(&window, "complete")?;
        window.part("conversation").wait_count(2)?;

        open_data(&window)?;
        window.part("restore-look").click()?;
        let shown = |text: &str| text.contains("Conversations: 1. Messages: 2.");
        window.part("restore-preview").wait_text(shown)?;
        let aside = || -> Result<Option<_>> {
            let beside = fs::read_dir(stage.home().parent().unwrap())?;
            let mut names = beside
                .map(|one| Ok(one?.path()))
                .collect::<Result<Vec<_>>>()?;
            names.retain(|path| path.to_string_lossy().contains(".before-restore-"));
            Ok(names.pop())
        };
        window.part("restore-this").click()?;
        window.dialog()?;
        window.answer_dialog(&[Key::Enter])?;
        assert_eq!(aside()?, None, "a no moved something");
        window.part("restore-this").click()?;
        window.dialog()?;
        let id = window.process();
        window.answer_dialog(&[Key::Tab, Key::Enter])?;
        // The program that takes its place is driven by nobody.
        let kept = wait::until("the backup to be in its place", || {
            let is_there = !stage.home().join("restore.json").exists();
            Ok(aside()?.filter(|_| is_there))
        })?;
        assert!(kept.join("dragoman.db").exists());
        wait::until("the history to be open again", || {
            Ok(stage.home().join("dragoman.db-wal").exists().then_some(()))
        })?;
        process::signal(id, Signal::TERM)?;
        wait::until("it to end", || Ok((!process::runs(id)).then_some(())))?;
        let window = stage.open()?;
        window.part("conversation").wait_count(1)?;
        answer_part(&window, "message-text").wait_shown()?;
        fs::remove_dir_all(kept)?;
        Ok(())
    })
}
