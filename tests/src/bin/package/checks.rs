//! What was checked, a line each.

use std::ffi::OsStr;
use std::process::{Command, Stdio};

use anyhow::{Context, Result, bail, ensure};

/// Counts what held and what did not.
#[derive(Debug, Default)]
pub struct Checks {
    held: u32,
    failed: u32,
}

impl Checks {
    /// Checks one thing and prints whether it holds; a later one is checked even so.
    pub fn check(&mut self, name: &str, check: impl FnOnce() -> Result<()>) {
        match check() {
            Ok(()) => {
                self.held += 1;
                println!("    ok  {name}");
            }
            Err(error) => {
                self.failed += 1;
                println!("FAILED  {name}: {error:#}");
            }
        }
    }

    /// Fails when something did not hold.
    ///
    /// # Errors
    /// With how many did not.
    pub fn finish(self) -> Result<()> {
        println!("{} passed, {} failed", self.held, self.failed);
        ensure!(self.failed == 0, "{} checks failed", self.failed);
        Ok(())
    }
}

/// What a program prints, with what it says of errors; a failure where it is not there, and
/// the package that has it.
///
/// # Errors
/// When it fails.
pub fn tool(package: &str, words: &[&OsStr]) -> Result<String> {
    let (program, arguments) = words.split_first().context("a program is named")?;
    let mut command = Command::new(program);
    let output = command.args(arguments).stdin(Stdio::null()).output();
    let output = match output {
        Ok(output) => output,
        Err(error) => bail!("{program:?} cannot be started ({error}): apt-get install {package}"),
    };
    let said = format!(
        "{}{}",
        String::from_utf8_lossy(&output.stdout),
        String::from_utf8_lossy(&output.stderr)
    );
    ensure!(output.status.success(), "{}: {said}", output.status);
    Ok(said)
}
