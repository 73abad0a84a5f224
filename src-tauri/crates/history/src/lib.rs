//! Conversations, messages, added providers and key labels in one SQLite file;
//! pictures and videos in files beside it.
//!
//! [`History`] is cheap to clone and asynchronous by type: [`History::read`] and
//! [`History::write`] carry a call to a thread of the history's own. What a call to
//! write has answered for is on the disk (`synchronous = FULL`), with all that was
//! given to write before it.
//!
//! Several processes may use one history. Each is a run with an id, and owns the
//! answers that it writes, the keys in its memory and the pictures in its composer;
//! only what belonged to a run that has ended is seen to by others.
//!
//! The file is safe to copy while the app runs only by SQLite's own means; in a copy
//! by hand, `dragoman.db-wal` belongs to it, and the folder `pictures`.

mod answer;
mod basics;
mod bin;
mod branches;
mod change;
mod columns;
mod copies;
mod desk;
mod error;
mod files;
mod find;
mod history;
mod hold;
mod kept;
mod keys;
mod lists;
mod lock;
mod models;
mod old;
mod open;
mod parts;
mod pictures;
mod pieces;
mod place;
mod presets;
mod providers;
mod read;
mod removed;
mod renditions;
mod rows;
mod run;
mod schema;
mod search;
mod show;
mod shown;
mod snapshot;
mod store;
mod sweep;
mod tend;
mod threads;
mod turns;
mod unsent;
mod versions;
mod whole;
mod words;
mod worker;

pub use answer::Pending;
pub use error::Error;
pub use find::{Text, count};
pub use history::History;
pub use open::{Opened, SetAside};
pub use pieces::Piece;
pub use place::{Reader, Writer};
pub use read::Messages;
pub use rows::{StoredConversation, StoredMessage};
pub use snapshot::{Alone, Contents, contents};
pub use tend::Told;
pub use turns::{NewTurn, Turn};
pub use unsent::Unsent;
pub use whole::{Held, Taken, Whole, WholeMessage};
