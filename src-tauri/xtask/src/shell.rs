//! Running other programs, said before it is done.

use std::ffi::OsStr;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use anyhow::{Context, Result, bail};

/// The root of the workspace.
pub fn root() -> PathBuf {
    let here = Path::new(env!("CARGO_MANIFEST_DIR"));
    here.ancestors().nth(2).unwrap_or(here).to_owned()
}

/// Where cargo puts what it builds.
pub fn target() -> PathBuf {
    match std::env::var_os("CARGO_TARGET_DIR") {
        Some(path) => root().join(path),
        None => root().join("target"),
    }
}

/// A command at the root of the workspace.
pub fn command(program: impl AsRef<OsStr>) -> Command {
    let mut command = Command::new(program);
    command.current_dir(root());
    command
}

/// The cargo that runs this, without what it said to this package: `ring` is built
/// anew when that changes, and with it all that stands on it, each time that
/// `cargo xtask` follows a plain `cargo build`.
pub fn cargo() -> Command {
    let mut cargo = command(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
    for (name, _) in std::env::vars_os() {
        let own = name.to_string_lossy();
        if own.starts_with("CARGO_PKG_") || own.starts_with("CARGO_MANIFEST_") {
            cargo.env_remove(&name);
        }
    }
    cargo
}

/// How much time a build may take for the speed of what it builds.
#[derive(Debug, Clone, Copy)]
pub enum Profile {
    /// To work with: what `run` and `test` share.
    Dev,
    /// To measure with.
    Tools,
}

impl Profile {
    /// A program of the workspace as this profile builds it.
    pub fn program(self, name: &str) -> PathBuf {
        self.folder().join(executable(name))
    }

    /// An example of a crate as this profile builds it.
    pub fn example(self, name: &str) -> PathBuf {
        self.folder().join("examples").join(executable(name))
    }

    fn folder(self) -> PathBuf {
        target().join(match self {
            Self::Dev => "debug",
            Self::Tools => "tools",
        })
    }

    /// As cargo is told.
    pub fn name(self) -> &'static str {
        match self {
            Self::Dev => "dev",
            Self::Tools => "tools",
        }
    }
}

/// A program's file.
pub fn executable(name: &str) -> String {
    format!("{name}{}", std::env::consts::EXE_SUFFIX)
}

/// Builds every program. Of the whole workspace, since a crate that is built for
/// fewer of its users has other features and would be compiled once for each choice.
///
/// # Errors
/// When it does not build.
pub fn build_bins(profile: Profile) -> Result<()> {
    run(cargo().args([
        "build",
        "--workspace",
        "--bins",
        "--profile",
        profile.name(),
    ]))
}

/// Says what is run, runs it, and fails when it does.
///
/// # Errors
/// When it cannot be started, or ends with a code other than 0.
pub fn run(command: &mut Command) -> Result<()> {
    let said = say(command);
    eprintln!("\n> {said}");
    let status = command
        .status()
        .with_context(|| format!("cannot start {said}"))?;
    if !status.success() {
        bail!("{said}: {status}");
    }
    Ok(())
}

/// What a program prints, without the line break at its end; `None` when it is
/// not there or fails.
pub fn output(program: &str, arguments: &[&str]) -> Option<String> {
    let output = Command::new(program)
        .args(arguments)
        .stderr(Stdio::null())
        .stdin(Stdio::null())
        .output();
    let output = output.ok().filter(|output| output.status.success())?;
    Some(
        String::from_utf8_lossy(&output.stdout)
            .trim_end()
            .to_owned(),
    )
}

/// Is there such a program?
pub fn has(program: &str) -> bool {
    let folders = std::env::var_os("PATH").unwrap_or_default();
    std::env::split_paths(&folders).any(|folder| folder.join(program).is_file())
}

fn say(command: &Command) -> String {
    let program = Path::new(command.get_program())
        .file_name()
        .unwrap_or_default();
    let words = std::iter::once(program).chain(command.get_args());
    words
        .map(OsStr::to_string_lossy)
        .collect::<Vec<_>>()
        .join(" ")
}
