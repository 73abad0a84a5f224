//! A real clipboard, owned by another program.

use std::ffi::OsStr;
use std::path::Path;

use anyhow::{Result, ensure};
use rustix::process::Signal;

use crate::desktop::Desktop;
use crate::process::{Program, built, signal};
use crate::wait::PATIENCE;

/// What lies on the clipboard; gone when this value is dropped.
#[derive(Debug)]
pub struct Clipboard(Program);

impl Clipboard {
    /// A bitmap, as a screenshot tool leaves it: the bytes of a PNG file.
    ///
    /// # Errors
    /// When the owner does not come up.
    pub fn picture(desktop: &Desktop, png: &Path) -> Result<Self> {
        Self::start(desktop, "picture", [png.as_os_str()])
    }

    /// Files, as a file manager copies them.
    ///
    /// # Errors
    /// When the owner does not come up.
    pub fn files<P: AsRef<Path>>(desktop: &Desktop, paths: &[P]) -> Result<Self> {
        let paths = paths.iter().map(|path| path.as_ref().as_os_str());
        Self::start(desktop, "files", paths)
    }

    /// Text.
    ///
    /// # Errors
    /// When the owner does not come up.
    pub fn text(desktop: &Desktop, text: &str) -> Result<Self> {
        Self::start(desktop, "text", [OsStr::new(text)])
    }

    /// Data of several kinds, MIME type and text, as a browser leaves them; `@FILE`
    /// stands for the bytes of a file.
    ///
    /// # Errors
    /// When the owner does not come up.
    pub fn kinds(desktop: &Desktop, kinds: &[(&str, &str)]) -> Result<Self> {
        let things = kinds.iter().flat_map(|(kind, data)| [*kind, *data]);
        Self::start(desktop, "kinds", things.map(OsStr::new))
    }

    /// From here on it answers nobody: a program that hangs.
    ///
    /// # Errors
    /// When it is gone.
    pub fn fall_silent(&self) -> Result<()> {
        signal(self.0.id(), Signal::STOP)
    }

    /// What another program finds there of a kind.
    ///
    /// # Errors
    /// When there is nothing of it.
    pub fn read(desktop: &Desktop, kind: &str) -> Result<Vec<u8>> {
        let mut command = desktop.command(built("clipboard-owner")?);
        let output = command.arg("read").arg(kind).output()?;
        ensure!(output.status.success(), "the clipboard has no {kind}");
        Ok(output.stdout)
    }

    fn start<'a>(
        desktop: &Desktop,
        kind: &str,
        things: impl IntoIterator<Item = &'a OsStr>,
    ) -> Result<Self> {
        let mut command = desktop.command(built("clipboard-owner")?);
        command.arg(kind).args(things);
        let owner = Program::start("clipboard-owner", &mut command)?;
        owner.line(PATIENCE, |line| (line == "owner").then_some(()))?;
        Ok(Self(owner))
    }
}
