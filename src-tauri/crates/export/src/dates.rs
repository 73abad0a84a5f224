//! Times as people read them.

use std::time::{SystemTime, UNIX_EPOCH};

use protocol::Millis;

const MS_PER_MINUTE: i64 = 60_000;
const MINUTES_PER_DAY: i64 = 24 * 60;

/// The time now, in milliseconds since the Unix epoch.
pub fn now() -> Millis {
    let since = SystemTime::now().duration_since(UNIX_EPOCH);
    let since = since.unwrap_or_default().as_millis();
    Millis::try_from(since).unwrap_or_default()
}

/// A time in milliseconds since the Unix epoch, as `2026-11-28 13:32 UTC`.
pub(crate) fn utc(at: Millis) -> String {
    let minutes = at.div_euclid(MS_PER_MINUTE);
    let (year, month, day) = date(minutes.div_euclid(MINUTES_PER_DAY));
    let minute = minutes.rem_euclid(MINUTES_PER_DAY);
    let (hour, minute) = (minute / 60, minute % 60);
    format!("{year:04}-{month:02}-{day:02} {hour:02}:{minute:02} UTC")
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
