//! `cargo xtask pictures`, `bench images`, `fuzz images`: optimised builds of the
//! examples of `crates/images`, so that xtask itself stays small.

use std::path::PathBuf;
use std::process::Command;

use anyhow::{Context, Result, ensure};

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

/// Pillow, whose test images are read, and which judges what was read in them.
const PILLOW: &str = "pillow==13.0.0";
const JUDGE: &str = "src-tauri/xtask/src/pillow.py";

/// The test images of Pillow, prepared whole and held against what Pillow reads in
/// them; prints the share that is right, and each that is not. What is fetched from
/// PyPI is kept under `target`.
///
/// # Errors
/// When Python with pip is not there, the package cannot be had, nothing builds, or
/// less than 98 % are right.
pub fn pillow() -> Result<()> {
    let folder = target().join("pillow");
    let (library, files, out) = (folder.join("lib"), folder.join("files"), folder.join("out"));
    if !library.is_dir() {
        run(pip(&["install", "--only-binary=:all:", "--target"])
            .arg(&library)
            .arg(PILLOW))?;
    }
    if !files.is_dir() {
        run(
            pip(&["download", "--no-deps", "--no-binary=:all:", "--dest"])
                .arg(&folder)
                .arg(PILLOW),
        )?;
        let mut found = std::fs::read_dir(&folder)?.filter_map(|entry| Some(entry.ok()?.path()));
        let source = found
            .find(|path| path.extension().is_some_and(|kind| kind == "gz"))
            .context("pip downloaded no source of Pillow")?;
        run(command("python3")
            .args([JUDGE, "lay"])
            .arg(source)
            .arg(&files))?;
    }
    if out.is_dir() {
        std::fs::remove_dir_all(&out)?;
    }
    let lines = folder.join("lines.jsonl");
    build("pictures")?;
    let made = command(Profile::Tools.example("pictures"))
        .args([&files, &out])
        .arg("--whole")
        .stdout(std::fs::File::create(&lines)?)
        .status()?;
    ensure!(made.success(), "the pictures were not read: {made}");
    run(command("python3")
        .env("PYTHONPATH", library)
        .args([JUDGE, "judge"])
        .args([files, lines, out]))
}

fn pip(arguments: &[&str]) -> Command {
    let mut pip = command("python3");
    pip.args(["-m", "pip", "--quiet", "--disable-pip-version-check"])
        .args(arguments);
    pip
}

/// Damaged files by the million; see `examples/fuzz_images.rs`.
///
/// # Errors
/// When one of them does harm.
pub fn fuzz(executions: &[String]) -> Result<()> {
    example("fuzz_images", executions)
}

/// Builds an example, and `dragoman-draw` beside it, and starts it.
fn example(name: &str, arguments: &[String]) -> Result<()> {
    build(name)?;
    run(command(Profile::Tools.example(name)).args(arguments))
}

fn build(example: &str) -> Result<()> {
    system::ensure_packages(Need::Crates)?;
    run(cargo()
        .args(["build", "--quiet", "--profile", Profile::Tools.name()])
        .args(["--package", "draw", "--package", "images"])
        .args(["--features", "images/tools", "--bins", "--example", example]))
}
