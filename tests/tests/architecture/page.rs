//! Which module of the page imports another. A type that is imported counts, and so
//! does what is imported when it is needed: whoever reads the one must know the other.

use std::fs;
use std::path::{Path, PathBuf};

use crate::files;
use crate::uses::Uses;

/// What is made when the page is built, and so need not be there.
const MADE: &str = "lib/paraglide";

/// The imports between the modules in a folder, which `$lib` is in.
pub fn uses(folder: &Path) -> Uses {
    let mut uses = Uses::default();
    for file in files(folder, &[".ts", ".js", ".svelte"]) {
        let text = fs::read_to_string(&file).unwrap();
        for name in imported(&text) {
            if let Some(other) = resolve(folder, &file, name) {
                uses.add(&file, &other, name);
            }
        }
    }
    uses
}

/// What is imported, as it is written.
fn imported(text: &str) -> impl Iterator<Item = &str> {
    text.match_indices(['\'', '"']).filter_map(|(at, quote)| {
        let (before, rest) = (&text[..at], &text[at + 1..]);
        let line = before.rsplit('\n').next()?.trim_start();
        let is_comment = ["//", "/*", "*"]
            .iter()
            .any(|start| line.starts_with(start));
        let is_import = ["from", "import", "import("]
            .iter()
            .any(|word| before.trim_end().ends_with(word));
        let name = rest.split(quote).next()?;
        (is_import && !is_comment).then_some(name)
    })
}

/// The file that an import names; none if it is no module of ours.
fn resolve(folder: &Path, file: &Path, name: &str) -> Option<PathBuf> {
    let path = match name.strip_prefix("$lib/") {
        Some(rest) => folder.join("lib").join(rest),
        None if name.starts_with('.') => plain(&file.parent()?.join(name)),
        None => return None,
    };
    if path.starts_with(folder.join(MADE)) {
        return None;
    }
    let found = ["", ".ts", ".js"]
        .map(|end| PathBuf::from(format!("{}{end}", path.display())))
        .into_iter()
        .find(|path| path.is_file());
    assert!(
        found.is_some(),
        "{} imports {name}, which is not there",
        file.display()
    );
    found
}

/// A path without `.` and `..`.
fn plain(path: &Path) -> PathBuf {
    let mut plain = PathBuf::new();
    for part in path.components() {
        match part.as_os_str().to_str() {
            Some(".") => {}
            Some("..") => {
                plain.pop();
            }
            _ => plain.push(part),
        }
    }
    plain
}
