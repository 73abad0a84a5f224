//! `cargo xtask run`: from a clean clone to the open window.

use anyhow::Result;

use crate::page;
use crate::shell::{Profile, build_bins, command, run as start};
use crate::system::{self, Need};

/// Sets up what is missing, builds what changed, and opens the app.
///
/// # Errors
/// When a step fails.
pub fn run(arguments: &[String]) -> Result<()> {
    system::ensure_packages(Need::Run)?;
    page::ensure_built()?;
    build_bins(Profile::Dev)?;
    start(command(Profile::Dev.program("dragoman")).args(arguments))
}
