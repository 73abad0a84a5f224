//! `cargo xtask prove`: what takes too long for `test`, or hangs on time.

use anyhow::{Result, bail, ensure};

use crate::bundle;
use crate::images;
use crate::page;
use crate::shell::{Profile, build_bins, command, run};
use crate::system::{self, Need};

/// What can be proven by a program of its name in `tests/src/bin`.
const PROOFS: [&str; 1] = ["kills"];

/// What is proven without the app.
const PILLOW: &str = "pillow";

/// What is proven of the packages, by a program of its name there.
const PACKAGE: &str = "package";

/// Builds the program that is named first, and runs it with what follows.
///
/// # Errors
/// For a name that is not known; when a step fails, or something does not hold.
pub fn prove(arguments: &[String]) -> Result<()> {
    if arguments == [PILLOW] {
        return images::pillow();
    }
    if arguments == [PACKAGE] {
        return package();
    }
    let known = |name: &&String| PROOFS.contains(&name.as_str());
    let Some(name) = arguments.first().filter(known) else {
        bail!(
            "usage: cargo xtask prove NAME, which is one of: {}, {PILLOW}, {PACKAGE}",
            PROOFS.join(", ")
        );
    };
    system::ensure_packages(Need::Test)?;
    page::ensure_built()?;
    build_bins(Profile::Dev)?;
    run(command(Profile::Dev.program(name)).args(arguments.iter().skip(1)))
}

/// The packages that are made now, in a Debian of their own.
fn package() -> Result<()> {
    ensure!(
        cfg!(target_os = "linux"),
        "the packages of Linux are proven there"
    );
    system::ensure_packages(Need::Package)?;
    bundle::bundle(None)?;
    build_bins(Profile::Dev)?;
    run(command(Profile::Dev.program(PACKAGE)).args([bundle::debian()?, bundle::rpm()]))
}
