//! JSON Lines: all that is kept of conversations, a line each for what there is. The
//! format stands in docs/export.md.

mod line;
mod read;
mod take;
mod write;

pub use read::{Broken, Fault};
pub use take::{Imported, import};
pub use write::{Written, json_lines};
