//! A turn: assemble, send, stream, keep, stop, retry.
//!
//! [`Chat`] runs turns, several at once in different conversations. What a turn
//! shows goes to its sinks as [`protocol::ChatEvent`]s and to the history at
//! most 250 ms later. [`Accounts`] knows the providers and which key may go
//! where; [`Attachments`] are the pictures, videos and links that wait in the
//! composer.

mod accounts;
mod ask;
mod assemble;
mod attachments;
mod blocking;
mod conversations;
pub mod demo;
mod draft;
mod fitting;
mod folders;
mod links;
mod live;
mod load;
mod params;
mod pasted;
mod progress;
mod refusal;
mod renditions;
mod running;
mod said;
mod service;
mod smaller;
mod turn;
mod unkept;
mod videos;
mod view;

pub use accounts::{Accounts, check_ca, check_network};
pub use attachments::Attachments;
pub use folders::Folders;
pub use live::Sink;
pub use pasted::{Copied, copied};
pub use service::{Chat, Listener};

/// Milliseconds since the Unix epoch.
fn now() -> protocol::Millis {
    std::time::SystemTime::now()
        .duration_since(std::time::UNIX_EPOCH)
        .map_or(0, |since| {
            i64::try_from(since.as_millis()).unwrap_or(i64::MAX)
        })
}
