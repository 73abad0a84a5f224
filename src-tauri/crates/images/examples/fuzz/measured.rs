//! What this process takes, and may take at most.

use std::time::Duration;

/// The most memory that the process may ever hold, in MB: what the app allows to
/// one picture of 100 megapixels, 12 bytes a pixel, and the file itself.
pub const MEMORY: u64 = 1264;
/// Longest that one execution may keep the processor.
pub const LONGEST: Duration = Duration::from_secs(5);
/// Peak memory in KB, by Linux.
pub fn peak() -> u64 {
    let text = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = text.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    let number = line.and_then(|line| line.split_whitespace().next());
    number.and_then(|n| n.parse().ok()).unwrap_or(0)
}

/// What this process and those that drew pages for it have kept the processor, by Linux, in
/// hundredths of a second.
pub fn processor() -> Duration {
    let text = std::fs::read_to_string("/proc/self/stat").unwrap_or_default();
    // After the name, which may hold anything: user and system, and the same of
    // processes that have ended.
    let rest = text.rsplit(')').next().unwrap_or_default();
    let fields = rest.split_whitespace().skip(11).take(4);
    let ticks: u64 = fields.filter_map(|field| field.parse::<u64>().ok()).sum();
    Duration::from_millis(ticks * 10)
}
