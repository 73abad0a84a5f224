//! Waiting for what announces itself by no event: asked again until it is so.

use std::fmt::Display;
use std::thread;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, anyhow};

/// How long a test waits for anything; only a failing test takes that long.
pub const PATIENCE: Duration = Duration::from_secs(60);

/// Pause between two questions.
const PAUSE: Duration = Duration::from_millis(25);

/// Asks until the answer is `Some`. An error counts as "not yet", and is told
/// when [`PATIENCE`] is over.
///
/// # Errors
/// The last error, or that `what` did not happen.
pub fn until<T>(what: impl Display, mut ask: impl FnMut() -> Result<Option<T>>) -> Result<T> {
    let deadline = Instant::now() + PATIENCE;
    loop {
        let error = match ask() {
            Ok(Some(value)) => return Ok(value),
            Ok(None) => anyhow!("it did not happen"),
            Err(error) => error,
        };
        if Instant::now() >= deadline {
            return Err(error).with_context(|| format!("waited {PATIENCE:?} for {what}"));
        }
        thread::sleep(PAUSE);
    }
}
