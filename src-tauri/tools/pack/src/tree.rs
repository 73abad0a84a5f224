//! What is installed, as it lies below the root.

use std::ffi::OsStr;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, ensure};

use crate::changelog::Changelog;
use crate::{debian, metainfo, moment, notices, read, root, sbom, version, write};

/// The programs; they find each other by lying in one folder.
pub const PROGRAMS: [&str; 3] = ["dragoman", "dragoman-cli", "dragoman-draw"];

/// Where the completions of a shell lie under `usr/share`, of `dragoman-cli` and `dragoman`.
const COMPLETIONS: [(&str, &str, &str); 3] = [
    (
        "bash",
        "bash-completion/completions/dragoman-cli",
        "bash-completion/completions/dragoman",
    ),
    (
        "zsh",
        "zsh/vendor-completions/_dragoman-cli",
        "zsh/vendor-completions/_dragoman",
    ),
    (
        "fish",
        "fish/vendor_completions.d/dragoman-cli.fish",
        "fish/vendor_completions.d/dragoman.fish",
    ),
];

/// The completions of `dragoman`, in the order of [`COMPLETIONS`].
const OF_THE_WINDOW: [&str; 3] = ["dragoman.bash", "_dragoman", "dragoman.fish"];

/// What is copied as it is: from the root of the repository, to `usr/share`.
const COPIED: [(&str, &str); 7] = [
    (
        "packaging/linux/dragoman.desktop",
        "applications/dragoman.desktop",
    ),
    (
        "packaging/linux/zz-dragoman.desktop",
        "applications/zz-dragoman.desktop",
    ),
    ("packaging/linux/dragoman.1", "man/man1/dragoman.1"),
    (
        "packaging/linux/dragoman-draw.1",
        "man/man1/dragoman-draw.1",
    ),
    (
        "icons/dragoman.svg",
        "icons/hicolor/scalable/apps/dragoman.svg",
    ),
    (
        "icons/dragoman-symbolic.svg",
        "icons/hicolor/symbolic/apps/dragoman-symbolic.svg",
    ),
    ("CHANGELOG.md", "doc/dragoman/changelog"),
];

/// Makes `OUT/tree`, and `OUT/debian-changelog` beside it.
///
/// # Errors
/// When a program is not built, or a step fails.
pub fn make(programs: &Path, out: &Path) -> Result<()> {
    let tree = out.join("tree");
    if tree.exists() {
        fs::remove_dir_all(&tree)?;
    }
    let programs_to = tree.join("usr/bin");
    fs::create_dir_all(&programs_to)?;
    for name in PROGRAMS {
        strip(&programs.join(name), &programs_to.join(name))?;
    }
    let share = tree.join("usr/share");
    for (from, to) in COPIED {
        copy(&root().join(from), &share.join(to))?;
    }
    for (size, path) in icons()? {
        copy(
            &path,
            &share.join(format!("icons/hicolor/{size}/apps/dragoman.png")),
        )?;
    }
    document(&programs_to.join("dragoman-cli"), &share)?;
    let (changelog, version) = (Changelog::ours()?, version()?);
    write(
        &share.join("metainfo/dev.dragoman.desktop.metainfo.xml"),
        &metainfo::make(&changelog, &version)?,
    )?;
    write(
        &share.join("doc/dragoman/THIRD-PARTY.txt"),
        &notices::make()?,
    )?;
    write(&share.join("doc/dragoman/sbom.cdx.json"), &sbom::make()?)?;
    write(
        &out.join("debian-changelog"),
        &debian::changelog(&changelog, &version, moment()?),
    )
}

/// The icons of one size each: "48x48", and the file.
fn icons() -> Result<Vec<(String, PathBuf)>> {
    let folder = root().join("icons/hicolor");
    let mut icons = Vec::new();
    for entry in fs::read_dir(&folder)? {
        let path = entry?.path();
        if path.extension().is_some_and(|ending| ending == "png") {
            let size = path.file_stem().unwrap_or_default().to_string_lossy();
            icons.push((format!("{size}x{size}"), path));
        }
    }
    ensure!(!icons.is_empty(), "no icons in {}", folder.display());
    icons.sort();
    Ok(icons)
}

/// What the command line says of itself, and what completes the window's program.
fn document(program: &Path, share: &Path) -> Result<()> {
    let manual = share.join("man/man1");
    output(program, &[OsStr::new("man"), manual.as_os_str()])?;
    for ((shell, of_cli, of_window), own) in COMPLETIONS.into_iter().zip(OF_THE_WINDOW) {
        let text = output(program, &[OsStr::new("completions"), OsStr::new(shell)])?;
        write(&share.join(of_cli), &text)?;
        let own = root().join("packaging/linux/completions").join(own);
        write(&share.join(of_window), &read(&own)?)?;
    }
    Ok(())
}

/// A program without its symbols.
fn strip(from: &Path, to: &Path) -> Result<()> {
    ensure!(from.is_file(), "{} is not built", from.display());
    output(
        Path::new("strip"),
        &[OsStr::new("-o"), to.as_os_str(), from.as_os_str()],
    )?;
    Ok(())
}

fn copy(from: &Path, to: &Path) -> Result<()> {
    fs::create_dir_all(to.parent().context("a file lies in a folder")?)?;
    fs::copy(from, to).with_context(|| format!("cannot copy {}", from.display()))?;
    Ok(())
}

/// What a program prints.
///
/// # Errors
/// When it cannot be started, or fails.
pub fn output(program: &Path, arguments: &[&OsStr]) -> Result<String> {
    let output = Command::new(program).args(arguments).output();
    let output = output.with_context(|| format!("cannot start {}", program.display()))?;
    ensure!(
        output.status.success(),
        "{} {arguments:?}: {}",
        program.display(),
        String::from_utf8_lossy(&output.stderr)
    );
    Ok(String::from_utf8(output.stdout)?)
}
