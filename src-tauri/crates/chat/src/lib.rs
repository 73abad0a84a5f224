//! Turns over a history: send, retry, stop, attach; what the page follows.
//!
//! [`Chat`] runs turns, several at once in different conversations. What a turn shows
//! goes to its sinks as [`protocol::ChatEvent`]s and to the history at most 250 ms
//! later.

mod branches;
mod chat;
mod conversations;
mod desk;
mod filling;
mod find;
mod live;
mod pictures;
mod presets;
mod progress;
mod put_away;
mod question;
mod reworded;
mod running;
mod said;
mod seam;
mod send;
mod titles;
mod turn;
mod unkept;
mod view;
mod write;

pub use chat::{Chat, Copied, Listener};
pub use filling::Filled;
pub use live::{Ear, Follower, Sink};
pub use markdown::destination;
pub use pictures::Named;
pub use question::{Of, Question};
