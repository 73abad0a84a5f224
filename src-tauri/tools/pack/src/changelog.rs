//! `CHANGELOG.md`, read.

use anyhow::Result;

use crate::{read, root};

/// What changed, by release, the newest first.
#[derive(Debug, Default)]
pub struct Changelog {
    releases: Vec<Release>,
}

/// What changed with one release.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Release {
    /// `None`: not released yet.
    pub version: Option<String>,
    /// `YYYY-MM-DD`, of what was released.
    pub date: Option<String>,
    /// By kind: "Added", "Fixed", …
    pub sections: Vec<(String, Vec<String>)>,
}

impl Release {
    /// Every change, in its order, as Markdown.
    pub fn items(&self) -> impl Iterator<Item = &str> {
        let items = self.sections.iter().flat_map(|(_, items)| items);
        items.map(String::as_str)
    }
}

impl Changelog {
    /// That of the repository.
    ///
    /// # Errors
    /// When it cannot be read.
    pub fn ours() -> Result<Self> {
        Ok(Self::parse(&read(&root().join("CHANGELOG.md"))?))
    }

    /// Reads the form of Keep a Changelog: `## VERSION (DATE)`, `## [VERSION] - DATE`.
    pub fn parse(text: &str) -> Self {
        let mut releases: Vec<Release> = Vec::new();
        for line in text.lines() {
            if let Some(heading) = line.strip_prefix("## ") {
                releases.push(heading_of(heading));
                continue;
            }
            let Some(release) = releases.last_mut() else {
                continue;
            };
            if let Some(kind) = line.strip_prefix("### ") {
                release.sections.push((kind.trim().to_owned(), Vec::new()));
            } else if let Some(item) = line.strip_prefix("- ") {
                if release.sections.is_empty() {
                    release.sections.push(("Changed".to_owned(), Vec::new()));
                }
                if let Some((_, items)) = release.sections.last_mut() {
                    items.push(item.trim().to_owned());
                }
            } else if let Some(more) = line.strip_prefix("  ")
                && let Some((_, items)) = release.sections.last_mut()
                && let Some(item) = items.last_mut()
            {
                item.push(' ');
                item.push_str(more.trim());
            }
        }
        Self { releases }
    }

    /// Every release, the newest first; what is not released yet among them.
    pub fn releases(&self) -> &[Release] {
        &self.releases
    }

    /// The release of this version.
    pub fn release(&self, version: &str) -> Option<&Release> {
        let of = |release: &&Release| {
            release.version.as_deref() == Some(version) && release.date.is_some()
        };
        self.releases.iter().find(of)
    }
}

fn heading_of(heading: &str) -> Release {
    let mut words = heading
        .split([' ', '(', ')', '[', ']'])
        .filter(|word| !word.is_empty() && *word != "-" && *word != "–");
    let version = words.next().map(|word| word.trim_start_matches('v'));
    let version = version.filter(|word| word.starts_with(|first: char| first.is_ascii_digit()));
    let date = words.find(|word| is_date(word));
    Release {
        version: version.map(str::to_owned),
        date: date.map(str::to_owned),
        sections: Vec::new(),
    }
}

fn is_date(word: &str) -> bool {
    let parts: Vec<&str> = word.split('-').collect();
    let lengths: Vec<usize> = parts.iter().map(|part| part.len()).collect();
    lengths == [4, 2, 2] && parts.iter().all(|part| part.parse::<u16>().is_ok())
}

/// Markdown of one line, as plain text.
pub fn plain(markdown: &str) -> String {
    let mut text = String::new();
    let mut rest = markdown;
    while let Some((before, after)) = rest.split_once('[') {
        text.push_str(before);
        let linked = after.split_once("](").and_then(|(words, after)| {
            let (_, after) = after.split_once(')')?;
            Some((words, after))
        });
        match linked.filter(|(words, _)| !words.contains('[')) {
            Some((words, after)) => {
                text.push_str(words);
                rest = after;
            }
            None => {
                text.push('[');
                rest = after;
            }
        }
    }
    text.push_str(rest);
    text.replace("**", "").replace('`', "")
}

/// The first sentence of a change, as plain text.
pub fn first_sentence(markdown: &str) -> String {
    let text = plain(markdown);
    match text.split_once(". ") {
        Some((first, _)) => format!("{first}."),
        None => text,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const TEXT: &str = "# Changelog\n\nWords.\n\n## Unreleased\n\n### Added\n\n- One of `two`. And more.\n  Goes on.\n\n\
                        ## [0.2.0] - 2026-12-01\n\n### Fixed\n\n- A [link](docs/x.md), **bold**.\n- Other\n\n\
                        ## 0.1.0 (2026-11-01)\n\n- First\n";

    #[test]
    fn releases_are_read_in_both_forms_and_what_is_not_released_is_none() {
        let changelog = Changelog::parse(TEXT);
        let versions: Vec<_> = changelog
            .releases()
            .iter()
            .map(|release| (release.version.as_deref(), release.date.as_deref()))
            .collect();
        assert_eq!(
            versions,
            [
                (None, None),
                (Some("0.2.0"), Some("2026-12-01")),
                (Some("0.1.0"), Some("2026-11-01")),
            ]
        );
        let first: Vec<_> = changelog.releases[0].items().collect();
        assert_eq!(first, ["One of `two`. And more. Goes on."]);
        assert!(changelog.release("0.3.0").is_none());
        assert_eq!(changelog.release("0.1.0").unwrap().items().count(), 1);
    }

    #[test]
    fn a_version_without_a_day_is_no_release() {
        let changelog = Changelog::parse("## 0.2.0\n\n- One\n");
        assert!(changelog.release("0.2.0").is_none());
    }

    #[test]
    fn markdown_becomes_plain_text() {
        assert_eq!(
            plain("A [link](docs/x.md), **bold** `code` [x]"),
            "A link, bold code [x]"
        );
        assert_eq!(first_sentence("One of `two`. And more."), "One of two.");
        assert_eq!(first_sentence("All 1.5 of it"), "All 1.5 of it");
    }
}
