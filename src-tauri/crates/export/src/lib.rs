//! Conversations out of the history, as files that others read; and our own back in.
//!
//! [`json_lines`] is lossless, and [`import`] reads it: see docs/export.md.
//! [`conversation`] writes what one conversation shows, for people: as Markdown, plain
//! text, or one HTML page that opens offline; [`copied`], [`table()`] and [`code_file`] take
//! a piece of an answer. Nothing of a key is ever written, neither
//! its label nor its last characters.
//!
//! What is written goes out as it is read, a conversation and a picture at a time: memory
//! does not grow with the history. Everything here waits for the disk: call it from a
//! thread that may.

mod assets;
mod error;
mod html;
mod jsonl;
mod markdown_text;
mod page;
mod pieces;
mod plain;
mod select;
mod shown;
mod whole_file;
mod words;

pub use assets::Assets;
pub use error::Error;
pub use jsonl::{Broken, Fault, Imported, Written, import, json_lines};
pub use page::{Format, conversation, page_path};
pub use pieces::{
    Copied, code_bytes, code_file, code_file_name, copied, csv, table, table_file, tsv,
};
pub use protocol::dates::now;
pub use select::Which;
pub use whole_file::{file_name, write_whole};
pub use words::Words;
