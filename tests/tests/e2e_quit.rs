//! The ways out of the app: whatever is being written is kept.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing
)]

use std::fs;

use anyhow::Result;
use rustix::process::Signal;
use tests::desktop::Keyring;
use tests::provider::{Ending, Provider, Reply};
use tests::stage::{Stage, play};
use tests::steps::{answer_part, ask, use_provider, wait_answer};
use tests::window::Window;

/// Names in the app's folder that end so, or begin so after `dragoman.db`.
fn left(stage: &Stage) -> Vec<String> {
    let names = fs::read_dir(stage.home()).unwrap().flatten();
    names
        .filter(|entry| {
            let name = entry.file_name().to_string_lossy().into_owned();
            let wal = name.ends_with("-wal") && entry.metadata().unwrap().len() > 0;
            wal || name.contains(".run-")
        })
        .map(|entry| entry.file_name().to_string_lossy().into_owned())
        .collect()
}

/// Ends the app in the middle of an answer, at once after its last word was shown.
fn ends(name: &str, end: fn(&Window) -> Result<()>) -> Result<()> {
    play(name, Keyring::Unlocked, |stage| {
        let provider = Provider::start()?;
        let start = Reply::stream().delta("Shown just now.");
        provider.chat(start.ending(Ending::Stall));
        let window = stage.open()?;
        use_provider(&window, &provider, "sk-quit-00000000")?;
        ask(&window, "Tell me")?;
        answer_part(&window, "message-text").wait_text(|text| text.contains("just now."))?;
        end(&window)?;
        assert_eq!(left(stage), Vec::<String>::new(), "nothing is left to mend");

        let window = stage.open()?;
        window.part("conversation").css("button").click()?;
        wait_answer(&window, "interrupted")?;
        let text = answer_part(&window, "message-text").text()?;
        assert_eq!(text.trim(), "Shown just now.");
        Ok(())
    })
}

#[test]
fn closing_the_window_keeps_what_is_being_written() -> Result<()> {
    ends("quit_by_window", Window::close)
}

#[test]
fn sigterm_keeps_what_is_being_written() -> Result<()> {
    ends("quit_by_sigterm", |window| window.signal(Signal::TERM))
}

#[test]
fn the_end_of_a_session_keeps_what_is_being_written() -> Result<()> {
    ends("quit_by_sighup", |window| window.signal(Signal::HUP))
}
