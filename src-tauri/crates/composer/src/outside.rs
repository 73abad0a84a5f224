//! What comes from outside the window: the words of a command line, what a file manager
//! opens with this app, links of other programs. It fills the composer, and sends nothing.

mod link;

use std::{
    ffi::{OsStr, OsString},
    fs,
    path::{Path, PathBuf},
    sync::{Arc, Mutex, PoisonError},
};

use protocol::{Arrived, IpcError};

use crate::{folders, places};

/// What was named from outside, as it was named.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Outside {
    /// Files, and addresses of pictures: what may be dropped.
    pub files: Vec<PathBuf>,
    /// Links of this app's own scheme.
    pub links: Vec<String>,
    /// The question, or its beginning.
    pub text: String,
}

impl Outside {
    /// Reads the words of a command line, options not among them. Of `named`, what is
    /// there in `folder` is a file, and so is what looks like one; the rest is text, and
    /// so is all that was `told`.
    pub fn read(named: &[OsString], told: &[OsString], folder: Option<&Path>) -> Self {
        let mut outside = Self::default();
        let mut text = Vec::new();
        for word in named.iter().filter(|word| !word.is_empty()) {
            match Word::of(word, folder) {
                Word::File(path) => outside.files.push(path),
                Word::Link(link) => outside.links.push(link),
                Word::Text(words) => text.push(words),
            }
        }
        text.extend(told.iter().map(|word| word.to_string_lossy().into_owned()));
        outside.text = link::clean(&text.join(" "));
        outside
    }

    /// Was nothing named?
    pub fn is_empty(&self) -> bool {
        self.files.is_empty() && self.links.is_empty() && self.text.is_empty()
    }

    /// A command line that [`Outside::read`] reads as this, in whatever folder and whatever
    /// bytes a name is made of: what another process is handed.
    pub fn words(&self) -> Vec<String> {
        let mut words: Vec<String> = self
            .files
            .iter()
            .map(|file| places::address(file))
            .collect();
        words.extend(self.links.iter().cloned());
        if !self.text.is_empty() {
            words.extend(["--".to_owned(), self.text.clone()]);
        }
        words
    }
}

/// What a word of a command line is.
enum Word {
    File(PathBuf),
    Link(String),
    Text(String),
}

impl Word {
    fn of(word: &OsStr, folder: Option<&Path>) -> Self {
        let text = word.to_string_lossy();
        // Before anything else: what a web page wrote never becomes a file.
        if link::is_ours(&text) {
            return Self::Link(text.into_owned());
        }
        let path = Path::new(word);
        let path = folder.map_or_else(|| path.to_owned(), |folder| folder.join(path));
        if path.is_absolute() && fs::symlink_metadata(&path).is_ok() {
            return Self::File(path);
        }
        let is_spaced = text.contains(char::is_whitespace);
        let is_file = text
            .get(..6)
            .is_some_and(|start| start.eq_ignore_ascii_case("file:/"));
        if (is_file || !is_spaced)
            && let Some(place) = places::place(word.as_encoded_bytes())
        {
            return Self::File(place);
        }
        match word.to_str() {
            Some(text) if !looks_like_file(text, is_spaced) => Self::Text(text.to_owned()),
            _ => Self::File(path),
        }
    }
}

/// Is a name that is not there more likely a file that is gone or mistyped than a question?
/// A file that is missing is said; sent as text, its path would reach a provider.
fn looks_like_file(text: &str, is_spaced: bool) -> bool {
    let leads = |start: &str| text.starts_with(start);
    let is_led = ["./", "../", "~/"].into_iter().any(leads)
        || text
            .strip_prefix('/')
            .is_some_and(|rest| rest.contains('/'))
        || (cfg!(windows) && (leads("\\\\") || text.get(1..3) == Some(":\\")));
    let is_picture = folders::is_listed(Path::new(text));
    (is_picture && !is_spaced) || (is_led && (is_picture || !is_spaced))
}

/// What came and has not been taken yet. Cheap to clone; clones are one.
#[derive(Debug, Clone, Default)]
pub struct Arrivals(Arc<Mutex<Waiting>>);

#[derive(Debug, Default)]
struct Waiting {
    files: Vec<PathBuf>,
    texts: Vec<String>,
    refused: Vec<IpcError>,
}

impl Arrivals {
    /// Takes what came. A link comes alone: words beside it may be its own, where a
    /// program hands it over without quotes, so nothing of them is taken.
    pub fn put(&self, outside: Outside) {
        let mut waiting = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let is_alone = outside.files.is_empty() && outside.text.is_empty();
        if !outside.links.is_empty() && !is_alone {
            waiting.refused.push(link::not_alone());
            return;
        }
        for link in &outside.links {
            match link::read(link) {
                Ok(text) => waiting.texts.push(text),
                Err(error) => waiting.refused.push(error),
            }
        }
        waiting.files.extend(outside.files);
        waiting.texts.push(outside.text);
    }

    /// What is told of it, once; the files wait to be taken.
    pub fn tell(&self) -> Arrived {
        let mut waiting = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let mut texts = std::mem::take(&mut waiting.texts);
        texts.retain(|text| !text.is_empty());
        Arrived {
            text: texts.join("\n"),
            files: u32::try_from(waiting.files.len()).unwrap_or(u32::MAX),
            refused: std::mem::take(&mut waiting.refused),
        }
    }

    /// The files, once.
    pub fn take(&self) -> Vec<PathBuf> {
        let mut waiting = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        std::mem::take(&mut waiting.files)
    }
}
