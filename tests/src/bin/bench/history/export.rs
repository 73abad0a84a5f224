//! All conversations out, as JSON Lines.

use std::path::Path;
use std::time::Instant;

use anyhow::Result;
use export::{Assets, Which, json_lines, now, write_whole};
use history::History;

/// Times it is written; the fastest counts, since the disk is shared.
const TIMES: usize = 3;

/// Megabytes a second of all conversations of a home, written to a file beside it.
///
/// # Errors
/// When the home cannot be read, or the file not written.
pub fn export(home: &Path) -> Result<f64> {
    let history = History::open(&home.join("dragoman.db"))?.history;
    let path = home.join("all.jsonl");
    let mut best = 0.0_f64;
    for _ in 0..TIMES {
        let begun = Instant::now();
        write_whole(&path, |out| {
            json_lines(&history, &Which::All, &Assets::Embed, now(), out)
        })?;
        let bytes = std::fs::metadata(&path)?.len();
        best = best.max(bytes as f64 / 1e6 / begun.elapsed().as_secs_f64());
    }
    std::fs::remove_file(&path)?;
    history.close().wait()?;
    Ok(best)
}
