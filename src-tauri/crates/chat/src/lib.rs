//! Turns over a history: send, retry, stop, attach; what the page follows.
//!
//! [`Chat`] runs turns, several at once in different conversations. What a turn shows
//! goes to its sinks as [`protocol::ChatEvent`]s and to the history at most 250 ms
//! later.

mod conversations;
mod live;
mod progress;
mod running;
mod said;
mod service;
mod turn;
mod unkept;
mod view;

pub use live::{Ear, Sink};
pub use service::{Chat, Listener, Question};
