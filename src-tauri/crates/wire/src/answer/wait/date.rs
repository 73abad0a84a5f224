//! Dates as headers and messages name them.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

/// A date of HTTP, or of ISO 8601, in UTC where it names no zone.
pub(super) fn read(text: &str) -> Option<SystemTime> {
    httpdate::parse_http_date(text).ok().or_else(|| iso(text))
}

fn iso(text: &str) -> Option<SystemTime> {
    let (date, time) = text.split_once(['T', 't', ' '])?;
    let mut date = date.splitn(3, '-').map(|part| part.parse::<i64>().ok());
    let (year, month, day) = (date.next()??, date.next()??, date.next()??);
    let at = time.find(|c: char| !(c.is_ascii_digit() || c == ':' || c == '.'));
    let (clock, zone) = time.split_at(at.unwrap_or(time.len()));
    let mut clock = clock.splitn(3, ':').map(|part| part.parse::<f64>().ok());
    let (hour, minute) = (clock.next()??, clock.next()??);
    let second = clock.next().unwrap_or(Some(0.0))?;
    let zone = offset(zone.trim())?;
    let fits =
        (1970..=9999).contains(&year) && (1..=12).contains(&month) && (1..=31).contains(&day);
    let days = fits.then(|| days(year, month, day))?;
    let seconds = days as f64 * 86_400.0 + hour * 3600.0 + minute * 60.0 + second - zone;
    let since = Duration::try_from_secs_f64(seconds).ok()?;
    UNIX_EPOCH.checked_add(since)
}

/// Seconds that a zone is ahead of UTC: `Z`, `+08:00`.
fn offset(zone: &str) -> Option<f64> {
    let (sign, rest) = match zone.chars().next() {
        Some('+') => (1.0, zone.get(1..)?),
        Some('-') => (-1.0, zone.get(1..)?),
        _ => return matches!(zone, "" | "Z" | "z" | "UTC" | "utc" | "GMT").then_some(0.0),
    };
    let digits: String = rest.chars().filter(char::is_ascii_digit).collect();
    let hours: f64 = digits.get(..2)?.parse().ok()?;
    let minutes: f64 = digits.get(2..4).unwrap_or("0").parse().ok()?;
    Some(sign * (hours * 3600.0 + minutes * 60.0))
}

/// Days since 1970 (Howard Hinnant, days_from_civil).
fn days(year: i64, month: i64, day: i64) -> i64 {
    let year = if month <= 2 { year - 1 } else { year };
    let era = year.div_euclid(400);
    let of_era = year.rem_euclid(400);
    let of_year = (153 * ((month + 9) % 12) + 2) / 5 + day - 1;
    era * 146_097 + of_era * 365 + of_era / 4 - of_era / 100 + of_year - 719_468
}
