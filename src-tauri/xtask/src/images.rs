//! `cargo xtask pictures`, `bench images`, `fuzz images`: release builds of the
//! examples of `crates/images`, so that xtask itself stays small.

use std::path::PathBuf;

use anyhow::{Context, Result};

use crate::shell::{cargo, run};

/// Prepares every file of `folder` into `out`; see `examples/pictures.rs`.
///
/// # Errors
/// When the folder cannot be listed, `out` cannot be made, or nothing builds.
pub fn pictures(folder: &str, out: &str) -> Result<()> {
    example("pictures", &[from_here(folder)?, from_here(out)?])
}

/// What a user names is meant from where they are, not from the root.
fn from_here(path: &str) -> Result<String> {
    let path: PathBuf = std::path::absolute(path).with_context(|| format!("no path: {path}"))?;
    Ok(path.to_string_lossy().into_owned())
}

fn example(name: &str, arguments: &[String]) -> Result<()> {
    run(cargo()
        .args(["run", "--quiet", "--release", "--package", "images"])
        .args(["--example", name, "--"])
        .args(arguments))
}
