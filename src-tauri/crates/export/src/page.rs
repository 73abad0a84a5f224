//! What one conversation shows, written for people.

use std::io::Write;
use std::path::{Path, PathBuf};

use history::History;

use crate::shown::Shown;
use crate::whole_file::file_name;
use crate::{Assets, Error, Words, html, markdown_text, plain};

/// So many characters of an id tell conversations of one title from each other.
const TAIL: usize = 8;

/// How a conversation is written for people.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Format {
    /// Markdown, the texts as they are.
    Markdown,
    /// One HTML page that needs nothing else. Pictures are embedded, or only named.
    Html,
    /// Plain text; pictures are only named.
    Text,
}

impl Format {
    /// What the name of its file ends in.
    pub fn ending(self) -> &'static str {
        match self {
            Self::Markdown => "md",
            Self::Html => "html",
            Self::Text => "txt",
        }
    }
}

/// Writes the branch that a conversation shows.
///
/// # Errors
/// The history's, and what is written to takes no more.
pub fn conversation(
    history: &History,
    id: &str,
    format: Format,
    assets: &Assets,
    words: &Words,
    mut out: impl Write,
) -> Result<(), Error> {
    let shown = Shown::read(history, id, assets, words)?;
    match format {
        Format::Markdown => markdown_text::write(&shown, &mut out)?,
        Format::Html => html::write(&shown, &mut out)?,
        Format::Text => plain::write(&shown, &mut out)?,
    }
    Ok(out.flush()?)
}

/// The file that a conversation gets in a folder of several, named by its title.
///
/// # Errors
/// The history's.
pub fn page_path(
    folder: &Path,
    history: &History,
    id: &str,
    format: Format,
) -> Result<PathBuf, Error> {
    let asked = id.to_owned();
    let found = history.read(move |r| r.summary(&asked)).wait()?;
    let title = found.map(|found| found.title).unwrap_or_default();
    let skip = id.chars().count().saturating_sub(TAIL);
    let tail: String = id.chars().skip(skip).collect();
    let name = format!("{} ({tail}).{}", file_name(&title), format.ending());
    Ok(folder.join(name))
}
