//! Backups of homes, in folders, and their way back.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing
)]

mod broken;
mod desk;
mod folders;
mod interrupted;
mod round_trip;
mod whole;
