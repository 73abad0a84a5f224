//! Real drags from another program's window: XDND, as a file manager or a
//! browser does it, with a real pointer.

use std::ffi::OsStr;
use std::path::Path;
use std::process::Command;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, ensure};

use crate::desktop::Desktop;
use crate::process::{Program, built};
use crate::screen::{Point, Screen, Server};
use crate::wait::PATIENCE;

/// A drag that is under way; the button is down.
#[derive(Debug)]
pub struct Drag {
    screen: Screen,
    source: Program,
}

/// How long a press may take to become a drag, before it is tried again.
const BEGIN: Duration = Duration::from_secs(2);

/// Pause between two motions over a window that has not answered yet.
const NUDGE: Duration = Duration::from_millis(20);

/// How long an answer must stand to be the last.
const SETTLE: Duration = Duration::from_millis(100);

impl Drag {
    /// Picks up files, as from a file manager.
    ///
    /// # Errors
    /// When the source does not come up or does not start to drag.
    pub fn files<P: AsRef<Path>>(desktop: &Desktop, paths: &[P]) -> Result<Self> {
        let paths = paths.iter().map(|path| path.as_ref().as_os_str());
        Self::start(desktop, OsStr::new("files"), paths)
    }

    /// Picks up what these addresses name, each as it is written.
    ///
    /// # Errors
    /// When the source does not come up or does not start to drag.
    pub fn addresses(desktop: &Desktop, addresses: &[&str]) -> Result<Self> {
        let addresses = addresses.iter().map(OsStr::new);
        Self::start(desktop, OsStr::new("uris"), addresses)
    }

    /// Picks up a picture of a web page, as from a browser: its address and an `<img>`.
    ///
    /// # Errors
    /// When the source does not come up or does not start to drag.
    pub fn web_picture(desktop: &Desktop, url: &str) -> Result<Self> {
        Self::start(desktop, OsStr::new("web"), [OsStr::new(url)])
    }

    fn start<'a>(
        desktop: &Desktop,
        kind: &OsStr,
        things: impl IntoIterator<Item = &'a OsStr>,
    ) -> Result<Self> {
        let screen = Screen::open(desktop.server())?;
        let mut command: Command = desktop.command(built("drag-source")?);
        command.arg(kind).args(things);
        let source = Program::start("drag-source", &mut command)?;
        let mut at = source.line(PATIENCE, |line| {
            let mut numbers = line.strip_prefix("window ")?.split(' ').map(str::parse);
            Some(Point {
                x: numbers.next()?.ok()?,
                y: numbers.next()?.ok()?,
            })
        })?;
        if matches!(desktop.server(), Server::Sway(_)) {
            // There a window is not told where it is.
            at = screen.window_of(source.id())?.origin;
        }
        let drag = Self { screen, source };
        let deadline = Instant::now() + PATIENCE;
        while let Err(error) = drag.begin(at) {
            // The window may not be where it will be yet.
            drag.screen.release()?;
            ensure!(Instant::now() < deadline, error);
        }
        Ok(drag)
    }

    /// Presses near a corner of the source, and pulls.
    fn begin(&self, at: Point) -> Result<()> {
        let step = |n: i16| Point {
            x: at.x + 20 + 4 * n,
            y: at.y + 20 + 4 * n,
        };
        self.screen.move_to(step(0))?;
        self.screen.press()?;
        // Past GTK's threshold of 8 pixels a press becomes a drag.
        for n in 1..=6 {
            self.screen.move_to(step(n))?;
        }
        let begun = |line: &str| (line == "begin").then_some(());
        self.source.line(BEGIN, begun)
    }

    /// Moves over a window until it says that it would take what is dragged.
    ///
    /// # Errors
    /// When it does not say so in time.
    pub fn over(&self, to: Point) -> Result<()> {
        let deadline = Instant::now() + PATIENCE;
        let mut step = 0;
        loop {
            // A target answers to motions, and not to every one.
            step = (step + 1) % 5;
            self.screen.move_to(Point {
                x: to.x + step,
                y: to.y + step,
            })?;
            match self
                .source
                .line(NUDGE, |line| (line == "action copy").then_some(()))
            {
                // An answer to an older motion may still be taken back by that to the last.
                Ok(()) => {
                    let back = |line: &str| (line == "action none").then_some(());
                    if self.source.line(SETTLE, back).is_err() {
                        return Ok(());
                    }
                }
                Err(error) if Instant::now() >= deadline => {
                    return Err(error).context("the window under the pointer takes no drop");
                }
                Err(_) => {}
            }
        }
    }

    /// Lets go, and waits until both sides are done.
    ///
    /// # Errors
    /// When the drop was refused, or never ends.
    pub fn drop(self) -> Result<()> {
        self.drop_at().map(|_| ())
    }

    /// As [`Drag::drop`]; when the source sent the drop, in milliseconds since the
    /// epoch.
    ///
    /// # Errors
    /// As there.
    pub fn drop_at(self) -> Result<f64> {
        self.screen.release()?;
        let dropped = self.source.line(PATIENCE, |line| {
            line.strip_prefix("dropped ")?.parse::<f64>().ok()
        })?;
        let taken = self.source.line(PATIENCE, |line| {
            line.strip_prefix("end ").map(str::to_owned)
        })?;
        ensure!(taken == "taken", "the drop was {taken}");
        Ok(dropped)
    }

    /// Moves away from the window, to where nothing takes a drop.
    ///
    /// # Errors
    /// When the server is gone.
    pub fn away(&self) -> Result<()> {
        for x in 0..10 {
            self.screen.move_to(Point { x, y: 998 })?;
        }
        Ok(())
    }
}
