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

pub use decoded::{Decoded, SIZE_LIMIT, decode};
pub use event::{Event, Outcome};
pub use events::Events;
pub(crate) use facts::{Facts, RETRY_LIMIT_MS, whole_ms};
pub(crate) use response::ERROR_LIMIT;
pub use response::Response;
