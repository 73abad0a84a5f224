//! Backups of a home in a folder, and their way back.
//!
//! In the folder lie `dragoman-sets/`, a folder for each time, and `dragoman-pictures/`,
//! which all sets share. A set holds a copy of the history's file, the settings, the
//! providers that were added as files, the list of the pictures it needs, and a manifest
//! with the size and SHA-256 of each. Nothing there is changed in place: each file and
//! each set is made under another name, put on the disk, and renamed. Old sets are
//! removed, and then the pictures that no set names.
//!
//! No key is ever in a backup, only that there was one: its provider and its label.
//! Neither is what belongs to a machine: how requests leave it, what was allowed on it.
//!
//! Everything here waits for the disk: call it from a thread that may.

mod check;
mod disk;
mod error;
mod fault;
mod folder;
mod keep;
mod list;
mod make;
mod manifest;
mod pending;
mod restore;
mod sets;
mod state;
mod swap;

pub use check::{Checked, check};
pub use error::{Error, Why};
pub use fault::Fault;
pub use folder::Folder;
pub use make::{Made, Source, make};
pub use manifest::KeyOf;
pub use pending::{Pending, pending};
pub use restore::{Wanted, prepare};
pub use sets::{Set, set, sets};
pub use state::{Failure, Last, State};
pub use swap::{ASIDE, Restored, discard, finish};

/// How far something is: what is done, and of how much, in bytes.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Progress {
    /// Bytes that are done.
    pub done: u64,
    /// All of them.
    pub total: u64,
}

/// Hears how far it is, and ends it with false.
pub type GoesOn<'a> = &'a mut dyn FnMut(Progress) -> bool;
