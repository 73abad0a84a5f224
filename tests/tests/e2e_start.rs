//! The app's start: what its command line says, what draws its window, and a first one
//! that hangs.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing
)]

use std::fs::{self, File};
use std::path::PathBuf;
use std::process::{Command, Output};

use anyhow::{Context, Result};
use rustix::process::Signal;
use tests::desktop::Keyring;
use tests::process::{self, Program};
use tests::screen::{Key, Screen};
use tests::stage::{Stage, play};
use tests::wait;

/// The variables by which the web view draws without the graphics card.
const SWITCHES: [&str; 2] = [
    "WEBKIT_DISABLE_DMABUF_RENDERER=1",
    "WEBKIT_DISABLE_COMPOSITING_MODE=1",
];

/// The app without a driver, as a person starts it.
struct Start {
    program: Program,
    log: PathBuf,
}

fn command(stage: &Stage) -> Result<Command> {
    let app = stage.app()?;
    let mut command = stage.desktop.command(&app.binary);
    command.envs(app.env).env("DRAGOMAN_BENCH", "1");
    Ok(command)
}

fn output(stage: &Stage, arguments: &[&str]) -> Result<Output> {
    let piped = std::process::Stdio::piped();
    Ok(command(stage)?.args(arguments).stderr(piped).output()?)
}

impl Start {
    fn new(stage: &Stage, name: &str, arguments: &[&str]) -> Result<Self> {
        let log = stage.kept(&format!("{name}.log"));
        let file = File::create(&log)?;
        let mut command = command(stage)?;
        command
            .args(arguments)
            .stdout(file.try_clone()?)
            .stderr(file);
        let program = Program::spawn("dragoman", &mut command)?;
        Ok(Self { program, log })
    }

    fn wait_said(&self, words: &str) -> Result<()> {
        wait::until(format!("{words:?} in {}", self.log.display()), || {
            Ok(fs::read_to_string(&self.log)?.contains(words).then_some(()))
        })
    }

    /// Waits for its page.
    fn wait_ready(&self) -> Result<()> {
        self.wait_pages(1)
    }

    /// Waits until so many pages came, one after the other.
    fn wait_pages(&self, wanted: usize) -> Result<()> {
        wait::until(format!("page {wanted}"), || {
            let pages = fs::read_to_string(&self.log)?
                .matches("dragoman: ready")
                .count();
            Ok((pages == wanted).then_some(()))
        })
    }

    /// The process that is to show the page, as soon as there is one.
    fn wait_page(&self) -> Result<u32> {
        wait::until("a process for the page", || {
            let all = process::children(self.program.id());
            let mut pages = all
                .into_iter()
                .filter(|(_, path)| path.ends_with("WebKitWebProcess"));
            Ok(pages.next().map(|(id, _)| id))
        })
    }

    /// Which of [`SWITCHES`] it runs with.
    fn switches(&self) -> Result<Vec<&'static str>> {
        let environment = fs::read(format!("/proc/{}/environ", self.program.id()))?;
        let set = |switch: &&str| {
            environment
                .split(|byte| *byte == 0)
                .any(|variable| variable == switch.as_bytes())
        };
        Ok(SWITCHES.into_iter().filter(set).collect())
    }

    fn quit(self) -> Result<()> {
        let status = self.program.quit()?;
        status.success().then_some(()).context("it ended badly")
    }
}

#[test]
fn the_command_line_is_answered_in_the_chosen_language() -> Result<()> {
    play("the_command_line", Keyring::Absent, |stage| {
        let help = output(stage, &["--help"])?;
        assert_eq!(help.status.code(), Some(0));
        let words = String::from_utf8(help.stdout)?;
        assert!(words.contains("--safe-graphics  Draw without"), "{words}");
        let settings = r#"{"settings":{"language":"zh-CN"}}"#;
        fs::write(stage.home().join("settings.json"), settings)?;
        let words = String::from_utf8(output(stage, &["-h"])?.stdout)?;
        assert!(words.contains("--safe-graphics  本次启动"), "{words}");
        let wrong = output(stage, &["--safe-grafics"])?;
        assert_eq!(wrong.status.code(), Some(2));
        let words = String::from_utf8(wrong.stderr)?;
        assert!(words.contains("“--safe-grafics”"), "{words}");
        Ok(())
    })
}

