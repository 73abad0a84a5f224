//! The app over a data folder that is not as it should be.
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
use tests::stage::play;
use tests::steps::{answer_part, ask, wait_answer};
use tests::window::Window;

#[test]
fn a_second_start_has_nothing_to_say() -> Result<()> {
    play("second_start", Keyring::Absent, |stage| {
        let ends: [fn(&Window) -> Result<()>; 2] =
            [Window::close, |window| window.signal(Signal::TERM)];
        for end in ends {
            let window = stage.open()?;
            ask(&window, "Hello")?;
            wait_answer(&window, "complete")?;
            assert_eq!(window.part("notice").count()?, 0);
            end(&window)?;
        }
        let window = stage.open()?;
        ask(&window, "Hello")?;
        wait_answer(&window, "complete")?;
        assert_eq!(window.part("notice").count()?, 0);
        Ok(())
    })
}

#[test]
fn a_restart_opens_the_conversation_that_was_open() -> Result<()> {
    play("open_again", Keyring::Absent, |stage| {
        let window = stage.open()?;
        ask(&window, "Hello")?;
        wait_answer(&window, "complete")?;
        window.close()?;
        let window = stage.open()?;
        answer_part(&window, "message-text").wait_shown()?;
        window.part("new-conversation").click()?;
        window.part("add-key").wait_shown()?;
        window.close()?;
        let window = stage.open()?;
        window.part("add-key").wait_shown()?;
        assert_eq!(window.part("message").count()?, 0);
        Ok(())
    })
}

#[test]
fn corrupt_settings_are_set_aside_with_a_notice() -> Result<()> {
    play("corrupt_settings", Keyring::Absent, |stage| {
        let window = stage.open()?;
        window.close()?;
        fs::write(
            stage.home().join("settings.json"),
            b"{\"theme\": \"da\0\0\0\0",
        )?;
        let window = stage.open()?;
        let notice = window
            .part("notice")
            .with("data-notice", "settingsRestored");
        notice.wait_shown()?;
        // What was broken is kept, at the path that the notice names.
        let words = notice.text()?;
        let aside = fs::read_dir(stage.home())?
            .flatten()
            .find(|entry| fs::read(entry.path()).is_ok_and(|bytes| bytes.ends_with(b"da\0\0\0\0")));
        let name = aside.expect("the broken file is kept").file_name();
        assert!(words.contains(name.to_str().unwrap()), "{words}");
        ask(&window, "Hello")?;
        wait_answer(&window, "complete")
    })
}

#[test]
fn a_folder_that_cannot_be_written_is_said_and_the_app_works() -> Result<()> {
    play(
        "a_folder_that_cannot_be_written",
        Keyring::Absent,
        |stage| {
            // A file where the folder should be: not even root can write under it.
            fs::remove_dir(stage.home())?;
            fs::write(stage.home(), b"")?;
            let window = stage.open()?;
            window
                .part("notice")
                .with("data-notice", "notKept")
                .wait_shown()?;
            ask(&window, "Hello")?;
            wait_answer(&window, "complete")?;
            let text = answer_part(&window, "message-text").text()?;
            assert!(!text.is_empty());
            window.screenshot(&stage.kept("not-kept.png"))
        },
    )
}

#[test]
fn a_corrupt_history_is_set_aside_with_a_notice() -> Result<()> {
    play("a_corrupt_history", Keyring::Absent, |stage| {
        fs::write(stage.home().join("dragoman.db"), vec![b'x'; 40_000])?;
        let window = stage.open()?;
        window
            .part("notice")
            .with("data-notice", "historySetAside")
            .wait_shown()?;
        ask(&window, "Hello")?;
        wait_answer(&window, "complete")
    })
}
