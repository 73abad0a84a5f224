//! `cargo xtask quirks FILE…` and `cargo xtask sse FILE…`: replays recorded cases.
//!
//! A line for each case on standard output: `ok NAME`, or `FAIL NAME: what differs`.
//! Ends with 1 when a case falls short, with 2 when a file cannot be read. `SEED=n`
//! cuts as in an earlier run.

// The tests use what this leaves out.
#[allow(dead_code)]
#[path = "../tests/common/replay.rs"]
mod replay;

use std::hash::{BuildHasher, RandomState};
use std::process::ExitCode;

use anyhow::{Context, Result, anyhow, bail};
use replay::quirks::Stage;
use replay::{Verdict, cases, name, vectors};
use serde_json::Value;

/// Random cuts of each case.
const QUIRK_CUTS: u64 = 8;
const VECTOR_CUTS: u64 = 200;

#[tokio::main(flavor = "current_thread")]
async fn main() -> ExitCode {
    match run().await {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::from(1),
        Err(error) => {
            eprintln!("{error:#}");
            ExitCode::from(2)
        }
    }
}

async fn run() -> Result<bool> {
    let mut arguments = std::env::args().skip(1);
    let kind = arguments.next().unwrap_or_default();
    let files: Vec<String> = arguments.collect();
    if !["quirks", "sse"].contains(&kind.as_str()) || files.is_empty() {
        bail!("usage: cargo xtask quirks FILE…, or cargo xtask sse FILE…");
    }
    let seed = match std::env::var("SEED") {
        Ok(seed) => seed
            .parse()
            .with_context(|| format!("SEED is a number, not {seed}"))?,
        Err(_) => RandomState::new().hash_one(0) % 1_000_000,
    };
    eprintln!("random cuts from seed {seed} (SEED={seed} repeats them)");
    let stage = Stage::open().await.map_err(|why| anyhow!(why))?;
    let (mut held, mut failed, mut unreadable) = (0, 0, None);
    for file in &files {
        let cases = match read(file) {
            Ok(cases) => cases,
            Err(error) => {
                // The other files are tried all the same.
                eprintln!("{error:#}");
                unreadable = Some(file);
                continue;
            }
        };
        for (place, case) in cases.iter().enumerate() {
            let verdict = match kind.as_str() {
                "quirks" => stage.replay(case, seed, QUIRK_CUTS).await,
                _ => vectors::replay(case, seed, VECTOR_CUTS),
            };
            if tell(&name(case, place), &verdict) {
                held += 1;
            } else {
                failed += 1;
            }
        }
    }
    eprintln!("{held} held, {failed} fell short");
    match unreadable {
        Some(file) => bail!("{file} cannot be read"),
        None => Ok(failed == 0),
    }
}

fn read(file: &str) -> Result<Vec<Value>> {
    let text = std::fs::read_to_string(file).with_context(|| format!("cannot read {file}"))?;
    cases(&text).map_err(|why| anyhow!("cannot read {file}: {why}"))
}

/// Prints a line for a case; true when it held.
fn tell(name: &str, verdict: &Verdict) -> bool {
    let name = name.replace(['\n', '\r'], " ");
    if !verdict.unknown.is_empty() {
        eprintln!(
            "note: {name}: not checked, unknown here: {}",
            verdict.unknown.join(", ")
        );
    }
    if verdict.wrong.is_empty() {
        println!("ok {name}");
        return true;
    }
    println!(
        "FAIL {name}: {}",
        verdict.wrong.join("; ").replace(['\n', '\r'], " ")
    );
    false
}
