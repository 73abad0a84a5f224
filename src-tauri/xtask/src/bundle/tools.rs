//! The tools that pack, each of one version, installed below `target/` when they are first
//! needed. Neither is a dependency of anything here, nor could both be of one workspace:
//! they want two versions of liblzma.

use std::path::PathBuf;
use std::process::Command;

use anyhow::Result;

use crate::shell::{cargo, command, executable, output, run, target};

/// A tool that packs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Tool {
    /// cargo-deb.
    Debian,
    /// cargo-generate-rpm.
    Rpm,
    /// Tauri's bundler, by its command line.
    Tauri,
}

impl Tool {
    /// The crate, its version, and the program that it has.
    fn name(self) -> (&'static str, &'static str, &'static str) {
        match self {
            Self::Debian => ("cargo-deb", "3.8.0", "cargo-deb"),
            Self::Rpm => ("cargo-generate-rpm", "0.21.1", "cargo-generate-rpm"),
            Self::Tauri => ("tauri-cli", "2.12.4", "cargo-tauri"),
        }
    }

    /// It, at the root of the workspace; installed when it is not there in this version.
    ///
    /// # Errors
    /// When it cannot be installed.
    pub fn command(self) -> Result<Command> {
        let (package, version, _) = self.name();
        let program = self.program();
        let own = output(&program.to_string_lossy(), &["--version"]);
        let is_there = own.is_some_and(|own| own.split_whitespace().any(|word| word == version));
        if !is_there {
            // By the lock that it was published with.
            run(cargo()
                .env("CARGO_TARGET_DIR", target().join("installing"))
                .args(["install", "--locked", "--force", "--root"])
                .arg(folder())
                .args(["--version", &format!("={version}"), package]))?;
        }
        Ok(command(program))
    }

    fn program(self) -> PathBuf {
        let (_, _, program) = self.name();
        folder().join("bin").join(executable(program))
    }
}

fn folder() -> PathBuf {
    target().join("installed")
}
