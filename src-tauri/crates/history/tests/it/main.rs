//! The history as a caller sees it.
#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing)]

mod conversations;
mod file;
mod keys_and_providers;
mod media;
mod renditions;
mod support;
