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
//! events), `decode` (which kind of body this is), `client` (HTTP). The first
//! five know nothing of the network.
//!
//! Nothing here logs, and no error holds a body, a key or a header value.

mod client;
mod decode;
mod delta;
mod error;
mod event;
mod fold;
mod headers;
mod models;
mod request;
pub mod sse;
mod think;
mod upload;

pub use client::{Client, Endpoint, EventStream, Timeouts};
pub use decode::{Response, decode};
pub use error::{Error, Refusal, classify};
pub use event::{Event, Outcome};
pub use models::ModelRow;
pub use request::{Content, Detail, ImageSource, Message, Part, Request, Role};
