//! The app's real window, driven through WebKitWebDriver.

mod part;

use std::fs::{self, File};
use std::net::{Ipv4Addr, TcpListener};
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use rustix::process::Signal;
use serde_json::Value;

pub use part::Part;

use crate::desktop::Desktop;
use crate::process::{self, Program};
use crate::screen::{Key, Point, Rect, Screen};
use crate::wait;
use crate::webdriver::{self, Session};

/// What is opened.
#[derive(Debug, Clone)]
pub struct App {
    /// The program.
    pub binary: PathBuf,
    /// Its arguments.
    pub args: Vec<String>,
    /// Variables added to its environment.
    pub env: Vec<(String, String)>,
}

/// An open window.
#[derive(Debug)]
pub struct Window {
    driver: Program,
    session: Session,
    screen: Screen,
    process: u32,
    log: PathBuf,
}

impl Window {
    /// Starts the app in a desktop and waits for its page. What it prints goes
    /// to the file `log`.
    ///
    /// # Errors
    /// When it does not come up.
    pub fn open(desktop: &Desktop, app: &App, log: &Path) -> Result<Self> {
        let port = free_port()?;
        let output = File::create(log)?;
        let mut command = desktop.command("WebKitWebDriver");
        command
            .arg(format!("--port={port}"))
            .arg("--host=127.0.0.1")
            .env("TAURI_WEBVIEW_AUTOMATION", "true")
            .envs(app.env.iter().map(|(name, value)| (name, value)))
            .stdout(output.try_clone()?)
            .stderr(output);
        let driver = Program::spawn("WebKitWebDriver", &mut command)?;
        wait::until("WebKitWebDriver", || {
            Ok(webdriver::is_ready(port)?.then_some(()))
        })?;
        let args: Vec<&str> = app.args.iter().map(String::as_str).collect();
        let session = Session::start(port, &app.binary, &args)
            .with_context(|| format!("{} did not come up: {}", app.binary.display(), tail(log)))?;
        let process = process::children(driver.id())
            .into_iter()
            .find(|(_, path)| path.file_name() == app.binary.file_name())
            .context("the app runs under its driver")?
            .0;
        let screen = Screen::open(desktop.server())?;
        Ok(Self {
            driver,
            session,
            screen,
            process,
            log: log.to_owned(),
        })
    }

