//! `cargo xtask test` and `cargo xtask check`: what must hold.

use std::process::Command;
use std::time::Instant;

use anyhow::{Result, bail};
use tempfile::TempDir;

use crate::bundle;
use crate::page;
use crate::shell::{Profile, cargo, run};
use crate::system::{self, Need};

/// Windows at once: each is a desktop with three web processes.
const WINDOWS: &str = "--test-threads=2";

/// Steps, with how long each took and whether it held.
#[derive(Default)]
struct Steps(Vec<(&'static str, f64, Result<()>)>);

impl Steps {
    /// Runs a step; a later one runs even when this fails, so that one run tells all.
    fn step(&mut self, name: &'static str, work: impl FnOnce() -> Result<()>) {
        let start = Instant::now();
        let outcome = work();
        if let Err(error) = &outcome {
            eprintln!("{name}: {error:#}");
        }
        self.0.push((name, start.elapsed().as_secs_f64(), outcome));
    }

    /// Prints what held.
    fn finish(self) -> Result<()> {
        eprintln!();
        let mut failed = 0;
        for (name, seconds, outcome) in &self.0 {
            let word = if outcome.is_ok() { "ok" } else { "FAILED" };
            failed += usize::from(outcome.is_err());
            eprintln!("{word:>6}  {seconds:7.1} s  {name}");
        }
        if failed > 0 {
            bail!("{failed} of {} steps failed", self.0.len());
        }
        Ok(())
    }
}

/// Every test there is, the real window included. With a filter only the tests
/// whose names hold it, and no lints.
///
/// # Errors
/// When one step fails; all of them are run.
pub fn test(filter: Option<&str>) -> Result<()> {
    system::ensure_packages(if cfg!(target_os = "linux") {
        Need::Test
    } else {
        Need::Run
    })?;
    // The shell embeds the page: without it nothing of the shell compiles.
    page::ensure_built()?;
    if cfg!(target_os = "linux") {
        page::ensure_fake_built()?;
    }
    let mut steps = Steps::default();
    if filter.is_none() {
        steps.step("formatting", || {
            run(cargo().args(["fmt", "--all", "--check"]))
        });
        steps.step("page", page::test);
        steps.step("packaging", bundle::test);
        steps.step("clippy", || {
            run(clippy().args(["--workspace", "--all-targets", "--", "-D", "warnings"]))
        });
    }
    // The tests start the app's own binaries, which `cargo test` alone does not build. With
    // all targets the features are those of the tests, so nothing is built twice.
    steps.step("build", || {
        run(cargo().args(["build", "--workspace", "--all-targets"]))
    });
    steps.step("tests", || {
        let scratch = scratch()?;
        let mut tests = cargo();
        tests
            .env("DRAGOMAN_BIN", Profile::Dev.program("dragoman"))
            .env("TMPDIR", scratch.path())
            .args(["test", "--workspace", "--no-fail-fast"]);
        if !cfg!(target_os = "linux") {
            // The window is driven on Linux only.
            tests.args(["--exclude", "tests"]);
        }
        run(tests.args(["--", WINDOWS]).args(filter))
    });
    steps.finish()
}

/// What holds without a web view: fast, and needs no system packages.
///
/// # Errors
/// When one step fails; all of them are run.
pub fn check() -> Result<()> {
    system::ensure_packages(Need::Crates)?;
    let mut steps = Steps::default();
    steps.step("formatting", || {
        run(cargo().args(["fmt", "--all", "--check"]))
    });
    steps.step("clippy", || {
        // The default members of the workspace are those that need no web view.
        run(clippy().args(["--all-targets", "--", "-D", "warnings"]))
    });
    // Builds `dragoman-draw` too, which those that read pictures start: it has tests.
    steps.step("crates", || {
        let scratch = scratch()?;
        run(cargo().env("TMPDIR", scratch.path()).arg("test"))
    });
    steps.step("page", page::test);
    steps.finish()
}

/// A folder for what tests write, which nobody else may list; as root a compositor that runs
/// as nobody reaches its own folder in it.
fn scratch() -> Result<TempDir> {
    let mut folder = tempfile::Builder::new();
    folder.prefix("dragoman-tests-");
    #[cfg(unix)]
    folder.permissions(std::os::unix::fs::PermissionsExt::from_mode(0o711));
    Ok(folder.tempdir()?)
}

fn clippy() -> Command {
    let mut clippy = cargo();
    clippy.arg("clippy");
    clippy
}
