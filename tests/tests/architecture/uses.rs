//! Which file uses which, and the circles among them.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write;
use std::path::{Path, PathBuf};

/// Which file uses which others, and what of them.
#[derive(Default)]
pub struct Uses(BTreeMap<PathBuf, BTreeMap<PathBuf, BTreeSet<String>>>);

impl Uses {
    /// `file` names something that lives in `other`.
    pub fn add(&mut self, file: &Path, other: &Path, name: &str) {
        if file != other {
            let others = self.0.entry(file.to_owned()).or_default();
            let names = others.entry(other.to_owned()).or_default();
            names.insert(name.to_owned());
        }
    }

    /// All that a file uses, directly or by others.
    fn reach<'a>(&'a self, file: &'a Path) -> BTreeSet<&'a Path> {
        let mut found = BTreeSet::new();
        let mut left = vec![file];
        while let Some(file) = left.pop() {
            for other in self.0.get(file).into_iter().flat_map(BTreeMap::keys) {
                if found.insert(other.as_path()) {
                    left.push(other);
                }
            }
        }
        found
    }

    /// Files that use each other, each with what of which.
    pub fn circles(&self, folder: &Path) -> Vec<String> {
        let reach: BTreeMap<&Path, _> = self
            .0
            .keys()
            .map(|file| (file.as_path(), self.reach(file)))
            .collect();
        let circle = |file: &Path| -> BTreeSet<&Path> {
            let others = reach[file].iter().copied();
            others
                .filter(|other| reach.get(other).is_some_and(|back| back.contains(file)))
                .collect()
        };
        let all: BTreeSet<_> = self.0.keys().map(|file| circle(file)).collect();
        all.into_iter()
            .filter(|circle| !circle.is_empty())
            .map(|circle| self.told(&circle, folder))
            .collect()
    }

    fn told(&self, circle: &BTreeSet<&Path>, folder: &Path) -> String {
        let short = |path: &Path| {
            path.strip_prefix(folder)
                .unwrap_or(path)
                .display()
                .to_string()
        };
        let mut text = format!("{} files in a circle:", circle.len());
        for file in circle {
            for (other, names) in &self.0[*file] {
                if circle.contains(other.as_path()) {
                    let names = Vec::from_iter(names.iter().map(String::as_str)).join(", ");
                    let (file, other) = (short(file), short(other));
                    write!(text, "\n  {file} uses {other}: {names}").unwrap();
                }
            }
        }
        text
    }
}
