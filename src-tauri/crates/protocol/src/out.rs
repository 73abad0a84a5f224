use serde::{Deserialize, Serialize};
use ts_rs::TS;

/// How an answer is copied.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "lowercase")]
pub enum CopyForm {
    /// As it is written.
    Markdown,
    /// Without marks.
    Plain,
    /// As HTML, and as plain text where HTML is not taken.
    Rich,
}

/// `out|copy_answer`: puts an answer on the clipboard.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct CopyAnswerParams {
    /// Id of the message.
    pub message: String,
    /// How it is copied.
    pub form: CopyForm,
}

/// Names a table or a code block of an answer: `out|save_table`, `out|save_code`, which
/// write it to a file that the person names in a dialog. True when it was written.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct PieceParams {
    /// Id of the message.
    pub message: String,
    /// It stands in what the model thought, not in what it said.
    pub thought: bool,
    /// How many of its kind stand before it there.
    pub before: usize,
}

/// How a table is copied.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "lowercase")]
pub enum TableForm {
    /// Cells divided by tabs, for spreadsheets.
    Tsv,
    /// Cells divided by commas.
    Csv,
    /// As it is written.
    Markdown,
}

/// `out|copy_table`: puts a table on the clipboard.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct CopyTableParams {
    /// Which one.
    pub table: PieceParams,
    /// How it is copied.
    pub form: TableForm,
}
