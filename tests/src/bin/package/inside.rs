//! The part that runs in the fresh Debian, as the user: the window, driven.

use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail, ensure};
use tests::desktop::{Desktop, Keyring};
use tests::drag::Drag;
use tests::process::Program;
use tests::steps::{answer_part, ask, wait_answer, wait_attachments};
use tests::wait;
use tests::window::{App, Window};

use crate::root::{OWN, USER};

/// Runs one step.
///
/// # Errors
/// When something does not hold.
pub fn run(step: &str) -> Result<()> {
    ensure!(
        !rustix::process::geteuid().is_root(),
        "the app is used by a user"
    );
    match step {
        "drop" => drop_a_picture(),
        "without-keyring" => without_keyring(),
        "entry" => by_its_entry(),
        "open-with" => open_with(),
        _ => bail!("no step {step}"),
    }
}

/// The folder that the user has.
fn home() -> PathBuf {
    Path::new("/home").join(USER)
}

fn picture() -> PathBuf {
    Path::new(OWN).join("海 边.png")
}

/// What tells programs where that is; all else they find where it is by default.
fn environment() -> Vec<(String, String)> {
    let home = home();
    let at = |name: &str| home.join(name).to_string_lossy().into_owned();
    vec![
        ("HOME".to_owned(), at("")),
        ("XDG_DATA_HOME".to_owned(), at(".local/share")),
        ("XDG_CONFIG_HOME".to_owned(), at(".config")),
        ("XDG_CACHE_HOME".to_owned(), at(".cache")),
    ]
}

fn open(desktop: &Desktop) -> Result<Window> {
    let app = App {
        binary: PathBuf::from("/usr/bin/dragoman"),
        args: Vec::new(),
        env: environment(),
    };
    let window = Window::open(desktop, &app, &desktop.path("app.log"))?;
    window.part("composer-input").wait_shown()?;
    Ok(window)
}

/// The main job, as far as it goes without a network.
fn drop_a_picture() -> Result<()> {
    let desktop = Desktop::start(Keyring::Unlocked)?;
    let window = open(&desktop)?;
    let drag = Drag::files(&desktop, &[picture()])?;
    drag.over(window.rect()?.center())?;
    drag.drop()?;
    wait_attachments(&window, "ready", 1)?;
    ask(&window, "What is in it?")?;
    wait_answer(&window, "complete")?;
    let text = answer_part(&window, "message-text").text()?;
    for fact in ["640 × 360", "#1122cc"] {
        ensure!(text.to_lowercase().contains(fact), "no {fact} in {text}");
    }
    window.close()
}

fn without_keyring() -> Result<()> {
    let desktop = Desktop::start(Keyring::Absent)?;
    let window = open(&desktop)?;
    wait::until("what was asked", || {
        let text = window.script("return document.body.innerText", &[])?;
        let text = text.as_str().unwrap_or_default();
        Ok(text.contains("What is in it?").then_some(()))
    })?;
    window.close()
}

/// As a menu starts it; the window says which entry it is of.
fn by_its_entry() -> Result<()> {
    let desktop = Desktop::start(Keyring::Absent)?;
    let app = launch(&desktop, "dragoman", &[])?;
    let class = wait::until("a window named Dragoman", || {
        let said = desktop
            .command("xprop")
            .args(["-name", "Dragoman", "WM_CLASS"])
            .output()?;
        let said = String::from_utf8_lossy(&said.stdout).into_owned();
        Ok(said.contains("WM_CLASS").then_some(said))
    })?;
    let entry = std::fs::read_to_string("/usr/share/applications/dragoman.desktop")?;
    let named = entry
        .lines()
        .find_map(|line| line.strip_prefix("StartupWMClass="));
    let named = named.context("the entry names its window")?;
    ensure!(
        class.contains(&format!("\"{named}\"")),
        "the entry says {named}, the window {class}"
    );
    drop(app);
    Ok(())
}

/// A picture by the entry; it is in the composer.
fn open_with() -> Result<()> {
    let desktop = Desktop::start(Keyring::Absent)?;
    let window = open(&desktop)?;
    // The second start hands over to the first.
    let app = launch(&desktop, "zz-dragoman", &[&picture()])?;
    wait_attachments(&window, "ready", 1)?;
    drop(app);
    window.close()
}

fn launch(desktop: &Desktop, entry: &str, files: &[&Path]) -> Result<Program> {
    let mut command = desktop.command("gio");
    command
        .arg("launch")
        .arg(format!("/usr/share/applications/{entry}.desktop"))
        .args(files)
        .envs(environment());
    Program::start("gio launch", &mut command)
}
