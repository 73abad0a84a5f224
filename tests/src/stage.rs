//! Plays a test of the whole app: a desktop, a data folder, a window; and on
//! failure keeps what was seen, in `target/e2e/<test>/`.

use std::cell::RefCell;
use std::fs;
use std::panic::{self, AssertUnwindSafe};
use std::path::{Path, PathBuf};
use std::rc::Rc;

use anyhow::{Context, Result};

use crate::desktop::{Desktop, Display, Keyring};
use crate::drag::Drag;
use crate::process::built;
use crate::window::{App, Window};

/// A desktop with the app's data folder, and the windows opened on it.
#[derive(Debug)]
pub struct Stage {
    // Windows are dropped before the desktop that shows them.
    windows: RefCell<Vec<Rc<Window>>>,
    /// The desktop.
    pub desktop: Desktop,
    kept: PathBuf,
}

/// Runs a test on a stage of its own. When it fails, a picture of the window,
/// the page's HTML and the app's log are kept.
///
/// # Errors
/// What the test answers with; a panic goes on.
pub fn play(name: &str, keyring: Keyring, test: impl FnOnce(&Stage) -> Result<()>) -> Result<()> {
    play_on(name, Display::X11, keyring, test)
}

/// As [`play`], on the display that is named.
///
/// # Errors
/// As there.
pub fn play_on(
    name: &str,
    display: Display,
    keyring: Keyring,
    test: impl FnOnce(&Stage) -> Result<()>,
) -> Result<()> {
    let kept = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("../target/e2e")
        .join(name);
    // What an earlier run left would mislead.
    let _ = fs::remove_dir_all(&kept);
    fs::create_dir_all(&kept)?;
    let stage = Stage {
        windows: RefCell::default(),
        desktop: Desktop::start_on(display, keyring)?,
        kept,
    };
    fs::create_dir_all(stage.home())?;
    let outcome = panic::catch_unwind(AssertUnwindSafe(|| test(&stage)));
    if !matches!(outcome, Ok(Ok(()))) {
        stage.keep();
    }
    match outcome {
        Ok(result) => result.with_context(|| format!("see {}", stage.kept.display())),
        Err(panic) => panic::resume_unwind(panic),
    }
}

impl Stage {
    /// The app's `DRAGOMAN_HOME`: a path that plain code stumbles over.
    pub fn home(&self) -> PathBuf {
        self.desktop.path("数据 folder")
    }

    /// The app as it is tested: `DRAGOMAN_BIN`, or what cargo built beside the test.
    ///
    /// # Errors
    /// When it is not built.
    pub fn app(&self) -> Result<App> {
        let binary = match std::env::var_os("DRAGOMAN_BIN") {
            Some(path) => PathBuf::from(path),
            None => built("dragoman")?,
        };
        let home = self.home().to_string_lossy().into_owned();
        let env = vec![("DRAGOMAN_HOME".to_owned(), home)];
        Ok(App {
            binary,
            args: Vec::new(),
            env,
        })
    }

    /// Opens the app's window and waits until its composer can be used.
    ///
    /// # Errors
    /// When it does not come up.
    pub fn open(&self) -> Result<Rc<Window>> {
        let window = self.open_app(&self.app()?)?;
        window.part("composer-input").wait_shown()?;
        Ok(window)
    }

    /// Opens the window of any app.
    ///
    /// # Errors
    /// When it does not come up.
    pub fn open_app(&self, app: &App) -> Result<Rc<Window>> {
        let log = self
            .kept
            .join(format!("app-{}.log", self.windows.borrow().len() + 1));
        let window = Rc::new(Window::open(&self.desktop, app, &log)?);
        self.windows.borrow_mut().push(Rc::clone(&window));
        Ok(window)
    }

    /// Drags files from another window onto the middle of this one, and drops them.
    ///
    /// # Errors
    /// When the window does not take them.
    pub fn drop_files<P: AsRef<Path>>(&self, window: &Window, paths: &[P]) -> Result<()> {
        let drag = Drag::files(&self.desktop, paths)?;
        drag.over(window.rect()?.center())?;
        drag.drop()
    }

    /// Where files of this test may be kept beside the log: screenshots, for example.
    pub fn kept(&self, name: &str) -> PathBuf {
        self.kept.join(name)
    }

    /// Keeps what can be seen now. Errors are told and passed over: the test has failed already.
    fn keep(&self) {
        let windows = self.windows.borrow();
        let Some(window) = windows.iter().rev().find(|window| window.is_open()) else {
            return;
        };
        if let Err(error) = window.screenshot(&self.kept.join("failed.png")) {
            eprintln!("no screenshot: {error:#}");
        }
        match window.session().source() {
            Ok(html) => {
                let _ = fs::write(self.kept.join("failed.html"), html);
            }
            Err(error) => eprintln!("no page: {error:#}"),
        }
    }
}
