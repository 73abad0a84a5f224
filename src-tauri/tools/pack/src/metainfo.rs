//! The AppStream metadata, with its releases.

use anyhow::{Context, Result};

use crate::changelog::{Changelog, Release, first_sentence};
use crate::{moment, read, root};

/// Changes of one release that a software centre shows.
const SHOWN: usize = 10;

/// Releases that it lists.
const RELEASES: usize = 10;

const PLACE: &str = "  <releases/>\n";

/// The metadata of a build of `version`, which may not be released yet.
///
/// # Errors
/// When it cannot be read, or has no place for releases.
pub fn make(changelog: &Changelog, version: &str) -> Result<String> {
    let file = root().join("packaging/linux/dev.dragoman.desktop.metainfo.xml");
    let text = read(&file)?;
    let (before, after) = text
        .split_once(PLACE)
        .with_context(|| format!("{} has no <releases/>", file.display()))?;
    let releases = releases(changelog, version, &day(moment()?));
    Ok(format!("{before}{releases}{after}"))
}

fn releases(changelog: &Changelog, version: &str, today: &str) -> String {
    let mut text = String::from("  <releases>\n");
    if changelog.release(version).is_none() {
        let unreleased = changelog
            .releases()
            .iter()
            .find(|one| one.version.is_none());
        text.push_str(&element(version, "development", today, unreleased));
    }
    let released = changelog
        .releases()
        .iter()
        .filter_map(|one| Some((one.version.as_deref()?, one.date.as_deref()?, one)));
    for (version, date, release) in released.take(RELEASES) {
        text.push_str(&element(version, "stable", date, Some(release)));
    }
    text.push_str("  </releases>\n");
    text
}

fn element(version: &str, kind: &str, date: &str, release: Option<&Release>) -> String {
    let head = format!(
        "    <release version=\"{}\" type=\"{kind}\" date=\"{date}\"",
        escaped(version)
    );
    let items: Vec<String> = release
        .iter()
        .flat_map(|release| release.items())
        .take(SHOWN)
        .map(|item| format!("          <li>{}</li>\n", escaped(&first_sentence(item))))
        .collect();
    if items.is_empty() {
        return format!("{head}/>\n");
    }
    format!(
        "{head}>\n      <description>\n        <ul>\n{}        </ul>\n      </description>\n    </release>\n",
        items.concat()
    )
}

/// As it stands in XML.
pub fn escaped(text: &str) -> String {
    text.replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace('>', "&gt;")
        .replace('"', "&quot;")
}

/// The day of a moment, in UTC, by Howard Hinnant's `civil_from_days`.
pub fn day(moment: u64) -> String {
    let days = moment / 86_400 + 719_468;
    let era = days / 146_097;
    let of_era = days % 146_097;
    let year = (of_era - of_era / 1_460 + of_era / 36_524 - of_era / 146_096) / 365;
    let of_year = of_era - (365 * year + year / 4 - year / 100);
    let part = (5 * of_year + 2) / 153;
    let day = of_year - (153 * part + 2) / 5 + 1;
    let month = if part < 10 { part + 3 } else { part - 9 };
    let year = year + era * 400 + u64::from(month <= 2);
    format!("{year:04}-{month:02}-{day:02}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_moment_is_a_day() {
        for (moment, expected) in [
            (0, "1970-01-01"),
            (951_782_399, "2000-02-28"),
            (951_782_400, "2000-02-29"),
            (1_795_881_600, "2026-11-28"),
            (4_107_542_400, "2100-03-01"),
        ] {
            assert_eq!(day(moment), expected);
        }
    }

    #[test]
    fn what_is_not_released_is_under_development_and_what_is_stands_once() {
        let changelog = Changelog::parse(
            "## Unreleased\n\n- New <b> & \"more\".\n\n## 0.1.0 (2026-11-01)\n\n- First\n",
        );
        let next = releases(&changelog, "0.2.0", "2026-12-01");
        assert!(next.contains("version=\"0.2.0\" type=\"development\" date=\"2026-12-01\""));
        assert!(next.contains("<li>New &lt;b&gt; &amp; &quot;more&quot;.</li>"));
        assert!(next.contains("version=\"0.1.0\" type=\"stable\" date=\"2026-11-01\""));
        let same = releases(&changelog, "0.1.0", "2026-12-01");
        assert!(!same.contains("development"));
        assert_eq!(same.matches("0.1.0").count(), 1);
    }
}
