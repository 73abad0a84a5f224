//! What a caller of `wire` sees, from the bytes of a provider to events and from
//! a request to its bytes.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing
)]

mod client;
mod dialect;
mod errors;
#[allow(dead_code)]
#[path = "../common/fuzz.rs"]
mod fuzz;
#[path = "fuzz.rs"]
mod fuzzed;
mod gate;
mod models;
mod packed;
mod proxies;
mod quirks;
mod refusals;
// The examples use what this leaves out.
#[allow(dead_code)]
#[path = "../common/replay.rs"]
mod replay;
mod requests;
mod retries;
mod rules;
mod shapes;
#[path = "../common/spell.rs"]
mod spell;
mod sse;
mod stream_options;
mod support;
mod tls;
mod wiped;
