//! `cargo xtask pictures`, `bench images`, `fuzz images`: optimised builds of the
//! examples of `crates/images`, so that xtask itself stays small.

use std::path::PathBuf;

use anyhow::{Context, Result};

use crate::shell::{Profile, cargo, command, has, run, target};
use crate::system::{self, Need};

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

/// `prepare` beside libvips and sharp; see `examples/bench/`.
///
/// # Errors
/// When a peer cannot be installed, or a job fails.
pub fn bench() -> Result<()> {
    let folder = target().join("bench-images");
    let sharp = folder.join("sharp");
    if !has("vipsthumbnail") {
        run(command("apt-get").args(["install", "-y", "libvips-tools"]))?;
    }
    if !sharp.join("node_modules/sharp").is_dir() {
        std::fs::create_dir_all(&sharp)?;
        std::fs::write(sharp.join("package.json"), "{\"private\": true}\n")?;
        run(command("npm")
            .args(["install", "--prefix"])
            .arg(&sharp)
            .arg(SHARP))?;
    }
    let text = |path: &PathBuf| path.to_string_lossy().into_owned();
    example(
        "bench_images",
        &["all".to_owned(), text(&sharp), text(&folder)],
    )
}

const SHARP: &str = "sharp@0.35.5";

/// Damaged files by the million; see `examples/fuzz_images.rs`.
///
/// # Errors
/// When one of them does harm.
pub fn fuzz(executions: &[String]) -> Result<()> {
    example("fuzz_images", executions)
}

/// Builds an example, and `dragoman-draw` beside it, and starts it.
fn example(name: &str, arguments: &[String]) -> Result<()> {
    system::ensure_packages(Need::Crates)?;
    let profile = Profile::Tools;
    run(cargo()
        .args(["build", "--quiet", "--profile", profile.name()])
        .args(["--package", "draw", "--package", "images"])
        .args(["--features", "images/tools", "--bins", "--example", name]))?;
    run(command(profile.example(name)).args(arguments))
}
