//! One start of a window, and the memory that it then takes.

use std::path::Path;
use std::time::{Duration, Instant};
use std::{fs, thread};

use anyhow::{Context, Result};
use tests::desktop::Desktop;
use tests::process::{Program, children};

/// From ready to the reading of memory: what is loaded late is loaded then.
pub const SETTLE: Duration = Duration::from_secs(3);

/// One start of a window.
pub struct Start {
    /// Until it can be used.
    pub ready: Duration,
    /// Memory, in KiB.
    pub pss_kib: u64,
}

/// Starts a window on a home, and ends it once its memory is read.
///
/// # Errors
/// When it does not start.
pub fn start(desktop: &Desktop, binary: &Path, home: &Path, sign: &str) -> Result<Start> {
    let mut command = desktop.command("sh");
    command
        .args(["-c", "exec \"$0\" 2>&1"])
        .arg(binary)
        .env("DRAGOMAN_HOME", home)
        .env("DRAGOMAN_BENCH", "1");
    let before = Instant::now();
    let program = Program::start("the window", &mut command)?;
    program.line(Duration::from_secs(60), |line| {
        line.starts_with(sign).then_some(())
    })?;
    let ready = before.elapsed();
    thread::sleep(SETTLE);
    Ok(Start {
        ready,
        pss_kib: pss(program.id())?,
    })
}

/// Proportional set size of a process and all below it, in KiB (proc(5)).
///
/// # Errors
/// When it is gone.
pub fn pss(process: u32) -> Result<u64> {
    let rollup = fs::read_to_string(format!("/proc/{process}/smaps_rollup"))?;
    let line = rollup
        .lines()
        .find_map(|line| line.strip_prefix("Pss:"))
        .context("a Pss line")?;
    let own: u64 = line.trim().trim_end_matches(" kB").parse()?;
    let below: Result<Vec<u64>> = children(process)
        .into_iter()
        .map(|(id, _)| pss(id))
        .collect();
    Ok(own + below?.into_iter().sum::<u64>())
}
