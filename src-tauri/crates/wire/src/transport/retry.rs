//! When a request is sent again, and how long that waits. The waits are those of
//! OpenAI's SDK (`_base_client.py`: two retries, 0.5 s doubled up to 8 s with a quarter
//! of jitter, `Retry-After`, `x-should-retry`), but nothing is sent again unasked that
//! may have been billed: only what did not arrive whole, and 429 and 503 that say when.

use crate::error::Error;

/// First wait, in milliseconds.
const FIRST_MS: u64 = 500;
/// The longest wait that is waited out unasked, in milliseconds: what takes longer is
/// the person's to decide, or another key's.
const PATIENCE_MS: u64 = 60_000;
/// Longest wait that nobody asked for, in milliseconds.
const MOST_MS: u64 = 8_000;

/// How often a request is sent again before its first event.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Retry {
    /// Times beyond the first; 2 by default.
    pub attempts: u32,
    /// Wait out a 429 here. When false it is returned at once, so that another
    /// key can take over.
    pub rate_limits: bool,
}

impl Default for Retry {
    fn default() -> Self {
        Self {
            attempts: 2,
            rate_limits: true,
        }
    }
}

impl Retry {
    /// Never.
    pub fn none() -> Self {
        Self {
            attempts: 0,
            rate_limits: false,
        }
    }

    /// How long to wait after `error` before sending again, in milliseconds;
    /// `None` when that is the end. `done` retries were made already.
    pub(crate) fn wait_ms(&self, done: u32, error: &Error) -> Option<u64> {
        if done >= self.attempts || !error.may_pass() {
            return None;
        }
        if error.is_rate_limit() && !self.rate_limits {
            return None;
        }
        // As OpenAI's SDK has it, a wait of nothing is no answer to "when".
        let asked = error.retry_after_ms().filter(|ms| *ms > 0);
        if asked.is_some_and(|ms| ms > PATIENCE_MS) {
            return None;
        }
        Some(asked.unwrap_or_else(|| back_off_ms(done, fastrand::f64())))
    }
}

/// The wait after `done` retries; `chance` (0 to 1) takes off up to a quarter.
fn back_off_ms(done: u32, chance: f64) -> u64 {
    let full = FIRST_MS.saturating_mul(1 << done.min(10)).min(MOST_MS);
    (full as f64 * (1.0 - 0.25 * chance)) as u64
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn waits_double_up_to_eight_seconds_less_a_quarter() {
        let full: Vec<u64> = (0..7).map(|n| back_off_ms(n, 0.0)).collect();
        assert_eq!(full, [500, 1000, 2000, 4000, 8000, 8000, 8000]);
        let least: Vec<u64> = (0..5).map(|n| back_off_ms(n, 1.0)).collect();
        assert_eq!(least, [375, 750, 1500, 3000, 6000]);
        assert_eq!(back_off_ms(u32::MAX, 0.0), 8000);
    }
}
