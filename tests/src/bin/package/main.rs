//! `cargo xtask prove package`: the packages judged by the tools of their systems, and the
//! `.deb` in a fresh Debian: installed, used, upgraded, removed and purged.
//!
//! Runs as root, since it makes a root of its own; the app in it runs as a user. Called with
//! the two packages; with `inside` it is the part that runs in that Debian.

mod checks;
mod files;
mod inside;
mod life;
mod root;

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::{Result, bail};

use checks::Checks;
use root::Root;

fn main() -> ExitCode {
    match answer() {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("package: {error:#}");
            ExitCode::FAILURE
        }
    }
}

fn answer() -> Result<()> {
    let arguments: Vec<PathBuf> = std::env::args_os().skip(1).map(PathBuf::from).collect();
    match arguments.as_slice() {
        [word, step] if word == Path::new("inside") => inside::run(&step.to_string_lossy()),
        [debian, rpm] => prove(debian, rpm),
        _ => bail!("usage: package DEB RPM"),
    }
}

fn prove(debian: &Path, rpm: &Path) -> Result<()> {
    if !rustix::process::geteuid().is_root() {
        bail!("a Debian of its own is made by root: sudo cargo xtask prove package");
    }
    let mut checks = Checks::default();
    files::debian(&mut checks, debian)?;
    files::rpm(&mut checks, debian, rpm)?;
    let root = Root::make()?;
    life::of_the_package(&mut checks, &root, debian)?;
    checks.finish()
}
