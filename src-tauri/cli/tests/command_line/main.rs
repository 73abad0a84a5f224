//! The command line as a shell sees it: the real program, a home of its own, a
//! scripted provider on the loopback.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing
)]

mod asking;
mod backing;
mod beside;
mod desk;
mod exporting;
mod json;
#[cfg(target_os = "linux")]
mod keys;
mod presets;
#[cfg(unix)]
mod stopping;
