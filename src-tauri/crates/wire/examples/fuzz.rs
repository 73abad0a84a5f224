//! `cargo xtask fuzz wire [EXECUTIONS]`: the decoder against bodies nobody sends.
//!
//! Each execution is another body, made from its seed: recorded ones bent, runs of
//! payloads, JSON in the wrong places, noise. `SEED=n` begins elsewhere. Ends with 1,
//! and the bytes, when one does not hold.

#[allow(dead_code)]
#[path = "../tests/common/fuzz.rs"]
mod fuzz;
// The tests use what this leaves out.
#[allow(dead_code)]
#[path = "../tests/common/replay.rs"]
mod replay;

use std::hash::{BuildHasher, RandomState};
use std::time::Instant;

use anyhow::{Context, Result, anyhow};
use fuzz::{Corpus, Target};

/// Executions of each target unless said otherwise.
const EXECUTIONS: u64 = 1_000_000;

fn main() -> Result<()> {
    let executions = match std::env::args().nth(1) {
        Some(count) => count
            .parse()
            .with_context(|| format!("{count} is no number of executions"))?,
        None => EXECUTIONS,
    };
    let first = match std::env::var("SEED") {
        Ok(seed) => seed
            .parse()
            .with_context(|| format!("SEED is a number, not {seed}"))?,
        Err(_) => RandomState::new().hash_one(0) >> 16,
    };
    let corpus = Corpus::read().map_err(|why| anyhow!(why))?;
    for (name, target) in [("sse", Target::Sse), ("fold", Target::Fold)] {
        let start = Instant::now();
        let mut worst = 0;
        for n in 0..executions {
            let seed = first.wrapping_add(n);
            let held = fuzz::run(target, &corpus, seed);
            worst = worst.max(held.map_err(|why| anyhow!("{name}: {why}"))?);
        }
        println!(
            "{name}: {executions} executions in {:.1} s from seed {first}, at most {worst} bytes held, all hold",
            start.elapsed().as_secs_f64()
        );
    }
    Ok(())
}
