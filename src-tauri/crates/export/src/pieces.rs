//! Pieces of an answer for other programs: the whole of it, cells for spreadsheets, code
//! for files.

mod cells;
mod code_file;

use protocol::{CopyForm, TableForm};

pub use cells::{csv, tsv};
pub use code_file::{code_bytes, code_file_name};

/// What goes on the clipboard.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Copied {
    /// For who takes text.
    pub text: String,
    /// For who takes HTML.
    pub html: Option<String>,
}

impl From<String> for Copied {
    fn from(text: String) -> Self {
        Self { text, html: None }
    }
}

/// An answer, of the Markdown it is written in.
pub fn copied(markdown: String, form: CopyForm) -> Copied {
    match form {
        CopyForm::Markdown => markdown.into(),
        CopyForm::Plain => markdown::plain_text(&markdown).into(),
        CopyForm::Rich => Copied {
            text: markdown::plain_text(&markdown),
            html: Some(markdown::rich_text(&markdown)),
        },
    }
}

/// The table of an answer that this many stand before; `None` where there is none.
pub fn table(markdown: &str, before: usize, form: TableForm) -> Option<String> {
    let table = markdown::table(markdown, before)?;
    Some(match form {
        TableForm::Tsv => tsv(&table.rows),
        TableForm::Csv => csv(&table.rows),
        TableForm::Markdown => table.markdown,
    })
}

/// The same as a file of comma-separated values. It says that it is UTF-8, or Excel takes
/// it for the code page of the machine.
pub fn table_file(markdown: &str, before: usize) -> Option<String> {
    let table = table(markdown, before, TableForm::Csv)?;
    Some(format!("\u{feff}{table}\r\n"))
}

/// The code block of an answer that this many stand before: a name for its file, and what
/// is in it. `None` where there is none.
pub fn code_file(markdown: &str, before: usize) -> Option<(String, String)> {
    let code = markdown::code_block(markdown, before)?;
    let name = code_file_name(&code.language, &code.text, &code.lead);
    Some((name, code_bytes(&code.text)))
}
