//! `cargo xtask quirks`, `sse`, `fuzz wire`, `bench wire`: the examples of
//! `crates/wire`, so that xtask itself stays small.

use std::path;
use std::process::{Command, exit};

use anyhow::{Context, Result};

use crate::shell::{Profile, cargo, run};

/// Replays the cases of files through the real client (`quirks`), or through the
/// decoder of event streams (`sse`); see `examples/replay.rs`. Ends this process
/// with its code where that is not 0: 1 when a case falls short, 2 when a file
/// cannot be read.
///
/// # Errors
/// When it cannot be started.
pub fn replay(kind: &str, files: &[String]) -> Result<()> {
    let mut replay = example("replay");
    replay.args(["--", kind]);
    for file in files {
        // Named from where the user is; cargo starts it at the root.
        replay.arg(path::absolute(file).with_context(|| format!("{file} is no path"))?);
    }
    let status = replay.status().context("cannot start cargo")?;
    match status.code() {
        Some(0) => Ok(()),
        code => exit(code.unwrap_or(2)),
    }
}

/// Fuzzes the decoder in an optimised build; see `examples/fuzz.rs`.
///
/// # Errors
/// When something does not hold.
pub fn fuzz(executions: &[String]) -> Result<()> {
    run(example("fuzz")
        .args(["--profile", Profile::Tools.name(), "--"])
        .args(executions))
}

/// Measures an optimised build against a peer and a floor; see `examples/bench.rs`.
///
/// # Errors
/// When it does not build or run.
pub fn bench() -> Result<()> {
    run(example("bench").args(["--profile", Profile::Tools.name()]))
}

fn example(name: &str) -> Command {
    let mut run = cargo();
    run.args(["run", "--quiet", "--package", "wire", "--example", name]);
    run
}
