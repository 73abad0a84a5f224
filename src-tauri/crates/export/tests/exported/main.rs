//! What is exported, as whoever reads it finds it; and what of it comes back.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing
)]

mod broken;
mod files;
mod pages;
mod round_trip;
mod support;
mod taken;
