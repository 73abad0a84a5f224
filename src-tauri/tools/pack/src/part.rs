//! A part that others wrote and the programs hold.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};

/// A crate, a package of npm, a font, a table.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Part {
    /// Its name where it comes from.
    pub name: String,
    /// Its version there; empty where it has none.
    pub version: String,
    /// Where it comes from.
    pub source: Source,
    /// Its licence, as an expression of SPDX.
    pub licence: String,
    /// The folder of a crate, with all that it brings.
    pub folder: Option<PathBuf>,
    /// Files with the words of its licence, and notices.
    pub texts: Vec<PathBuf>,
    /// `(algorithm, hexadecimal)`, as CycloneDX names it.
    pub hash: Option<(&'static str, String)>,
    /// Package URLs of the parts that it stands on.
    pub needs: Vec<String>,
}

/// Where a part comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Source {
    /// crates.io.
    Crate,
    /// The npm registry.
    Npm,
    /// A file of this repository.
    File,
}

impl Part {
    /// Its package URL, or a name of our own where it has none.
    pub fn url(&self) -> String {
        let Self { name, version, .. } = self;
        match self.source {
            Source::Crate => format!("pkg:cargo/{name}@{version}"),
            Source::Npm => format!("pkg:npm/{}@{version}", name.replace('@', "%40")),
            Source::File => format!("file:{name}"),
        }
    }
}

/// How files begin that hold the words of a licence, in small letters.
const NAMES: [&str; 8] = [
    "licen",
    "copying",
    "copyright",
    "notice",
    "unlicense",
    "patents",
    "ofl",
    "acknowledg",
];

/// Endings of files that are no such words, whatever their name.
const CODE: [&str; 12] = [
    "rs", "toml", "py", "h", "c", "json", "js", "ts", "html", "bin", "sh", "hbs",
];

/// The files of a folder, and of those in it, with the words of a licence, sorted.
///
/// # Errors
/// When a folder cannot be read.
pub fn texts(folder: &Path) -> Result<Vec<PathBuf>> {
    let mut found = BTreeSet::new();
    let mut left = vec![folder.to_owned()];
    while let Some(folder) = left.pop() {
        let entries = fs::read_dir(&folder);
        let entries = entries.with_context(|| format!("cannot read {}", folder.display()))?;
        for entry in entries {
            let path = entry?.path();
            let name = path.file_name().unwrap_or_default().to_string_lossy();
            if path.is_dir() {
                if name != "node_modules" && name != "tests" {
                    left.push(path);
                }
            } else if holds_words(&name) {
                found.insert(path);
            }
        }
    }
    Ok(found.into_iter().collect())
}

fn holds_words(name: &str) -> bool {
    let name = name.to_lowercase();
    let ending = name.rsplit_once('.').map(|(_, ending)| ending);
    NAMES.iter().any(|begin| name.starts_with(begin))
        && !ending.is_some_and(|ending| CODE.contains(&ending))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_of_licences_are_told_by_their_names() {
        for name in [
            "LICENSE",
            "LICENCE.md",
            "COPYING",
            "NOTICE.txt",
            "OFL.txt",
            "LICENSE-MIT",
        ] {
            assert!(holds_words(name), "{name}");
        }
        for name in ["license.rs", "licenses.json", "README.md", "notice.h"] {
            assert!(!holds_words(name), "{name}");
        }
    }
}
