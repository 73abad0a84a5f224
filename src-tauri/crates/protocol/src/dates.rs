//! Times as people read them.

use std::time::{SystemTime, UNIX_EPOCH};

use crate::Millis;

const MS_PER_SECOND: i64 = 1000;
const SECONDS_PER_DAY: i64 = 24 * 60 * 60;

/// The time now.
pub fn now() -> Millis {
    millis(SystemTime::now())
}

/// A time of the system's; the epoch for what was before it.
pub fn millis(time: SystemTime) -> Millis {
    let since = time.duration_since(UNIX_EPOCH).unwrap_or_default();
    Millis::try_from(since.as_millis()).unwrap_or_default()
}

/// The day of a time in UTC, counted from the Unix epoch.
pub fn day(at: Millis) -> i64 {
    at.div_euclid(MS_PER_SECOND * SECONDS_PER_DAY)
}

/// A time as `2026-11-28 13:32 UTC`.
pub fn utc(at: Millis) -> String {
    let [year, month, day, hour, minute, _] = parts(at);
    format!("{year:04}-{month:02}-{day:02} {hour:02}:{minute:02} UTC")
}

/// A time as a name for a file, in UTC: `2026-11-28T13-32-05Z`.
pub fn file_name(at: Millis) -> String {
    let [year, month, day, hour, minute, second] = parts(at);
    format!("{year:04}-{month:02}-{day:02}T{hour:02}-{minute:02}-{second:02}Z")
}

/// Year, month, day, hour, minute and second of a time in UTC.
fn parts(at: Millis) -> [i64; 6] {
    let (year, month, day) = date(day(at));
    let seconds = at.div_euclid(MS_PER_SECOND).rem_euclid(SECONDS_PER_DAY);
    [
        year,
        month,
        day,
        seconds / 3600,
        seconds / 60 % 60,
        seconds % 60,
    ]
}

/// Year, month and day of a day since the Unix epoch (Howard Hinnant,
/// `chrono`-Compatible Low-Level Date Algorithms, `civil_from_days`).
fn date(day: i64) -> (i64, i64, i64) {
    let z = day + 719_468;
    let era = z.div_euclid(146_097);
    let doe = z.rem_euclid(146_097);
    let yoe = (doe - doe / 1_460 + doe / 36_524 - doe / 146_096) / 365;
    let doy = doe - (365 * yoe + yoe / 4 - yoe / 100);
    let mp = (5 * doy + 2) / 153;
    let month = if mp < 10 { mp + 3 } else { mp - 9 };
    let year = yoe + era * 400 + i64::from(month <= 2);
    (year, month, doy - (153 * mp + 2) / 5 + 1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_time_is_written_to_its_minute_and_named_to_its_second() {
        let at = 1_795_883_405_678;
        assert_eq!(utc(at), "2026-11-28 16:30 UTC");
        assert_eq!(file_name(at), "2026-11-28T16-30-05Z");
        assert_eq!(file_name(-1), "1969-12-31T23-59-59Z");
        assert_eq!(file_name(951_782_400_000), "2000-02-29T00-00-00Z");
    }
}
