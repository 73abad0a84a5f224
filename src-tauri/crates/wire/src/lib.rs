//! OpenAI-compatible chat completions, as providers really speak them.
//!
//! A request is built and checked ([`Request`]), sent ([`Client`]) and its
//! answer read ([`decode`]) into one stream of [`Event`]s, whatever shape the
//! provider chose: server-sent events, one JSON body, an error at any status, a
//! web page. What differs between providers is data or a small named decoder
//! here; no provider is known by name.
//!
//! The layers, bottom up: `sse` (bytes to frames), `delta` (one JSON payload,
//! read leniently), `think` (inline reasoning tags), `fold` (payloads to
//! events), `decode` (which kind of body this is), `network` (the way out),
//! `client` (HTTP), `attempts` (tries of one question). The first five know
//! nothing of the network. What a provider says leaves through the `gate`, which
//! masks keys in it.
//!
//! Nothing here logs, and no error holds a body, a key or a header value.

mod attempts;
mod body;
mod client;
mod decode;
mod delta;
mod envelope;
mod error;
mod event;
mod failure;
mod fetch;
mod fold;
mod gate;
mod headers;
mod mend;
mod models;
mod network;
mod patience;
mod request;
mod retry;
pub mod sse;
mod think;
mod upload;

pub use body::Body;
pub use client::{Client, Endpoint, EventStream, Timeouts};
pub use decode::{Decoded, Response, SIZE_LIMIT, decode};
pub use error::{Error, Refusal, classify};
pub use event::{Event, Outcome};
pub use fetch::{FetchError, FetchLimits};
pub use gate::{Gate, Gated};
pub use models::{Listing, ListingKind, ModelRow};
pub use network::{ManualProxy, Network, Password, Proxy};
pub use request::{Content, Detail, Message, Part, Request, Role, Source};
pub use retry::Retry;
