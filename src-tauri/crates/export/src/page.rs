//! What one conversation shows, written for people.

use std::io::Write;

use history::History;

use crate::shown::Shown;
use crate::{Assets, Error, Words, html, markdown_text, plain};

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
