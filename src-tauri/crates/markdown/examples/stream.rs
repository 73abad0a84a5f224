//! `stream FILE`: the HTML of a markdown file as the page would hold it, streamed
//! in by random cuts; SEED=n for others. `cargo xtask markdown FILE` runs it.

use anyhow::{Context, Result};

fn main() -> Result<()> {
    let file = std::env::args().nth(1).context("usage: stream FILE")?;
    let text = std::fs::read_to_string(&file).with_context(|| format!("cannot read {file}"))?;
    let seed = match std::env::var("SEED") {
        Ok(seed) => seed
            .parse()
            .with_context(|| format!("SEED is a number, not {seed}"))?,
        Err(_) => 0,
    };
    print!("{}", markdown::stream_file(&text, seed));
    Ok(())
}
