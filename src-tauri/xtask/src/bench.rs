//! `cargo xtask bench`: figures of an optimised build, on this machine, now.

use anyhow::Result;

use crate::page;
use crate::shell::{Profile, build_bins, command, run};
use crate::system::{self, Need};

/// Builds the app and an empty Tauri window, optimised, and measures both.
///
/// # Errors
/// When a step fails.
pub fn bench(arguments: &[String]) -> Result<()> {
    system::ensure_packages(Need::Test)?;
    page::ensure_built()?;
    build_bins(Profile::Tools)?;
    run(command(Profile::Tools.program("bench")).args(arguments))
}
