//! What is taken out of a rendered text: plain text, simple HTML, its tables, its code.
//!
//! All of it is read off the HTML that the renderer makes, so that what is copied is
//! what is shown.

mod code;
mod pieces;
mod plain;
mod raised;
mod rich;
mod table;

pub use code::{Code, code_block};
pub use plain::plain_text;
pub use rich::rich_text;
pub use table::{Table, table};

/// A text, rendered.
fn rendered(text: &str) -> String {
    crate::to_html(&crate::render(text))
}