#[test]
fn safe_graphics_draw_without_the_card_for_one_start() -> Result<()> {
    play("safe_graphics", Keyring::Absent, |stage| {
        let start = Start::new(stage, "safe", &["--safe-graphics"])?;
        start.wait_ready()?;
        assert_eq!(start.switches()?, SWITCHES);
        start.quit()?;
        let start = Start::new(stage, "usual", &[])?;
        start.wait_ready()?;
        assert_eq!(start.switches()?, [""; 0]);
        start.quit()
    })
}

#[test]
fn a_page_that_dies_at_the_start_gets_a_second_attempt_without_the_card() -> Result<()> {
    play("a_second_attempt", Keyring::Absent, |stage| {
        let start = Start::new(stage, "start", &[])?;
        let page = start.wait_page()?;
        // Before it has threads of its own the app does not know it yet.
        wait::until("the page's process to begin", || {
            let threads = fs::read_dir(format!("/proc/{page}/task"))?.count();
            Ok((threads > 4).then_some(()))
        })?;
        process::kill(page)?;
        start.wait_said("starting again without the graphics card")?;
        start.wait_ready()?;
        assert_eq!(start.switches()?, SWITCHES);
        start.quit()
    })
}

#[test]
fn a_start_that_ends_before_its_page_came_is_followed_by_one_without_the_card() -> Result<()> {
    play("a_start_that_ends", Keyring::Absent, |stage| {
        // As the compositor ends it with “Error 71”.
        let start = Start::new(stage, "first", &[])?;
        start.wait_page()?;
        process::kill(start.program.id())?;
        drop(start);
        let start = Start::new(stage, "second", &[])?;
        start.wait_ready()?;
        assert_eq!(start.switches()?, SWITCHES);
        start.quit()?;
        // It may have been an accident.
        let start = Start::new(stage, "third", &[])?;
        start.wait_ready()?;
        assert_eq!(start.switches()?, [""; 0]);
        start.quit()
    })
}

#[test]
fn a_page_that_dies_again_and_again_is_loaded_only_when_asked_for() -> Result<()> {
    play("a_page_that_dies_again", Keyring::Absent, |stage| {
        let screen = Screen::open(stage.desktop.server())?;
        let start = Start::new(stage, "start", &[])?;
        for pages in 1..=3 {
            start.wait_pages(pages)?;
            process::kill(start.wait_page()?)?;
        }
        start.wait_said("The page stopped three times within a minute")?;
        screen.wait_windows(start.program.id(), 2)?;
        screen.keys(&[Key::Enter])?;
        start.wait_pages(4)?;
        start.quit()
    })
}

#[test]
fn a_first_one_that_hangs_is_said_and_another_offered() -> Result<()> {
    play("a_first_one_that_hangs", Keyring::Absent, |stage| {
        let screen = Screen::open(stage.desktop.server())?;
        let first = Start::new(stage, "first", &[])?;
        first.wait_ready()?;
        // One that answers shows its window; the second says nothing.
        let second = output(stage, &[])?;
        assert_eq!(second.status.code(), Some(0));
        assert_eq!(String::from_utf8(second.stderr)?, "");

        process::signal(first.program.id(), Signal::STOP)?;
        let second = Start::new(stage, "second", &[])?;
        second.wait_said("is open already, but does not answer")?;
        screen.wait_windows(second.program.id(), 1)?;
        screen.keys(&[Key::Escape])?;
        assert_eq!(second.program.wait()?.code(), Some(1));

        let third = Start::new(stage, "third", &[])?;
        third.wait_said("is open already, but does not answer")?;
        screen.wait_windows(third.program.id(), 1)?;
        screen.keys(&[Key::Right])?;
        screen.keys(&[Key::Enter])?;
        third.wait_ready()?;
        third.quit()?;
        process::signal(first.program.id(), Signal::CONT)?;
        first.quit()
    })
}
