//! Conversations, messages, pictures, added providers and key labels, in one
//! SQLite file.
//!
//! [`History`] is cheap to clone and may be used from any thread. Its calls
//! block, each for a short time: an asynchronous caller runs them on a
//! blocking thread. What a call has answered for is on the disk
//! (`synchronous = FULL`).
//!
//! The file is safe to copy while the app runs only by SQLite's own means; in
//! a copy by hand, `dragoman.db-wal` belongs to it.

mod error;
mod history;
mod keys;
mod models;
mod open;
mod parts;
mod pictures;
mod providers;
mod read;
mod renditions;
mod rows;
mod schema;
mod turns;
mod videos;

pub use error::Error;
pub use history::History;
pub use keys::KeyRow;
pub use models::ModelRow;
pub use open::Opened;
pub use parts::Part;
pub use providers::ProviderState;
pub use renditions::Rendition;
pub use rows::{StoredConversation, StoredMessage};
pub use turns::{NewTurn, Turn};
