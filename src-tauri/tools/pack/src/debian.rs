//! The changelog in Debian's form.

use crate::changelog::{Changelog, Release, first_sentence};
use crate::metainfo::day;

/// As the manifest names him.
const MAINTAINER: &str = "The Dragoman authors <authors@dragoman.invalid>";

/// One entry for the package that is built, and one for each release before.
pub fn changelog(changelog: &Changelog, version: &str, moment: u64) -> String {
    let mut text = String::new();
    if changelog.release(version).is_none() {
        let unreleased = changelog
            .releases()
            .iter()
            .find(|one| one.version.is_none());
        text.push_str(&entry(version, "UNRELEASED", moment, unreleased));
    }
    for release in changelog.releases() {
        if let (Some(version), Some(date)) = (&release.version, &release.date) {
            text.push_str(&entry(version, "stable", noon(date), Some(release)));
        }
    }
    text
}

fn entry(version: &str, place: &str, moment: u64, release: Option<&Release>) -> String {
    let mut text = format!("dragoman ({version}-1) {place}; urgency=medium\n\n");
    let mut none = true;
    for item in release.iter().flat_map(|release| release.items()) {
        none = false;
        text.push_str(&wrapped(&first_sentence(item)));
    }
    if none {
        text.push_str("  * New version.\n");
    }
    text.push_str(&format!("\n -- {MAINTAINER}  {}\n\n", stamp(moment)));
    text
}

/// An item in lines of at most 80 characters.
fn wrapped(item: &str) -> String {
    let mut text = String::new();
    let mut line = String::from("  *");
    for word in item.split_whitespace() {
        if line.chars().count() + 1 + word.chars().count() > 80 {
            text.push_str(&line);
            text.push('\n');
            line = String::from("   ");
        }
        line.push(' ');
        line.push_str(word);
    }
    text.push_str(&line);
    text.push('\n');
    text
}

/// The moment as RFC 5322 writes it.
fn stamp(moment: u64) -> String {
    const DAYS: [&str; 7] = ["Thu", "Fri", "Sat", "Sun", "Mon", "Tue", "Wed"];
    const MONTHS: [&str; 12] = [
        "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
    ];
    let date = day(moment);
    let mut parts = date.split('-');
    let mut next = || parts.next().unwrap_or_default().to_owned();
    let (year, month, date) = (next(), next(), next());
    let month = month.parse::<usize>().unwrap_or(1).saturating_sub(1);
    let month = MONTHS.get(month).copied().unwrap_or_default();
    let weekday = usize::try_from(moment / 86_400 % 7).unwrap_or_default();
    let weekday = DAYS.get(weekday).copied().unwrap_or_default();
    let second = moment % 86_400;
    format!(
        "{weekday}, {date} {month} {year} {:02}:{:02}:{:02} +0000",
        second / 3600,
        second / 60 % 60,
        second % 60
    )
}

/// Noon of a day in UTC, by Howard Hinnant's `days_from_civil`.
fn noon(date: &str) -> u64 {
    let mut parts = date.split('-').map(|part| part.parse::<u64>().unwrap_or(1));
    let mut next = || parts.next().unwrap_or(1);
    let (year, month, day) = (next(), next(), next());
    let year = if month <= 2 { year - 1 } else { year };
    let era = year / 400;
    let of_era = year % 400;
    let part = if month > 2 { month - 3 } else { month + 9 };
    let of_year = (153 * part + 2) / 5 + day - 1;
    let days = of_era * 365 + of_era / 4 - of_era / 100 + of_year + era * 146_097;
    days.saturating_sub(719_468) * 86_400 + 43_200
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_is_as_debian_has_it() {
        let read = Changelog::parse(
            "## Unreleased\n\n- New. And more.\n\n## 0.1.0 (2026-11-01)\n\n- First\n",
        );
        let text = changelog(&read, "0.2.0", 1_795_881_600);
        assert_eq!(
            text,
            "dragoman (0.2.0-1) UNRELEASED; urgency=medium\n\n  * New.\n\n \
             -- The Dragoman authors <authors@dragoman.invalid>  Sat, 28 Nov 2026 16:00:00 +0000\n\n\
             dragoman (0.1.0-1) stable; urgency=medium\n\n  * First\n\n \
             -- The Dragoman authors <authors@dragoman.invalid>  Sun, 01 Nov 2026 12:00:00 +0000\n\n"
        );
    }

    #[test]
    fn no_line_is_too_long() {
        let text = wrapped(&"word ".repeat(60));
        assert!(text.lines().count() > 3);
        assert!(text.lines().all(|line| line.len() <= 80));
        assert!(
            text.lines()
                .skip(1)
                .all(|line| line.starts_with("    word"))
        );
    }
}
