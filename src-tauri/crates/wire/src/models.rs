//! Which models there are: where a server tells, and what of each.

mod list;
mod listing;
mod ollama;
mod row;
mod server;

pub(crate) use list::list;
pub use listing::{Listing, ListingKind};
pub use row::ModelRow;
