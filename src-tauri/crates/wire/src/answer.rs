//! An answer: its head, its bytes as they are read, and the events they become.

mod code;
mod decoded;
mod embedded;
mod event;
mod events;
mod facts;
mod marks;
mod response;
mod tags;
mod think;
mod wait;

pub use decoded::{Decoded, SIZE_LIMIT, decode};
pub use event::{Event, Outcome};
pub use events::Events;
pub(crate) use facts::Facts;
pub(crate) use response::ERROR_LIMIT;
pub use response::Response;
pub(crate) use wait::{in_words, of_number, wait, whole};