    /// The first part of the page with this `data-testid`.
    pub fn part(&self, testid: &str) -> Part<'_> {
        Part::new(&self.session, testid)
    }

    /// The first part of the page that matches a CSS selector.
    pub fn css(&self, css: &str) -> Part<'_> {
        Part::of(&self.session, css.to_owned())
    }

    /// Its process id.
    pub fn process(&self) -> u32 {
        self.process
    }

    /// Its WebDriver session, for what no step here does.
    pub fn session(&self) -> &Session {
        &self.session
    }

    /// Runs the body of a function in the page.
    ///
    /// # Errors
    /// When it throws.
    pub fn script(&self, body: &str, arguments: &[Value]) -> Result<Value> {
        self.session.execute(body, arguments)
    }

    /// Where the window is on the screen.
    ///
    /// # Errors
    /// When it shows none in time.
    pub fn rect(&self) -> Result<Rect> {
        self.screen.window_of(self.process)
    }

    /// Drags a thing of the page onto another with the real pointer.
    ///
    /// # Errors
    /// When one of them is not there.
    pub fn drag(&self, from: &Part<'_>, to: &Part<'_>) -> Result<()> {
        self.screen.activate(self.process)?;
        let (from, to) = (self.middle(from)?, self.middle(to)?);
        self.screen.move_to(from)?;
        self.screen.press()?;
        let steps = 8;
        for step in 1..=steps {
            let between = |from: i16, to: i16| from + (to - from) / steps * step;
            self.screen.move_to(Point {
                x: between(from.x, to.x),
                y: between(from.y, to.y),
            })?;
        }
        self.screen.move_to(to)?;
        self.screen.release()
    }

    /// Clicks a part with the real pointer.
    ///
    /// # Errors
    /// When it is not there.
    pub fn click(&self, part: &Part<'_>) -> Result<()> {
        self.screen.activate(self.process)?;
        self.screen.move_to(self.middle(part)?)?;
        self.screen.press()?;
        self.screen.release()
    }

    /// Clicks a part with the real right button.
    ///
    /// # Errors
    /// When it is not there.
    pub fn right_click(&self, part: &Part<'_>) -> Result<()> {
        self.screen.activate(self.process)?;
        self.screen.right_click(self.middle(part)?)
    }

    /// Where on the screen the middle of a part is.
    fn middle(&self, part: &Part<'_>) -> Result<Point> {
        let window = self.rect()?;
        let at = part.middle()?;
        // Under Wayland the window has a title of its own above the page.
        let page = self.script("return window.innerHeight", &[])?;
        let page = page.as_u64().and_then(|page| u16::try_from(page).ok());
        let title = page.and_then(|page| window.height.checked_sub(page));
        Ok(Point {
            x: window.origin.x + at.x,
            y: window.origin.y + i16::try_from(title.unwrap_or(0))? + at.y,
        })
    }

    /// Presses real keys, with the window in front: one key, or a chord.
    ///
    /// # Errors
    /// When the window is gone.
    pub fn keys(&self, keys: &[Key]) -> Result<()> {
        self.screen.activate(self.process)?;
        self.screen.keys(keys)
    }

    /// Waits for a dialog of the app's own, outside the page, and gives it the focus; its
    /// title.
    ///
    /// # Errors
    /// When none comes.
    pub fn dialog(&self) -> Result<String> {
        wait::until("a dialog", || self.screen.activate_dialog(self.process))
    }

    /// Presses real keys, one after the other, in the dialog that has the focus, and
    /// waits until it is gone.
    ///
    /// # Errors
    /// When it stays.
    pub fn answer_dialog(&self, keys: &[Key]) -> Result<()> {
        for key in keys {
            self.screen.keys(&[*key])?;
        }
        wait::until("the dialog to go", || {
            Ok(self
                .screen
                .activate_dialog(self.process)?
                .is_none()
                .then_some(()))
        })
    }

    /// Does the app show a dialog now?
    ///
    /// # Errors
    /// When the server is gone.
    pub fn has_dialog(&self) -> Result<bool> {
        Ok(self.screen.activate_dialog(self.process)?.is_some())
    }

    /// All that the app printed so far, to stdout and stderr.
    ///
    /// # Errors
    /// When the file cannot be read.
    pub fn log(&self) -> Result<String> {
        Ok(String::from_utf8_lossy(&fs::read(&self.log)?).into_owned())
    }

    /// Saves a picture of the page as a PNG.
    ///
    /// # Errors
    /// When the page is gone.
    pub fn screenshot(&self, path: &Path) -> Result<()> {
        fs::write(path, STANDARD.decode(self.session.screenshot()?)?)?;
        Ok(())
    }

    /// Loads the page anew, as a reload by the user would.
    ///
    /// # Errors
    /// When the page is gone.
    pub fn reload(&self) -> Result<()> {
        self.session.reload()
    }

    /// Closes the window as its close button does, and waits for the app to end.
    ///
    /// # Errors
    /// When it does not end.
    pub fn close(&self) -> Result<()> {
        self.screen.close(self.process)?;
        self.wait_for_end()
    }

    /// Kills the app as a crash would, and waits until it is gone.
    ///
    /// # Errors
    /// When it is gone already.
    pub fn kill(&self) -> Result<()> {
        process::kill(self.process)?;
        self.wait_for_end()
    }

    /// Kills the process that shows the page, as the system does when memory runs out.
    ///
    /// # Errors
    /// When there is none.
    pub fn kill_page(&self) -> Result<()> {
        let (page, _) = process::children(self.process)
            .into_iter()
            .find(|(_, path)| path.ends_with("WebKitWebProcess"))
            .context("a process shows the page")?;
        process::kill(page)?;
        wait::until("the page's process to end", || {
            Ok((!process::runs(page)).then_some(()))
        })
    }

    /// Asks the app to end as the system does, and waits until it is gone.
    ///
    /// # Errors
    /// When it is gone already, or stays.
    pub fn signal(&self, signal: Signal) -> Result<()> {
        process::signal(self.process, signal)?;
        self.wait_for_end()
    }

    /// Does the app run?
    pub fn is_open(&self) -> bool {
        process::runs(self.process)
    }

    fn wait_for_end(&self) -> Result<()> {
        wait::until("the app to end", || Ok((!self.is_open()).then_some(())))
    }

    /// The processes of the app and of its web views, the driver not among them.
    pub fn family(&self) -> Vec<u32> {
        let mut family = vec![self.process];
        let mut next = 0;
        while let Some(&id) = family.get(next) {
            family.extend(process::children(id).into_iter().map(|(id, _)| id));
            next += 1;
        }
        family
    }

    /// The process id of the driver.
    pub fn driver(&self) -> u32 {
        self.driver.id()
    }
}

/// A port that was free a moment ago.
fn free_port() -> Result<u16> {
    Ok(TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?
        .local_addr()?
        .port())
}

/// The end of a log, for an error message.
fn tail(log: &Path) -> String {
    let text = fs::read(log).map(|bytes| String::from_utf8_lossy(&bytes).into_owned());
    let text = text.unwrap_or_default();
    let lines: Vec<&str> = text.lines().rev().take(20).collect();
    lines.into_iter().rev().collect::<Vec<_>>().join("\n")
}
