//! The command line beside `curl`: the same streamed answer, each in turn.

use std::fs;
use std::io::Read;
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use anyhow::{Context, Result, ensure};
use serde_json::json;
use tests::process::built;
use tests::provider::{CHAT, Piece, Provider, Reply};

use crate::{median, quantile};

/// Answers of each, unless told otherwise.
const RUNS: usize = 31;

/// Deltas of an answer, and the pause between two.
const DELTAS: u32 = 20;
const PACE: Duration = Duration::from_millis(10);

/// Milliseconds from the start of a process to its first byte, and to its end.
#[derive(Default)]
struct Took {
    first: Vec<f64>,
    end: Vec<f64>,
}

/// Prints how much later than `curl`'s the answer is there.
///
/// # Errors
/// When one of them cannot be started, or gets another answer.
pub fn cli(runs: Option<usize>) -> Result<()> {
    let provider = Provider::start()?;
    let answer = (0..DELTAS).fold(Reply::stream(), |reply, n| {
        reply.delta(&format!("part {n} ")).piece(Piece::Pause(PACE))
    });
    provider.always(CHAT, answer.finish("stop").done());
    let home = tempfile::tempdir()?;
    let plugins = home.path().join("plugins");
    fs::create_dir(&plugins)?;
    let manifest = json!({
        "id": "loop", "name": "Loop", "base_url": provider.base_url(), "auth": "none",
    });
    fs::write(plugins.join("loop.json"), manifest.to_string())?;
    let program = built("dragoman-cli")?;
    let (mut curl, mut plain, mut kept) = (Took::default(), Took::default(), Took::default());
    for run in 0..=runs.unwrap_or(RUNS) {
        let all = [
            (&mut curl, by_curl(&provider)),
            (&mut plain, by_us(&program, home.path(), &[])),
            (&mut kept, by_us(&program, home.path(), &["--keep"])),
        ];
        for (took, mut command) in all {
            let (first, end) = timed(&mut command)?;
            // The first of each only warms the machine.
            if run > 0 {
                took.first.push(first);
                took.end.push(end);
            }
        }
    }
    println!(
        "a streamed answer of {DELTAS} deltas, milliseconds, median (95 %), over curl's median"
    );
    for (name, took) in [
        ("curl", &curl),
        ("dragoman-cli ask", &plain),
        ("dragoman-cli ask --keep", &kept),
    ] {
        let line = |all: &[f64], floor: &[f64]| {
            let (middle, floor) = (median(all.iter().copied()), median(floor.iter().copied()));
            format!(
                "{middle:7.1} ({:6.1}) {:+6.1}",
                quantile(all, 0.95),
                middle - floor
            )
        };
        println!(
            "  {name:24} first byte {}   end {}",
            line(&took.first, &curl.first),
            line(&took.end, &curl.end)
        );
    }
    let over =
        |of: &[f64], floor: &[f64]| median(of.iter().copied()) - median(floor.iter().copied());
    println!(
        "{}",
        json!({
            "first_over_curl_ms": over(&plain.first, &curl.first),
            "end_over_curl_ms": over(&plain.end, &curl.end),
            "kept_first_over_curl_ms": over(&kept.first, &curl.first),
            "kept_end_over_curl_ms": over(&kept.end, &curl.end),
        })
    );
    Ok(())
}

fn by_curl(provider: &Provider) -> Command {
    let body = json!({
        "model": "m", "stream": true, "messages": [{"role": "user", "content": "?"}],
    });
    let mut command = Command::new("curl");
    command
        .args(["--silent", "--no-buffer", "--json"])
        .arg(body.to_string())
        .arg(format!("{}/chat/completions", provider.base_url()));
    command
}

fn by_us(program: &Path, home: &Path, more: &[&str]) -> Command {
    let mut command = Command::new(program);
    command
        .args(["ask", "--model", "loop/m", "?"])
        .args(more)
        .env("DRAGOMAN_HOME", home);
    command
}

fn timed(command: &mut Command) -> Result<(f64, f64)> {
    let begun = Instant::now();
    let mut child = command
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .spawn()
        .with_context(|| format!("cannot start {command:?}"))?;
    let mut out = child.stdout.take().context("stdout is a pipe")?;
    let mut text = vec![0; 1];
    out.read_exact(&mut text)?;
    let first = begun.elapsed();
    out.read_to_end(&mut text)?;
    let ended = child.wait()?;
    let end = begun.elapsed();
    ensure!(ended.success(), "{command:?}: {ended}");
    let last = format!("part {}", DELTAS - 1);
    ensure!(
        String::from_utf8_lossy(&text).contains(&last),
        "{command:?}"
    );
    Ok((first.as_secs_f64() * 1e3, end.as_secs_f64() * 1e3))
}
