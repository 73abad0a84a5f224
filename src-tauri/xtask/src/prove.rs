//! `cargo xtask prove`: what takes too long for `test`, or hangs on time.

use anyhow::{Result, bail};

use crate::images;
use crate::page;
use crate::shell::{Profile, build_bins, command, run};
use crate::system::{self, Need};

/// What can be proven by a program of its name in `tests/src/bin`.
const PROOFS: [&str; 1] = ["kills"];

/// What is proven without the app.
const PILLOW: &str = "pillow";

/// Builds the program that is named first, and runs it with what follows.
///
/// # Errors
/// For a name that is not known; when a step fails, or something does not hold.
pub fn prove(arguments: &[String]) -> Result<()> {
    if arguments == [PILLOW] {
        return images::pillow();
    }
    let known = |name: &&String| PROOFS.contains(&name.as_str());
    let Some(name) = arguments.first().filter(known) else {
        bail!(
            "usage: cargo xtask prove NAME, which is one of: {}, {PILLOW}",
            PROOFS.join(", ")
        );
    };
    system::ensure_packages(Need::Test)?;
    page::ensure_built()?;
    build_bins(Profile::Dev)?;
    run(command(Profile::Dev.program(name)).args(arguments.iter().skip(1)))
}
