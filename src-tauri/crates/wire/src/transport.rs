//! The way out: HTTP, proxies, tries of one question, patience, links fetched.

mod address;
mod attempts;
mod client;
mod endpoint;
mod exchange;
mod failure;
mod fetch;
mod names;
mod network;
mod patience;
mod pools;
#[cfg(test)]
mod private_tests;
mod retry;
mod upload;

pub use address::is_loopback;
pub use client::{Client, EventStream};
pub use endpoint::Endpoint;
pub(crate) use endpoint::join;
pub(crate) use exchange::{Answer, send};
pub use fetch::{FetchError, FetchLimits};
pub use network::{ManualProxy, Network, Password, Proxy};
pub use patience::Timeouts;
pub(crate) use pools::Pools;
pub use retry::Retry;
