//! The page: Node, its packages, its build; each only when something changed.

use std::fs;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, ensure};

use crate::shell::{command, output, root, run};

/// npm, as the system calls it.
const NPM: &str = if cfg!(windows) { "npm.cmd" } else { "npm" };

/// What goes into the page, beside its packages.
const SOURCES: &[&str] = &[
    "src",
    "messages",
    "project.inlang",
    "index.html",
    "package.json",
    "package-lock.json",
];

/// Folders under these that a build makes.
const MADE: &[&str] = &["paraglide", "cache"];

fn ui() -> PathBuf {
    root().join("ui")
}

/// npm in the folder of the page.
fn npm(arguments: &[&str]) -> Command {
    let mut npm = command(NPM);
    npm.current_dir(ui()).args(arguments);
    npm
}

/// Checks Node, and installs the page's packages when their list changed.
///
/// # Errors
/// When Node is missing or too old, or npm fails.
pub fn ensure_packages() -> Result<()> {
    check_node()?;
    let mark = ui().join("node_modules/.dragoman-packages");
    let now = digest(&[ui().join("package-lock.json")])?;
    if is_marked(&mark, &now) {
        return Ok(());
    }
    run(&mut npm(&["ci", "--no-audit", "--no-fund"]))?;
    fs::write(&mark, now).with_context(|| format!("cannot write {}", mark.display()))
}

/// Builds the page when one of its sources changed.
///
/// # Errors
/// When the build fails.
pub fn ensure_built() -> Result<()> {
    ensure_packages()?;
    build("build", ".dragoman-page", "dist")
}

/// Builds the page on its fake of the shell, for a browser, when one of its sources changed.
///
/// # Errors
/// When the build fails.
pub fn ensure_fake_built() -> Result<()> {
    ensure_packages()?;
    build("build:fake", ".dragoman-fake", "dist-fake")
}

/// Runs a script of the page that makes the folder `out`, unless `mark` says that it was
/// run on the same sources.
fn build(script: &str, mark: &str, out: &str) -> Result<()> {
    let mark = ui().join("node_modules").join(mark);
    let mut sources: Vec<PathBuf> = SOURCES.iter().map(|name| ui().join(name)).collect();
    for entry in fs::read_dir(ui())?.flatten() {
        let path = entry.path();
        if path
            .extension()
            .is_some_and(|end| end == "ts" || end == "js")
        {
            sources.push(path);
        }
    }
    sources.sort();
    let now = digest(&sources)?;
    if is_marked(&mark, &now) && ui().join(out).join("index.html").is_file() {
        return Ok(());
    }
    run(&mut npm(&["run", script]))?;
    fs::write(&mark, now).with_context(|| format!("cannot write {}", mark.display()))
}

/// Lint, types and unit tests of the page.
///
/// # Errors
/// When one of them fails.
pub fn test() -> Result<()> {
    ensure_packages()?;
    for script in ["lint", "check", "test"] {
        run(&mut npm(&["run", script]))?;
    }
    Ok(())
}

/// Vite runs on Node 20.19 and on 22.12 and later.
fn check_node() -> Result<()> {
    const ADVICE: &str = "Dragoman's page is built by Node 20.19 or later, or 22.12 or later, with \
                          npm: https://nodejs.org/en/download";
    let version = output("node", &["--version"]).with_context(|| format!("No Node. {ADVICE}"))?;
    let mut numbers = version
        .trim_start_matches('v')
        .split('.')
        .map(str::parse::<u32>);
    let mut next = || numbers.next().and_then(Result::ok).unwrap_or(0);
    let (major, minor) = (next(), next());
    let fits = match major {
        20 => minor >= 19,
        22 => minor >= 12,
        _ => major > 22,
    };
    ensure!(fits, "Node {version} is too old. {ADVICE}");
    ensure!(
        output(NPM, &["--version"]).is_some(),
        "Node is there, npm is not. {ADVICE}"
    );
    Ok(())
}

fn is_marked(mark: &Path, digest: &str) -> bool {
    fs::read_to_string(mark).is_ok_and(|marked| marked == digest)
}

/// A digest of the names and contents of files and folders. It tells whether
/// something changed here; nothing else may lean on it.
fn digest(paths: &[PathBuf]) -> Result<String> {
    let mut hasher = DefaultHasher::new();
    let mut left: Vec<PathBuf> = paths.iter().rev().cloned().collect();
    while let Some(path) = left.pop() {
        if path.is_dir() {
            if path
                .file_name()
                .is_some_and(|name| MADE.iter().any(|made| name == *made))
            {
                continue;
            }
            let mut inside: Vec<PathBuf> = fs::read_dir(&path)?
                .map(|entry| Ok(entry?.path()))
                .collect::<Result<_>>()?;
            inside.sort();
            left.extend(inside.into_iter().rev());
        } else {
            path.hash(&mut hasher);
            let bytes =
                fs::read(&path).with_context(|| format!("cannot read {}", path.display()))?;
            bytes.hash(&mut hasher);
        }
    }
    Ok(format!("{:016x}", hasher.finish()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_digest_changes_with_a_name_and_with_a_byte_but_not_with_what_is_made() {
        let folder = tempfile::tempdir().unwrap();
        let folder = folder.path();
        fs::create_dir_all(folder.join("src/paraglide")).unwrap();
        let write = |name: &str, text: &str| fs::write(folder.join(name), text).unwrap();
        let now = || digest(&[folder.join("src")]).unwrap();
        write("src/a.ts", "1");
        let first = now();
        write("src/paraglide/made.js", "x");
        assert_eq!(now(), first);
        write("src/a.ts", "2");
        let second = now();
        assert_ne!(second, first);
        fs::rename(folder.join("src/a.ts"), folder.join("src/b.ts")).unwrap();
        assert_ne!(now(), second);
    }
}
