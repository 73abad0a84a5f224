//! What is written of a restore that is not done, in the home: who ends amid it goes on
//! where it was.

use std::path::{Path, PathBuf};

use protocol::Millis;
use serde::{Deserialize, Serialize};

use crate::Error;
use crate::disk::{remove, replace};
use crate::manifest::KeyOf;

/// The file, in a home.
const FILE: &str = "restore.json";

/// Where what is brought back is gathered, in a home.
const STAGING: &str = "restore";

/// A restore that is prepared: all of it lies in the home, checked.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Pending {
    /// When the set was made that is brought back.
    pub at: Millis,
    /// Keys that are to be entered again: those that the home did not have before.
    pub keys: Vec<KeyOf>,
    /// How far it is.
    pub(crate) phase: Phase,
}

/// How far a restore is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) enum Phase {
    /// Nothing was moved.
    Ready,
    /// What was in the home goes to this folder.
    Aside(PathBuf),
    /// It is there, and what is brought back goes to its place. `None` where there was
    /// nothing.
    Place(Option<PathBuf>),
}

/// The restore that waits in a home.
pub fn pending(home: &Path) -> Option<Pending> {
    let text = std::fs::read(home.join(FILE)).ok()?;
    serde_json::from_slice(&text).ok()
}

/// Where what is brought back is gathered.
pub(crate) fn staging(home: &Path) -> PathBuf {
    home.join(STAGING)
}

/// Keeps how far it is.
pub(crate) fn write(home: &Path, pending: &Pending) -> Result<(), Error> {
    let text = serde_json::to_vec_pretty(pending).unwrap_or_default();
    replace(&home.join(FILE), &text)
}

/// Nothing waits any more.
pub(crate) fn end(home: &Path) -> Result<(), Error> {
    remove(&home.join(FILE))?;
    remove(&staging(home))
}
