//! The history as a caller sees it.
#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing)]

mod bin;
mod branches;
mod conversations;
mod desk;
mod file;
mod gone;
mod indexing;
mod kept;
mod keys_and_providers;
mod media;
mod moving;
mod old_home;
mod pieces;
mod presets;
mod processes;
mod renditions;
mod search;
mod support;
mod trees;
mod upgrade;
