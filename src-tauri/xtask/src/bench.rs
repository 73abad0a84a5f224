//! `cargo xtask bench`: figures of a release build, on this machine, now.

use anyhow::Result;

use crate::page;
use crate::shell::{cargo, run, target};
use crate::system::{self, Need};

/// Builds the app and an empty Tauri window for release, and measures both.
///
/// # Errors
/// When a step fails.
pub fn bench(arguments: &[String]) -> Result<()> {
    system::ensure_packages(Need::Test)?;
    page::ensure_built()?;
    run(cargo().args([
        "build",
        "--release",
        "--package",
        "dragoman",
        "--package",
        "tests",
        "--bins",
    ]))?;
    let mut bench = crate::shell::command(target().join("release/bench"));
    run(bench.args(arguments))
}
