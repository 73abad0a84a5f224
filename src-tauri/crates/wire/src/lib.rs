//! Providers of models, as they really speak: a question out, its answer as one
//! stream of [`Event`]s back.
//!
//! How a provider is spoken to is a [`Dialect`]: where a question goes, its body, how
//! an answer, an error and a list of models read. Nothing outside a dialect's folder
//! knows its fields, and no provider is known by name: what differs between those of
//! one dialect is data or a small named decoder in its folder.
//!
//! - `request`: a question, whatever the dialect; and its body.
//! - `answer`: events, the tags that thoughts come in, the bytes of an answer read.
//! - `sse`: event streams, bytes to frames.
//! - `dialect`: the trait, and [`dialect::chat_completions`].
//! - `models`: which models there are.
//! - `transport`: the way out: HTTP, proxies, tries, patience, links fetched.
//! - `gate`: masks keys in all that a provider says before it leaves this crate.
//! - `error`: what can go wrong.
//!
//! Nothing here logs, and no error holds a body, a key or a header value.

mod answer;
pub mod dialect;
mod error;
mod gate;
mod models;
mod request;
pub mod sse;
mod text;
mod transport;

pub use answer::{Decoded, Event, Events, Outcome, Response, SIZE_LIMIT, decode};
pub use dialect::chat_completions::CHAT_COMPLETIONS;
pub use dialect::{Decode, Dialect, Holds, Sent};
pub use error::{About, Error, ErrorRow, Refusal, StatusOf, Statuses};
pub use gate::{Gate, Gated};
pub use models::{Listing, ListingKind, ModelRow};
pub use request::{Body, Content, Detail, Message, Part, Request, Role, Source};
pub use transport::{
    Client, Endpoint, EventStream, FetchError, FetchLimits, ManualProxy, Network, Password, Proxy,
    Retry, Timeouts, is_loopback,
};
